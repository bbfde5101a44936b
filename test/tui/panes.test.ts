import { describe, expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { footRow } from '../../source/tui/app/frame.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import type { Line } from '../../source/tui/kit/lines.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import { at, now, play, say, stack, vm } from './play.ts';

const second = 1000;
const textOf = (row: Line): string => row.map(({ text }) => text).join('');
const window = (columns: number, rows: number) => ({ type: 'window', window: { columns, rows } }) as const;

function rowsOf(state: AppState): readonly Line[] {
  const { columns, rows } = state.shared.window;
  const size = { width: columns - 2, height: rows - 5, glyphs: unicode };
  return topmost(stack(state), 'view')?.(state, size).rows ?? [];
}
const shown = (state: AppState): string => rowsOf(state).map(textOf).join('\n');
const footer = (state: AppState): string =>
  textOf(footRow(keysNow(stack(state)), state, { width: state.shared.window.columns, height: 1, glyphs: unicode }));

const line = 'root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_ACTION=install FAI_FLAGS=reboot ip=dhcp';
const mark = JSON.stringify({ vm: 'u-web', run: 'r', at: '2010-11-15T10:40:01Z', by: 'alice', release: 'lenny' });

/** A VM called web that was armed and started, and of which FAI has said this, a message a second. */
function installing(columns: number, rows: number, ...said: string[]): AppState {
  const fold = new FleetFold(unknownRules);
  const armed = vm('web', { other_config: { ...vm('x').record.other_config, 'xenfai:armed': mark } });
  const started = vm('web', {
    power_state: 'Running',
    PV_bootloader: 'pygrub',
    domid: '5',
    PV_args: line,
    other_config: { 'xenfai:armed': mark },
  });
  const empty = { started: new Map(), clockAhead: 0 };
  fold.fold({ type: 'all', vms: [armed, vm('other')], ...empty }, now);
  fold.fold({ type: 'vm', vm: started }, now + second);
  said.forEach((text, index) => {
    const message = parseMonitorLine(`u-web ${text}`);
    if (message === null) throw new Error(text);
    fold.fold({ type: 'message', message }, now + (index + 2) * second);
  });
  const told = say.fleet({ type: 'fleet', fleet: fold.snapshot(), now: now + 200 * second });
  const state = play(at('fleet'), window(columns, rows), told).state;
  return { ...state, fleet: { ...state.fleet, list: { ...state.fleet.list, selected: 'web' } } };
}

const many = Array.from({ length: 60 }, (_, index) => `HOOK number${index + 1}`);

describe('one pane at a time, at 80x24', () => {
  const log = play(installing(80, 24, ...many), 'l').state;

  test('the log follows, scrolls and finds, and no key of it changes the VM silently', () => {
    expect(shown(log)).toContain('following');
    expect(shown(log)).toContain('HOOK number60');
    const keys = ['up', 'k', 'pageup', 'pagedown', 'home', 'g', 'end', 'G', 'down', 'j', '/', '1', 'enter', 'n', 'N'];
    const reading = keys.reduce((state, key) => {
      const next = play(state, key).state;
      expect(next.fleet.list.selected).toBe('web');
      return next;
    }, log);
    expect(shown(reading)).toMatch(/hit \d+ of \d+/);
    const start = play(log, 'g').state;
    expect(shown(start)).toMatch(/Log web .* lines 1-18 of 6\d/);
    expect(shown(start)).toContain('HOOK number1\n');
    expect(play(log, 'right').state.fleet.list.selected).not.toBe('web');
  });

  test('its footer offers what works there', () => {
    expect(footer(log)).toMatch(/scroll.*find/);
    expect(footer(log)).toContain('Esc table');
    expect(footer(log)).not.toContain('filter');
    expect(footer(play(log, 'escape').state)).toMatch(/Enter details .*\/ filter .*Esc menu/);
  });

  test('what is found elsewhere is not looked for in the log of another VM', () => {
    const other = play(log, '/', '1', 'enter', 'right').state;
    expect(shown(other)).not.toContain('hit');
  });
});

test('the log says who, what and when, from all sources', () => {
  const text = shown(play(installing(80, 24, 'TASKBEGIN partition', 'TASKERROR partition 710'), 'l').state);
  const rows = text.split('\n').map((row) => row.trimEnd());
  expect(rows.slice(1, 6)).toEqual([
    '2010-11-15 UTC',
    '10:40:01 xenfai    armed by alice: lenny',
    '10:53:01 record    the loader has fired: the attempt is used',
    '10:53:02 FAI       TASKBEGIN partition',
    '10:53:03 FAI       TASKERROR partition 710',
  ]);
});

test('an install that is done, with a task that did not end well, says which', () => {
  const done = installing(80, 24, 'TASKEND instsoft 620', 'TASKEND install 0');
  const text = shown(play(done, 'enter').state);
  expect(text).toMatch(/ended badly +instsoft, code 620/);
  expect(text).toContain('A task of its install did not end well');
});

test('details say what failed, who armed it, and what to press next', () => {
  const failed = installing(80, 24, 'TASKBEGIN partition', 'TASKERROR partition 710');
  const text = shown(play(failed, 'enter').state);
  expect(text).toMatch(/state +failed, 3 min/);
  expect(text).toMatch(/failed at +partition, code 710/);
  expect(text).toMatch(/next +l shows what FAI said; .* a arms it/);
  expect(text).toMatch(/armed +16 min ago by alice/);
  // The whole line, however long.
  expect(text.replaceAll(/\n +/g, ' ')).toContain(line);
});

describe('side by side, from 140 columns on', () => {
  const state = installing(160, 50, ...many);

  test('table, details and log are seen together, and Tab gives the keys to the next', () => {
    for (const text of ['NAME', '─ Details web', '─ Log web', 'HOOK number60']) expect(shown(state)).toContain(text);
    expect(shown(play(state, 'tab').state)).toContain('❯ Details web');
    const log = play(state, 'tab', 'tab').state;
    expect(shown(log)).toContain('❯ Log web');
    expect(play(log, 'g').state.fleet.list.selected).toBe('web');
    expect(shown(play(log, 'tab').state)).toBe(shown(state));
  });

  test('below it one at a time', () => {
    expect(shown(play(state, window(139, 50)).state)).not.toContain('Details');
  });
});

test.each([
  [80, 24, []],
  [80, 24, ['enter']],
  [80, 24, ['l']],
  [160, 50, []],
])('at rest nothing that is drawn changes within a minute, at %ix%i after %j', (columns, rows, keys) => {
  // Ages change with the minute: from one of them to just before the next.
  const state = play(installing(columns, rows, 'TASKBEGIN partition'), ...keys, { type: 'tick', now: now + 180_000 });
  const before = rowsOf(play(state.state, { type: 'tick', now: now + 183_000 }).state);
  const after = rowsOf(play(state.state, { type: 'tick', now: now + 183_000 + 57_000 }).state);
  expect(after).toEqual(before);
});
