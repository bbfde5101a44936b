import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostRelease, unknownRules } from '../../source/boot/releases.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { seenState } from '../../source/watch/install.ts';
import { timelineOf } from '../../source/watch/timeline.ts';
import { pageArgs } from '../harness.ts';
import { load, one, says, vm, vmOf } from './events.ts';

// When an install is called lost, and when not: a false alarm is worse than a late one.

const minute = 60_000;
const patience = 15 * minute;
const began = Date.parse('2026-11-24T02:00:00Z');
const noted = { rules: hostRelease('5.6.0') ?? unknownRules };
/** By such a record of 5.6 this boot is the installer's. */
const installerBoot = "('struct' ('uuid' 'u1') ('PV_bootloader' 'eliloader') ('other_config' ('struct')))";

const all = (change: Record<string, unknown> = {}): FleetEvent => ({
  type: 'all',
  vms: [vmOf(change)],

  started: new Map(),
  clockAhead: 0,
});
const silentHost: FleetEvent = { type: 'lost', reason: 'no answer', wait: 1000 };
/** xenfai itself is stopped from this minute on, until the next event. */
const stopped = 'stopped';

type Step = readonly [atMinute: number, what: FleetEvent | typeof stopped];

/** These events at their minutes; between them somebody looks four times a minute. */
function watched(steps: readonly Step[], until: number, rules = unknownRules) {
  const fold = new FleetFold(rules);
  const turns: number[] = [];
  const unseen: number[] = [];
  const left = [...steps];
  let asleep = false;
  for (let quarter = 0; quarter <= until * 4; quarter += 1) {
    const now = began + quarter * (minute / 4);
    for (let next = left[0]; next !== undefined && next[0] * 4 <= quarter; next = left[0]) {
      left.shift();
      asleep = next[1] === stopped;
      if (next[1] !== stopped) fold.fold(next[1], now);
    }
    if (asleep || fold.snapshot().lost !== null) unseen.push(quarter / 4);
    if (!asleep && fold.look(now, patience).length > 0) turns.push(quarter / 4);
  }
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return { install, state: seenState(install, began + until * minute), turns, unseen };
}

describe('an install is lost', () => {
  test.each<[what: string, steps: Step[], at: number]>([
    [
      '15 minutes after its last message',
      [
        [0, all()],
        [2, says('TASKBEGIN instsoft')],
      ],
      17,
    ],
    [
      '15 minutes after its processor was busy last',
      [
        [0, all()],
        [1, says('check')],
        [5, load(0.9)],
        [6, load(0)],
      ],
      20,
    ],
    [
      '15 minutes after a slow download',
      [
        [0, all()],
        [1, says('check')],
        [5, load(0.05)],
        [6, load(0)],
      ],
      20,
    ],
    [
      '15 minutes after the host answers again',
      [
        [0, all()],
        [1, says('check')],
        [10, silentHost],
        [30, all()],
      ],
      45,
    ],
    [
      'also when it was silent for a moment',
      [
        [0, all()],
        [1, says('check')],
        [10, silentHost],
        [10.5, all()],
      ],
      25.5,
    ],
    [
      '15 minutes after xenfai goes on',
      [
        [0, all()],
        [1, says('check')],
        [10, stopped],
        [40, load(0)],
      ],
      55,
    ],
    [
      '15 minutes after it came into sight',
      [
        [0, all({ power_state: 'Halted', domid: '-1' })],
        [9, vm()],
        [9, says('check')],
      ],
      24,
    ],
  ])('%s', (_, steps, at) => {
    expect(watched(steps, 60).turns).toEqual([at]);
    expect(watched(steps, at - 0.25).state).not.toBe('lost');
    expect(watched(steps, at).state).toBe('lost');
  });

  test('also when only the record and an idle processor tell of it', () => {
    const boot = { last_booted_record: installerBoot };
    const { turns } = watched(
      [
        [0, all(boot)],
        [1, load(0)],
      ],
      60,
      noted.rules,
    );
    expect(turns).toEqual([15]);
  });
});

