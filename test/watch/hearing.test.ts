import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostRelease, unknownRules } from '../../source/boot/releases.ts';
import { limits } from '../../source/limits/limits.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { failureOf, seenState, verdictOf } from '../../source/watch/install.ts';
import { timelineOf } from '../../source/watch/timeline.ts';
import { ref } from '../../source/xapi/records.ts';
import { pageArgs } from '../harness.ts';
import { load, one, says, vm, vmOf, words } from './events.ts';

// What a line on FAI's port may do to a VM: the port proves no sender, the host's record does.

const mark = (at: string, more: object = {}) => JSON.stringify({ vm: 'u1', run: at, at, by: 'b', ...more });
const noon = '2026-11-24T12:00:00Z';
const one_pm = '2026-11-24T13:00:00Z';
const rules56 = hostRelease('5.6.0') ?? unknownRules;
const bootBy = (loader: string) =>
  `('struct' ('uuid' 'u1') ('PV_bootloader' '${loader}') ('other_config' ('struct')))`;

const armed = vm({ power_state: 'Halted', PV_bootloader: 'eliloader', domid: '-1', other_config: words });
const done = { 'xenfai:armed': mark(noon), 'xenfai:installed': mark(one_pm) };
const broken = { 'xenfai:armed': mark(noon), 'xenfai:failed': mark(one_pm, { task: 'partition', code: 710 }) };

/** Events one second apart. */
function play(events: readonly FleetEvent[], rules = unknownRules) {
  const fold = new FleetFold(rules);
  events.forEach((event, second) => {
    fold.fold(event, second * 1000);
  });
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return { install, state: seenState(install, events.length * 1000), verdict: verdictOf(install), fold };
}

const lie = 'TASKERROR instsoft 999';
const honest = [
  'check',
  ...['confdir', 'partition', 'extrbase', 'instsoft', 'configure', 'savelog'].flatMap((task) => [
    `TASKBEGIN ${task}`,
    `TASKEND ${task} 0`,
  ]),
  'TASKEND install 0',
  'TASKBEGIN faiend',
  'TASKEND faiend 0',
  'TASKEND reboot 0',
];
const lostHost: FleetEvent = { type: 'lost', reason: 'gone', wait: 1000 };

describe('a line that cannot be of an install changes nothing, and the log says why', () => {
  const cases: [what: string, events: FleetEvent[], state: string, why: string, rules?: typeof rules56][] = [
    [
      'its verdict is on record',
      [vm({ other_config: done })],
      'installed',
      'it is installed, and the installer was not started again',
    ],
    [
      'it came up from its disk',
      [vm({ last_booted_record: bootBy('pygrub') })],
      'installed',
      'it is installed, and the installer was not started again',
      rules56,
    ],
    [
      'its failure is on record',
      [vm({ other_config: broken })],
      'failed',
      'it has failed, and the installer was not started again',
    ],
    ['armed', [armed], 'armed', 'it has not been started yet'],
    [
      'running, and armed for later',
      [vm({ PV_bootloader: 'eliloader', other_config: words })],
      'half-armed',
      'the loader has not fired yet',
    ],
    ['no install has to do with it', [vm({ PV_args: 'root=/dev/xvda1' })], 'other', 'no install has to do with it'],
    ['halted', [vm({ power_state: 'Halted', domid: '-1' })], 'fired', 'it is halted'],
    ['in another domain than the installer', [vm(), vm({ domid: '6' })], 'quiet', 'it has left the installer'],
  ];
  test.each(cases)('%s', (_, events, state, why, rules) => {
    const before = play(events, rules);
    const after = play([...events, says(lie), says('check'), says(lie), says(lie)], rules);
    expect(before.state).toBe(state);
    expect(after.state).toBe(state);
    expect(after.verdict).toEqual(before.verdict);
    expect(after.install.messages).toEqual([]);
    expect(after.install.aliveAt).toBe(before.install.aliveAt);
    const told = timelineOf(after.install).filter(({ by }) => by === 'port');
    expect(told.map(({ text }) => text)).toEqual(
      [lie, 'check', lie].map((text) => `does not count, ${why}: ${text}`),
    );
  });

  test('a flood of them leaves the log readable', () => {
    const flood = Array.from({ length: 500 }, (_, i) => says(`TASKERROR instsoft ${i}`));
    const { install } = play([vm({ other_config: done }), ...flood]);
    expect(install.notes.filter(({ by }) => by === 'port')).toHaveLength(limits.watch.doubts);
    expect(install.notes.filter(({ by }) => by === 'xenfai')).toHaveLength(2);
  });

  test('nor does one count that is sent while the host is silent, and what was sent before an install says nothing of it', () => {
    expect(play([vm({ other_config: done }), lostHost, says(lie)]).state).toBe('installed');
    const running = vm({ PV_bootloader: 'eliloader', other_config: words });
    expect(play([running, says(lie), vm()])).toMatchObject({ state: 'quiet', verdict: null });
  });
});

