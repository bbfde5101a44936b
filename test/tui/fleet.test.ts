import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyRows, footRow } from '../../source/tui/app/frame.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { sortable } from '../../source/tui/screens/fleet/columns.ts';
import { type FleetScene, fleetRows, inOrder } from '../../source/tui/screens/fleet/state.ts';
import { fleetTable } from '../../source/tui/screens/fleet/table.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { at, fleetOf, now, play, stack, told, vm } from './play.ts';

// The table of VMs: its order, its filter, its ticks, and what a key for work does with them.

const mark = (name: string, more: object = {}) =>
  JSON.stringify({ vm: `u-${name}`, run: 'r', at: '2010-11-15T10:00:00Z', by: 'x', ...more });

/** In every state that a record alone can tell. */
const vms = [
  vm('web2'),
  vm('web10'),
  vm('part', { PV_args: '' }),
  vm('on', { power_state: 'Running', PV_bootloader: 'pygrub', domid: 3, other_config: {} }),
  vm('bad', {
    PV_bootloader: 'pygrub',
    other_config: {
      'xenfai:armed': mark('bad'),
      'xenfai:failed': mark('bad', { task: 'instsoft', code: 801, text: 'x', at: '2010-11-15T10:30:00Z' }),
    },
  }),
  vm('fine', {
    PV_bootloader: 'pygrub',
    other_config: {
      'xenfai:armed': mark('fine'),
      'xenfai:installed': mark('fine', { at: '2010-11-15T10:30:00Z' }),
    },
  }),
  vm('foreign', { PV_bootloader: '', PV_args: '', HVM_boot_policy: 'BIOS order', other_config: {} }),
];

/** When no key has been pressed for a while. */
const later = now + 60_000;
const fleet = (): AppState => play(at('fleet'), told(vms), { type: 'tick', now: later }, 'g').state;
const sceneOf = (state: AppState): FleetScene => ({ shared: state.shared, own: state.fleet });
const rows = (state: AppState): string[] => fleetRows(sceneOf(state)).map(({ vm }) => vm.record.name_label);
const ticked = (state: AppState): string[] => [...state.fleet.list.ticked].sort();
const played = (state: AppState, ...keys: Parameters<typeof play>[1][]): AppState => play(state, ...keys).state;
const typed = (text: string): string[] => ['/', ...text, 'enter'].map((key) => (key === ' ' ? 'space' : key));

const table = (state: AppState, width = 78) => fleetTable(sceneOf(state), { width, height: 19, glyphs: unicode });
const screen = (state: AppState, width = 78): string[] =>
  table(state, width).map((row) => row.map(({ text }) => text).join(''));

