import { describe, expect, test } from 'vitest';
import { hostRelease, unknownRules } from '../../source/boot/releases.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import type { Install } from '../../source/watch/install.ts';
import { silenceOf } from '../../source/watch/silence.ts';
import { usualGapOf } from '../../source/watch/times.ts';
import { ref } from '../../source/xapi/records.ts';
import { pageArgs } from '../harness.ts';
import { one, says, vmOf, words } from './events.ts';

const minute = 60_000;
/** The host's clock is half an hour fast. */
const ahead = 30 * minute;
/** Somebody begins to look. */
const opened = Date.parse('2026-11-24T02:00:00Z');
const hostSays = (time: number): string => new Date(time + ahead).toISOString();
const metrics = ref.parse('m1');

const mark = (at: number, more = {}) => JSON.stringify({ vm: 'u1', run: 'r', at: hostSays(at), by: 'b', ...more });
const halted = { power_state: 'Halted', domid: '-1' };
const armed = { ...halted, PV_bootloader: 'eliloader' };
const all = (change: Record<string, unknown>, started = 0): FleetEvent => ({
  type: 'all',
  vms: [vmOf({ metrics, ...change })],

  started: new Map(started === 0 ? [] : [[metrics, started + ahead]]),
  clockAhead: ahead,
});
const changes = (change: Record<string, unknown>): FleetEvent => ({ type: 'vm', vm: vmOf({ metrics, ...change }) });

/** Each event so many milliseconds after somebody began to look. */
function play(rules: ConstructorParameters<typeof FleetFold>[0], ...events: [after: number, event: FleetEvent][]) {
  const fold = new FleetFold(rules);
  for (const [after, event] of events) fold.fold(event, opened + after);
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return install;
}
const times = (...events: [number, FleetEvent][]): Install['times'] => play(unknownRules, ...events).times;

describe('since when a state holds, when nobody has seen it begin', () => {
  const yesterday = opened - 24 * 60 * minute;
  const armedAt = { 'xenfai:armed': mark(yesterday) };
  test.each<[what: string, event: FleetEvent, since: number | null]>([
    ['armed: its mark', all({ ...armed, other_config: { ...words, ...armedAt } }), yesterday],
    ['armed by another tool: nobody knows', all({ ...armed, other_config: words }), null],
    ['fired and running: its start', all({ other_config: armedAt }, yesterday + minute), yesterday + minute],
    ['fired, with no start told: nobody knows', all({ other_config: armedAt }), null],
    [
      'failed: its mark',
      all({ other_config: { ...armedAt, 'xenfai:failed': mark(yesterday + 5 * minute, { task: 'partition' }) } }),
      yesterday + 5 * minute,
    ],
    [
      'installed: its mark, not its latest start',
      all({ other_config: { ...armedAt, 'xenfai:installed': mark(yesterday + 9 * minute) } }, opened - minute),
      yesterday + 9 * minute,
    ],
    [
      'halted: its shutdown',
      all({ ...halted, other_config: { ...armedAt, last_shutdown_time: '20261124T02:29:00Z' } }),
      opened - minute,
    ],
    ['halted, on a release that does not note it: nobody knows', all({ ...halted, other_config: armedAt }), null],
    ['half-armed: nobody knows', all({ ...armed, other_config: { ...words, 'debian-release': '' } }), null],
  ])('%s', (_, event, since) => {
    expect(times([0, event]).state).toBe(since);
    // Reading everything once more, later, makes nothing younger.
    expect(times([0, event], [minute, event]).state).toBe(since);
  });
});

test('what is seen to change has changed then, where the host does not say when', () => {
  const words2 = { other_config: words };
  expect(times([0, all({ ...halted, ...words2 })], [minute, changes({ ...armed, ...words2 })]).state).toBe(
    opened + minute,
  );
  // But not what has changed while the connection was lost.
  expect(times([0, all({ ...halted, ...words2 })], [minute, all({ ...armed, ...words2 })]).state).toBeNull();
});