describe('it is not lost', () => {
  test.each<[what: string, steps: Step[], state: string]>([
    [
      'when FAI has said its end',
      [
        [0, all()],
        [1, says('TASKEND install 0')],
      ],
      'installed',
    ],
    [
      'when it has failed',
      [
        [0, all()],
        [1, says('TASKERROR partition 710')],
      ],
      'failed',
    ],
    [
      'when it waits for a key',
      [
        [0, all({ PV_args: pageArgs })],
        [1, says('TASKEND install 0')],
        [1, says('TASKBEGIN faiend')],
      ],
      'waiting',
    ],
    ['when it was never heard, for its messages may go elsewhere', [[0, all()]], 'quiet'],
    [
      'when its processor was busy, and FAI never spoke: it may be a system that works',
      [
        [0, all()],
        [1, load(0.9)],
        [2, load(0)],
      ],
      'quiet',
    ],
    [
      'when somebody has stopped it',
      [
        [0, all()],
        [1, says('check')],
        [2, vm({ power_state: 'Halted', domid: '-1' })],
      ],
      'fired',
    ],
    [
      'while it speaks',
      Array.from({ length: 6 }, (_, i): Step => [i * 14, i === 0 ? all() : says('HOOK x')]),
      'installing',
    ],
  ])('%s', (_, steps, state) => {
    expect(watched(steps, 80)).toMatchObject({ turns: [], state });
  });

  test('when the record alone says that it installs, and nobody measures its processor', () => {
    expect(watched([[0, all({ last_booted_record: installerBoot })]], 80, noted.rules).turns).toEqual([]);
  });
});

test('one that is lost stays lost until there is a sign of life, also over a silence of the host; then it counts anew', () => {
  const lost: Step[] = [
    [0, all()],
    [2, says('TASKBEGIN instsoft')],
    [20, silentHost],
    [30, all()],
  ];
  expect(watched(lost, 60)).toMatchObject({ turns: [17], state: 'lost' });
  expect(watched([...lost, [40, says('HOOK x')]], 54)).toMatchObject({ turns: [17], state: 'installing' });
  expect(watched([...lost, [40, says('HOOK x')]], 60)).toMatchObject({ turns: [17, 55], state: 'lost' });
  expect(watched([...lost, [40, vm({ domid: '6' })]], 60).state).not.toBe('lost');
});

test('since when it is lost is its last sign of life, and the log says so once', () => {
  const { install } = watched(
    [
      [0, all()],
      [14, says('TASKBEGIN instsoft')],
    ],
    60,
  );
  expect(install.times.state).toBe(began + 14 * minute);
  expect(timelineOf(install).filter(({ by }) => by === 'xenfai')).toEqual([
    { at: began + 29 * minute, by: 'xenfai', text: 'lost: silence since 02:14' },
  ]);
});

test('whatever happens, nothing is lost that was not watched, and silent, for as long as one waits, without a break', () => {
  const signs = [says('check'), says('TASKBEGIN instsoft'), load(0.5), vm({ domid: '6' }), vm()];
  const others = [says('TASKEND install 0'), load(0), silentHost, all(), stopped] as const;
  const arbitraryEvent = fc.constantFrom<Step[1]>(...signs, ...others);
  const arbitrarySteps = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 20 }), arbitraryEvent), { maxLength: 12 })
    .map((pairs) => {
      let at = 1;
      return pairs.map(([gap, event]): Step => {
        at += gap;
        return [at, event];
      });
    });
  let found = 0;
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const { turns, unseen } = watched([[0, all()], [1, says('check')], ...steps], 120);
      found += turns.length;
      for (const turn of turns) {
        expect(unseen.filter((at) => at >= turn - 15 && at <= turn)).toEqual([]);
        const during = steps.filter(([at]) => at > turn - 15 && at <= turn).map(([, event]) => event);
        for (const event of during) expect(event === stopped ? [] : signs.slice(0, 3)).not.toContain(event);
      }
    }),
  );
  expect(found).toBeGreaterThan(0);
});