const anyLine = fc.oneof(
  fc.constantFrom('check', 'FAIREBOOT', ...honest),
  fc
    .tuple(
      fc.constantFrom('TASKBEGIN', 'TASKEND', 'TASKERROR'),
      fc.constantFrom('install', 'faiend', 'reboot', 'instsoft', 'x'),
      fc.nat(999),
    )
    .map(([keyword, task, code]) => (keyword === 'TASKBEGIN' ? `${keyword} ${task}` : `${keyword} ${task} ${code}`)),
);

/** FAI's messages and the host's events of one install, as far as its verdict is on record. */
const recorded = {
  'its verdict on record, another screen has seen it': [vm({ other_config: done })],
  'its verdict on record, seen from the beginning': [
    armed,
    vm(),
    ...honest.map((text) => says(text)),
    vm({ other_config: done }),
    vm({ other_config: done, domid: '6' }),
  ],
  'installed by its record, without a verdict': [vm({ last_booted_record: bootBy('pygrub') })],
};

test.each(Object.entries(recorded))('whatever is said of an installed VM, it stays installed: %s', (_, events) => {
  const host = fc.constantFrom<FleetEvent>(lostHost, load(0.9), load(0));
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: anyLine.map((text) => says(text)) }, { weight: 1, arbitrary: host })),
      (foreign) => {
        const { state, verdict, install } = play([...events, ...foreign], rules56);
        expect([state, verdict, failureOf(install)]).toEqual(['installed', null, null]);
      },
    ),
  );
});