describe('an install that is watched', () => {
  const start = opened - 3 * minute;
  const before: [number, FleetEvent] = [0, all({}, start)];

  test('has its task and its last message by their own times', () => {
    const seen = times(before, [1000, says('TASKBEGIN instsoft')], [5000, says('HOOK instsoft')]);
    expect(seen).toMatchObject({ started: start, task: opened + 1000, heard: opened + 5000, state: start });
    expect(times(before, [1000, says('TASKBEGIN instsoft')], [5000, says('check')])).toMatchObject({ task: null });
  });

  test('has failed when FAI said so, and the mark that follows changes nothing', () => {
    const failure: [number, FleetEvent] = [7000, says('TASKERROR partition 710')];
    expect(times(before, failure).state).toBe(opened + 7000);
    const marked = changes({ other_config: { 'xenfai:failed': mark(opened + 7400) } });
    expect(times(before, failure, [7500, marked]).state).toBe(opened + 7000);
  });

  test('a start that the metrics tell of is that of its VM', () => {
    const told: FleetEvent = { type: 'started', metrics, at: opened + 500 + ahead };
    expect(times(before, [1000, told]).started).toBe(opened + 500);
    expect(times(before, [1000, { ...told, metrics: ref.parse('m9') }]).started).toBe(start);
  });

  test('came up from its disk: installed since that boot, by the record of 5.6', () => {
    const rules = hostRelease('5.6.0') ?? unknownRules;
    const boot = "('struct' ('uuid' 'u1') ('PV_bootloader' 'pygrub') ('other_config' ('struct')))";
    const install = play(rules, [0, all({ last_booted_record: boot }, start)]);
    expect(install.state.state).toBe('installed');
    expect(install.times.state).toBe(start);
  });

  test('waits for a key since its processor rests', () => {
    const load = (value: number): FleetEvent => ({ type: 'load', ref: one, load: value });
    const line = { PV_args: pageArgs };
    const seen = times([0, all(line, start)], [1000, load(0.9)], [9000, load(0)], [60_000, load(0)]);
    expect(seen.state).toBe(opened + 9000);
  });

  test('is forgotten when it is armed again', () => {
    const again = changes({ ...armed, other_config: words });
    const install = play(unknownRules, before, [1000, says('TASKBEGIN instsoft')], [minute, again]);
    expect(install).toMatchObject({ progress: null, messages: [] });
    expect(install.times).toMatchObject({ started: null, task: null, heard: null, state: opened + minute });
  });
});

test('the usual gap passes over the blinks between two tasks', () => {
  expect(usualGapOf([{ at: 0 }, { at: 5 }])).toBeNull();
  const at = [0, 60, 60.1, 130, 130.1, 180, 180.1, 500].map((second) => ({ at: second * 1000 }));
  expect(usualGapOf(at)).toBe(69_900);
});

describe('silence', () => {
  /** Messages at these minutes; looked at so many minutes after the last one. */
  const silence = (minutes: readonly number[], later: number, last = 'HOOK x') => {
    const events = minutes.map((at, i): [number, FleetEvent] => [
      at * minute,
      says(i === minutes.length - 1 ? last : 'TASKBEGIN instsoft'),
    ]);
    return silenceOf(play(unknownRules, [0, all({})], ...events), opened + ((minutes.at(-1) ?? 0) + later) * minute);
  };
  test.each<[minutes: number[], later: number, text: string | null]>([
    [[0, 1, 2], 4, 'no message for 4 min (usual: 1)'],
    [[0, 1, 2], 1, null],
    [[0, 5, 10], 9, null],
    [[0, 5, 10], 70, 'no message for 1 h (usual: 5 min)'],
    [[0, 0.2, 0.4], 3, 'no message for 3 min (usual: less than 1 min)'],
    [[0], 4, null],
    [[0], 5, 'no message for 5 min'],
    [[], 60, null],
  ])('messages at %j, %d min later: %s', (minutes, later, text) => expect(silence(minutes, later)).toBe(text));

  test('is none once FAI has said the end', () => {
    expect(silence([0, 1, 2], 60, 'TASKEND install 0')).toBeNull();
    expect(silence([0, 1, 2], 60, 'TASKERROR partition 710')).toBeNull();
  });
});