describe('the order', () => {
  test('problems first, then what goes on, then what rests; by name inside', () => {
    expect(rows(fleet())).toEqual(['bad', 'on', 'part', 'web2', 'web10', 'fine']);
  });

  test('S goes through the columns and comes back, R turns the order round; the head says which', () => {
    const heads = sortable.map((_, index) => played(fleet(), ...Array.from({ length: index }, () => 'S')));
    expect(heads.map((state) => state.fleet.sorting.head)).toEqual(sortable.map(({ head }) => head));
    expect(played(fleet(), ...sortable.map(() => 'S')).fleet.sorting).toEqual({ head: 'STATE', reversed: false });
    const reversed = played(fleet(), 'R');
    expect(rows(reversed)).toEqual(rows(fleet()).reverse());
    expect([screen(fleet())[1], screen(reversed)[1]].map((head) => head?.match(/STATE./)?.[0])).toEqual([
      'STATE↑',
      'STATE↓',
    ]);
    const byMemory = sortable.findIndex(({ head }) => head === 'MEMORY');
    expect(screen(played(fleet(), ...Array.from({ length: byMemory }, () => 'S')))[0]).toContain('by MEMORY↑');
  });

  test('the selection stays on its VM while others change places around it', () => {
    const state = played(fleet(), 'j', 'j', 'j');
    expect(state.fleet.list.selected).toBe('web2');
    const failed = vms.map((one) => (one.ref === 'web10' ? { ...(vms[4] ?? one), ref: one.ref } : one));
    expect(played(state, told(failed)).fleet.list.selected).toBe('web2');
  });

  test('rows stay where they are while a key moves the cursor, and for a moment after it', () => {
    const failing = vms.map((one) => (one.ref === 'fine' ? { ...one, record: (vms[4] ?? one).record } : one));
    const marked = failing.map((one) => ({ ...one, record: { ...one.record, name_label: one.ref } }));
    const moving = played(fleet(), 'j', 'j', told(marked));
    expect(rows(moving)).toEqual(rows(fleet()));
    expect(rows(played(moving, 'j', { type: 'tick', now: later + 2000 }))).toEqual(rows(fleet()));
    expect(rows(played(moving, 'S')).length).toBe(6);
    const rested = played(moving, { type: 'tick', now: later + 4000 });
    expect(rows(rested).slice(0, 2)).toEqual(['bad', 'fine']);
    expect(rested.fleet.list.selected).toBe('part');
  });

  test('is total and stable: any order of the same VMs gives the same rows, by any column', () => {
    const name = fc.constantFrom('a', 'A', '01', '1', 'web1', 'web01', 'é', 'e');
    const change = fc.constantFrom({}, { PV_args: '' }, { power_state: 'Running' as const, domid: 1 });
    const some = fc.array(fc.tuple(name, change), { maxLength: 12 });
    fc.assert(
      fc.property(
        some,
        fc.constantFrom(...sortable),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        (all, column, reversed, dice) => {
          const made = all.map(([label, more], index) => vm(`r${index}`, { name_label: label, ...more }));
          const order = (these: typeof made): string[] => {
            const state = played(at('fleet'), told(these));
            const sorted = { ...state, fleet: { ...state.fleet, sorting: { head: column.head, reversed } } };
            return fleetRows(sceneOf(sorted)).map(({ vm: { ref } }) => ref);
          };
          const shuffled = made
            .map((one) => ({ one, key: dice.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          expect(order(shuffled)).toEqual(order(made));
          expect(new Set(order(made)).size).toBe(made.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('one that was renamed, came or went finds its place', () => {
    const some = (...names: string[]) => names.map((label, index) => vm(`r${index}`, { name_label: label }));
    const state = played(at('fleet'), told(some('b', 'c', 'd')));
    expect(rows(played(state, told(some('b', 'a', 'd'))))).toEqual(['a', 'b', 'd']);
    expect(rows(played(state, told(some('b', 'c', 'd', 'a'))))).toEqual(['a', 'b', 'c', 'd']);
    expect(rows(played(state, told(some('c', 'b'))))).toEqual(['b', 'c']);
  });
});

describe('the filter', () => {
  test.each<[string, readonly string[]]>([
    ['web', ['web2', 'web10']],
    ['failed', ['bad']],
    ['armed', ['web2', 'web10']],
    ['half', ['part']],
    ['!armed', ['bad', 'on', 'part', 'fine']],
    ['web !2', ['web10']],
    ['running', ['on']],
    ['INST', ['fine']],
    ['in', ['fine']],
    ['!', ['bad', 'on', 'part', 'web2', 'web10', 'fine']],
    ['nowhere', []],
  ])('/%s', (text, wanted) => {
    expect(rows(played(fleet(), ...typed(text)))).toEqual(wanted);
  });

  test('stays in sight, Esc clears it first and only then leaves', () => {
    const state = played(fleet(), ...typed('web'));
    expect(screen(state)[0]).toMatch(/ \/web .*1 of 2$/);
    const cleared = played(state, 'escape');
    expect([cleared.shared.place.name, cleared.fleet.list.filter]).toEqual(['fleet', '']);
    expect(played(cleared, 'escape').shared.place.name).toBe('act');
  });

  test('without hits it says what to press, and what it takes', () => {
    const text = screen(played(fleet(), ...typed('nowhere'))).join(' ');
    expect(text).toContain('None of 6 VMs matches /nowhere: Esc shows all of them, / changes the filter.');
    expect(text).toContain('failed, quiet, half-armed, armed, installed, running, halted');
  });
});

describe('the head', () => {
  test('tells the totals by state, what is hidden, and the position; signs where words have no room', () => {
    expect(screen(fleet(), 100)[0]).toContain('6 VMs: 1 failed · 1 no news · 1 half-armed · 2 armed · 1 installed');
    expect(screen(fleet(), 100)[0]).toContain('1 hidden (o)  1 of 6');
    expect(screen(fleet())[0]).toMatch(/^6 VMs: \S1 \S1 \S1 \S2 \S1 +1 hidden \(o\) {2}1 of 6$/);
    expect(screen(played(fleet(), 'o'))[0]).toMatch(/^7 VMs.* 1 of 7$/);
  });

  test('is never wider than the screen, and keeps the position', () => {
    const state = played(
      fleet(),
      ...typed('a-very-long-filter-that-nobody-types'),
      'escape',
      '*',
      ...typed('web'),
      'S',
      'S',
      'S',
    );
    expect(screen(state)[0]?.length).toBeLessThanOrEqual(78);
    expect(screen(state)[0]).toMatch(/ of 2$/);
  });
});

describe('ticks', () => {
  test('Space ticks and goes on, V ticks a range, * all that are shown or none, Esc none', () => {
    expect(ticked(played(fleet(), 'space', 'space'))).toEqual(['bad', 'on']);
    expect(ticked(played(fleet(), 'space', 'k', 'space'))).toEqual([]);
    expect(ticked(played(fleet(), 'space', 'j', 'j', 'V'))).toEqual(['bad', 'on', 'part', 'web2']);
    expect(ticked(played(fleet(), 'G', 'space', 'k', 'k', 'V'))).toEqual(['fine', 'web10', 'web2']);
    const web = played(fleet(), ...typed('web'), '*');
    expect(ticked(web)).toEqual(['web10', 'web2']);
    expect(ticked(played(web, '*'))).toEqual([]);
    const all = played(web, 'escape');
    expect([ticked(all).length, all.fleet.list.filter]).toEqual([2, '']);
    expect(screen(all)[0]).toContain('2 ticked');
    const none = played(all, 'escape');
    expect([ticked(none), none.shared.place.name]).toEqual([[], 'fleet']);
  });

  test('those that a filter hides stay ticked, and the head says so', () => {
    const state = played(fleet(), '*', ...typed('web'));
    expect(ticked(state)).toHaveLength(6);
    expect(screen(state, 100)[0]).toContain('6 ticked (4 unseen)');
  });

  test('survive what the host tells, but for VMs that are gone', () => {
    fc.assert(
      fc.property(fc.subarray(vms), fc.subarray(vms), (some, left) => {
        const state = fleet();
        const list = { ...state.fleet.list, ticked: new Set(some.map(({ ref }) => ref)) };
        const told2 = played({ ...state, fleet: { ...state.fleet, list } }, told(left));
        expect(ticked(told2)).toEqual(
          some
            .filter((one) => left.includes(one))
            .map(({ ref }) => ref)
            .sort(),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('the keys for work take all ticked VMs as one plan; those it is nothing for are named with the reason', () => {
    const { commands } = play(fleet(), '*', 's');
    expect(commands).toMatchObject([
      {
        do: 'plan',
        request: {
          work: 'start',
          refs: ['bad', 'fine', 'part', 'web2', 'web10'],
          unfit: [{ name: 'on', reason: 'It runs already.' }],
        },
      },
    ]);
    expect(play(fleet(), ...typed('web'), '*', 'x').state.shared.flash?.text).toBe(
      'Nothing for any of the 2: It is halted already.',
    );
  });
});

test('e goes to the next problem and round again; without one it says so', () => {
  const two = [...vms, { ...(vms[4] ?? expect.fail()), ref: vm('bad2').ref }];
  const state = played(fleet(), told(two), 'G');
  const walked = ['e', 'e', 'e'].map(
    (_, index) => played(state, ...['e', 'e', 'e'].slice(index)).fleet.list.selected,
  );
  expect(walked).toEqual(['bad', 'bad2', 'bad']);
  expect(played(fleet(), ...typed('web'), 'e').shared.flash?.text).toBe(
    'None of those shown has failed, waits or is lost.',
  );
});

test('names that must be cut keep what tells them apart; where there is room they are whole', () => {
  const names = ['01', '02'].map((number) => `web-frontend-of-the-production-in-the-north-${number}`);
  const long = played(at('fleet'), told(names.map((label, index) => vm(`r${index}`, { name_label: label }))));
  expect(screen(long)[2]).toMatch(/^❯ web-frontend-of-\S+…\S*-01 /);
  expect(screen(long)[3]).toMatch(/^ {2}web-frontend-of-\S+…\S*-02 /);
  expect(screen(long, 109).join('\n')).toContain(names[1]);
});

test('at 160x50 neither a name nor a task is cut, and the panes beside the table can be read', () => {
  const name = 'web-frontend-of-the-production-in-the-north-01';
  const lacking = vm('long', { name_label: name, PV_args: '', other_config: {} });
  const state = played(at('fleet'), told([lacking]), { type: 'window', window: { columns: 160, rows: 50 } });
  const view = topmost(stack(state), 'view')?.(state, { width: 158, height: 46, glyphs: unicode });
  const row = view?.rows[2]?.map(({ text }) => text).join('') ?? '';
  expect(row).toContain(`${name} `);
  expect(row).toContain('missing distro repository ');
  expect(row.split('│')[1]?.length).toBeGreaterThanOrEqual(48);
  // Nothing stands between the steps and the totals.
  expect(bodyRows(state.shared, 50)).toBe(46);
});

test('more columns come with the room, none goes with it', () => {
  const heads = (width: number): string[] => screen(fleet(), width)[1]?.trim().split(/\s+/) ?? [];
  expect(heads(78)).toEqual(['NAME', 'STATE↑', 'POWER', 'SINCE', 'TASK']);
  expect(heads(109)).toEqual(['NAME', 'STATE↑', 'POWER', 'SINCE', 'STARTED', 'ARMED', 'MEMORY', 'TASK']);
});

test('the row with the cursor is a bar over the whole width', () => {
  const bars = table(fleet()).filter((row) => row.every(({ inverse }) => inverse));
  expect(bars.map((row) => row.map(({ text }) => text).join('').length)).toEqual([78]);
});

test('the same fleet is put in order once', () => {
  const installs = [...fleetOf(vms).byRef.values()];
  const sorting = { head: 'STATE', reversed: false };
  expect(inOrder(installs, sorting, now)).toBe(inOrder(installs, sorting, now));
});

test('a page is what is in sight', () => {
  const many = Array.from({ length: 90 }, (_, index) => vm(`vm${index}`));
  const state = played(at('fleet'), told(many), 'g');
  expect(played(state, 'pagedown').fleet.list.selected).toBe('vm18');
  const window = { columns: 160, rows: 50 };
  expect(played({ ...state, shared: { ...state.shared, window } }, 'pagedown').fleet.list.selected).toBe('vm44');
});

test('whoever came by the key for home is led back by Esc; n leads to a template where there is none yet', () => {
  const come = played(at('template'), 'ctrl-f');
  const foot = footRow(keysNow(stack(come)), come, { width: 120, height: 1, glyphs: unicode });
  expect(foot.map(({ text }) => text).join('')).toContain('Esc template');
  const back = played(come, 'escape');
  expect([back.shared.place.name, back.shared.left]).toEqual(['template', null]);
  const menu = played(come, 'n');
  expect(menu.shared.place.name).toBe('act');
  expect(played(menu, 'enter').shared.place.name).toBe('template');
});