describe('an honest install is followed', () => {
  test('from wherever one begins to listen to its end, from the processor’s noise undisturbed', () => {
    fc.assert(
      fc.property(fc.nat(honest.length - 4), fc.boolean(), fc.array(fc.nat(20)), (joined, seenArmed, busy) => {
        const said = honest
          .slice(joined)
          .flatMap((text, i) => [says(text), ...(busy.includes(i) ? [load(0.9)] : [])]);
        const begin = seenArmed ? [armed, vm()] : [vm()];
        const { install, state, verdict } = play([...begin, ...said]);
        expect([state, verdict]).toEqual(['installed', { verdict: 'installed' }]);
        expect(install.progress?.percent).toBe(100);
        expect(install.messages).toHaveLength(honest.length - joined);
        expect(install.notes.some(({ by }) => by === 'port')).toBe(false);
      }),
    );
  });

  describe('when its record comes after its first words, too', () => {
    const metrics = ref.parse('m1');
    const halted = { power_state: 'Halted', PV_bootloader: 'eliloader', domid: '-1', other_config: words, metrics };
    const start = (at: number): FleetEvent => ({ type: 'started', metrics, at });
    const first = ['check', 'TASKBEGIN partition', 'TASKERROR partition 710'].map((text) => says(text));
    const failed = { state: 'failed', verdict: { verdict: 'failed', task: 'partition', code: 710 } };
    const nothing = { state: 'quiet', verdict: null };

    test.each<[string, FleetEvent[], object]>([
      ['the start is told before the VM runs', [start(500), vm({ metrics })], failed],
      ['the start is told after it runs', [vm({ metrics }), start(500)], failed],
      ['what was said before the start does not count', [vm({ metrics }), start(5000)], nothing],
      ['nor by a start that was known before', [vm({ metrics })], nothing],
    ])('%s', (_, record, wanted) => {
      // It ran before, at another time.
      const begin = [vm({ metrics }), start(1), vm(halted)];
      const ahead = begin.length * 1000;
      const shifted = record.map((event) => (event.type === 'started' ? { ...event, at: event.at + ahead } : event));
      const { install, ...seen } = play([...begin, ...first, ...shifted]);
      expect(seen).toMatchObject(wanted);
      expect(install.notes.some(({ by }) => by === 'port')).toBe(wanted === nothing);
    });

    test('but not long after', () => {
      const wait = Array.from({ length: limits.watch.ahead.wait / 1000 }, () => load(0));
      expect(play([vm(halted), ...first, ...wait, start(500), vm({ metrics })])).toMatchObject(nothing);
    });

    test('and when all is read anew', () => {
      const all: FleetEvent = {
        type: 'all',
        vms: [vmOf({ metrics })],

        started: new Map([[metrics, 500]]),
        clockAhead: 0,
      };
      expect(play([vm(halted), ...first, all])).toMatchObject(failed);
    });

    test('a flood is held no further than its bound', () => {
      const fold = new FleetFold(unknownRules);
      const flood = Array.from({ length: 3 * limits.watch.ahead.most }, () => says('TASKBEGIN partition'));
      for (const event of [vm(halted), ...flood, start(500), vm({ metrics })]) fold.fold(event, 1000);
      expect(fold.snapshot().byRef.get(one)?.messages).toHaveLength(limits.watch.messages);
    });
  });

  test('its failure, too', () => {
    expect(
      play([armed, vm(), says('check'), says('TASKBEGIN partition'), says('TASKERROR partition 710')]),
    ).toMatchObject({
      state: 'failed',
      verdict: { verdict: 'failed', task: 'partition', code: 710 },
    });
  });

  test('what FAI says after its verdict is on record, up to the key it waits for', () => {
    const page = { PV_args: pageArgs };
    const over = [armed, vm(page), says('check'), says('TASKEND install 0'), vm({ ...page, other_config: done })];
    expect(play([...over, says('TASKBEGIN faiend')]).state).toBe('waiting');
    // But it has not failed, and does not begin anew.
    const lied = play([...over, says('TASKBEGIN faiend'), says(lie), says('check')]);
    expect(lied).toMatchObject({ state: 'waiting', verdict: null });
    expect(lied.install.notes.filter(({ by }) => by === 'port')).toHaveLength(2);
  });

  test('of a VM that was armed and started again while nobody looked', () => {
    const again = { 'xenfai:armed': mark('2026-11-24T14:00:00Z') };
    const first = [armed, vm({ other_config: done }), lostHost];
    const second = vm({ other_config: again, domid: '9' });
    expect(play([...first, second, says('TASKBEGIN partition')])).toMatchObject({
      state: 'installing',
      verdict: null,
    });
    const failed = vm({ other_config: { 'xenfai:armed': mark(noon) } });
    expect(play([armed, failed, says(lie), lostHost, second])).toMatchObject({ state: 'quiet', verdict: null });
    const byAnother = [vm({ last_booted_record: bootBy('eliloader') }), says(lie), lostHost];
    const noted = vm({ last_booted_record: bootBy('eliloader'), domid: '9' });
    expect(play([...byAnother, noted, says('check')], rules56).state).toBe('installing');
  });
});
