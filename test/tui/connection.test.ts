import { describe, expect, test } from 'vitest';
import { connectionRow, lossReason, lossText, nextTryText } from '../../source/tui/app/connection.ts';
import { bodyRows, headRows } from '../../source/tui/app/frame.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import { cutLine, type Line } from '../../source/tui/kit/lines.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { type AppState, screens } from '../../source/tui/screens/index.ts';
import { at, fleetOf, now, play, problem, say, stack, vm } from './play.ts';

// What the screen says of a host that is silent, and that nothing is done with it.

const minute = 60_000;
const size = { width: 80, height: 24, glyphs: unicode };
const textOf = (row: Line): string => row.map(({ text }) => text).join('');
const drawn = (state: AppState): readonly Line[] => topmost(stack(state), 'view')?.(state, size).rows ?? [];

test.each([
  [30_000, 'trying again in 30 s'],
  [29_999, 'trying again in 30 s'],
  [20_001, 'trying again in 30 s'],
  [20_000, 'trying again in 20 s'],
  [9_000, 'trying again in 10 s'],
  [4_999, 'trying again in 5 s'],
  [1, 'trying again in 5 s'],
  [0, 'trying now'],
  [-5_000, 'trying now'],
])('%i ms before the next try: %s', (left, text) => {
  expect(nextTryText(now + left, now)).toBe(text);
});

test.each([
  [59_999, 'No answer from xvm03 for less than a minute; trying now.'],
  [minute, /No answer from xvm03 for 1 ?m.*; trying now\./],
  [61 * minute, /No answer from xvm03 for 1 ?h.*; trying now\./],
])('silent for %i ms', (age, text) => {
  const lost = { reason: 'x', since: now - age, nextTry: now };
  const said = lossText(lost, { host: { address: 'https://xvm03' }, fleet: { lost, back: null }, now });
  expect(said).toMatch(text);
});

test('the longest name of a host leaves room for the age and the next try, at 80 columns', () => {
  const address = `https://xenserver-production-03.${'datacenter.'.repeat(9)}example.org`;
  for (const [age, nextTry] of [
    [0, now + 30_000],
    [600 * minute, now + 30_000],
    [0, null],
  ] as const) {
    const lost = { reason: 'It refuses connections.', since: now - age, nextTry };
    const seen = { host: { address }, fleet: { lost, back: null }, now };
    const row = cutLine(connectionRow(seen, size), size.width, unicode);
    expect(textOf(row)).toMatch(nextTry === null ? /xense.*\^R follows it again\./ : /xense.* for .*again in 30 s\./);
    const reason = lossReason({ ...seen, window: { columns: 80 } });
    if (nextTry !== null) expect(reason).toMatch(/^.{1,79}$/);
  }
});

/** The fleet as it is told while its host is silent. */
const silent = (state: AppState, since: number, nextTry: number | null): AppState =>
  play(
    state,
    say.fleet({
      type: 'fleet',
      now: since,
      fleet: { ...state.shared.fleet, version: 9, lost: { reason: 'It refuses connections.', since, nextTry } },
    }),
  ).state;

describe('while the host is silent', () => {
  // Armed a while ago: its age is on the screen.
  const mark = JSON.stringify({ vm: 'u-armed', run: 'r', at: new Date(now - 5 * minute).toISOString(), by: 'alice' });
  const armed = vm('armed', { other_config: { ...vm('armed').record.other_config, 'xenfai:armed': mark } });
  const fleet = play(at('fleet'), say.fleet({ type: 'fleet', fleet: fleetOf([armed]), now })).state;
  const state = silent(fleet, now, now + 4000);
  const later = play(state, { type: 'tick', now: now + 3 * minute }).state;

  test('every screen says so', () => {
    for (const step of ['template', 'configure', 'verify', 'act', 'fleet'] as const) {
      const row = textOf(connectionRow(silent(at(step), now, now + 4000).shared, size));
      expect(row).toContain('No answer from xvm03 for less than a minute; trying again in 5 s.');
      expect(row).toContain('It refuses connections.');
    }
  });

  test('the rows stand still and are faded, while the clock runs', () => {
    expect(drawn(state).map(textOf).join('\n')).toContain('5 min');
    expect(drawn(later)).toEqual(drawn(state));
    expect(new Set(drawn(state).flatMap((row) => row.map(({ tone }) => tone)))).toEqual(new Set(['dim']));
    expect(textOf(connectionRow(later.shared, size))).toMatch(/for 3 ?m/);
  });

  test('at home it stands in the place of the steps: no row moves, when it comes or goes', () => {
    const heads = [fleet, state, later].map((one) => headRows(screens, one.shared, size).map(textOf));
    expect(heads.map((rows) => rows.length)).toEqual([2, 2, 2]);
    expect(heads.map((rows) => rows[1])).toEqual([
      expect.stringContaining('Fleet'),
      expect.stringContaining('No answer'),
      expect.stringContaining('No answer'),
    ]);
    expect(bodyRows(state.shared, 24)).toBe(bodyRows(fleet.shared, 24));
  });

  test.each([['s'], ['x'], ['a'], ['p']])('%s does nothing, and says why', (key) => {
    const pressed = play(state, key);
    expect(pressed.commands).toEqual([]);
    expect(pressed.state.shared.flash?.text).toContain('No answer from xvm03');
  });

  test('^R does not wait for the next try', () => {
    expect(play(state, 'ctrl-r').commands).toEqual([{ do: 'hurry' }]);
  });

  test('a short remark when it is back, and all is as before', () => {
    const back = play(
      state,
      say.fleet({ type: 'fleet', now: now + minute, fleet: { ...fleetOf([vm('armed')]), back: now + minute } }),
    ).state;
    expect(textOf(connectionRow(back.shared, size))).toContain('xvm03 answers again.');
    expect(play(back, 's').commands).toMatchObject([{ do: 'plan' }]);
    const after = play(back, { type: 'tick', now: now + minute + 10_000 }).state;
    expect(connectionRow(after.shared, size)).toEqual([]);
  });
});

test('a host that is not followed any more is followed again by a key of every screen, forms included', () => {
  for (const step of ['template', 'configure', 'verify', 'act', 'fleet'] as const) {
    const state = play(at(step), say.fleet({ type: 'lost', problem })).state;
    expect(textOf(connectionRow(state.shared, size))).toContain('xvm03 is not followed any more: ^R');
    expect(keysNow(stack(state)).map(({ label }) => label)).toContain('try now');
    expect(play(state, 'ctrl-r').commands).toEqual([{ do: 'follow' }]);
    // What is planned is read anew: nothing hangs on the fleet.
    if (step === 'fleet') expect(play(state, 's').commands).toMatchObject([{ do: 'plan' }]);
  }
});
