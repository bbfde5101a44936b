import { describe, expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import type { Learned, LearnedStore } from '../../source/settings/learned.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { seenState, verdictOf } from '../../source/watch/install.ts';
import { Learner } from '../../source/watch/learning.ts';
import { ref } from '../../source/xapi/records.ts';
import { one, says, vmOf, words } from './events.ts';

const metrics = ref.parse('m1');
const mark = (run: string) =>
  JSON.stringify({ vm: 'u1', run, at: new Date(Date.UTC(2026, 10, 24)).toISOString(), by: 'b' });
const ours = { other_config: { 'xenfai:armed': mark('first') } };
const armed = { power_state: 'Halted', PV_bootloader: 'eliloader', domid: '-1', other_config: words };

/** A state folder in memory, and the screens that are opened on it one after the other. */
function world() {
  const kept = new Map<string, Learned>();
  const store: LearnedStore = {
    recall: (uuid) => kept.get(uuid) ?? null,
    keep: (entry) => void kept.set(entry.vm, structuredClone(entry)),
    forget: (uuid) => void kept.delete(uuid),
  };
  const screen = (at: number, first: Record<string, unknown>, started: number, ...events: FleetEvent[]) => {
    const fold = new FleetFold(unknownRules, store.recall);
    const learner = new Learner(store);
    const all: FleetEvent = {
      type: 'all',
      vms: [vmOf({ metrics, ...first })],

      started: new Map([[metrics, started]]),
      clockAhead: 0,
    };
    for (const [i, event] of [all, ...events].entries()) {
      fold.fold(event, at + i * 1000);
      const install = fold.snapshot().byRef.get(one);
      if (install !== undefined) learner.learn(install, fold.startedAt(install.vm));
    }
    const install = fold.snapshot().byRef.get(one);
    if (install === undefined) throw new Error('gone');
    return install;
  };
  return { kept, screen };
}

const begun = [says('check'), says('TASKBEGIN extrbase'), says('TASKEND extrbase 0'), says('TASKBEGIN instsoft')];

describe('a screen that is opened anew', () => {
  test.each([
    ['of a VM that xenfai armed', ours],
    ['of one that another tool armed', {}],
  ])('shows what the one before has heard: %s', (_, change) => {
    const { screen } = world();
    const before = screen(10_000, change, 5000, ...begun);
    const after = screen(900_000, change, 5000);
    expect(after.progress).toEqual(before.progress);
    expect(after.progress?.percent).toBe(24);
    expect(after.messages).toEqual(before.messages);
    expect(after.times).toMatchObject({ task: 14_000, heard: 14_000 });
    expect(seenState(after, 900_000)).toBe('installing');
    // And goes on from there.
    expect(screen(950_000, change, 5000, says('TASKEND instsoft 0')).progress?.percent).toBe(92);
  });

  test('shows a failure that could not be put on record', () => {
    const { screen } = world();
    screen(10_000, ours, 5000, ...begun, says('TASKERROR instsoft 710'));
    const after = screen(900_000, ours, 5000);
    expect(seenState(after, 900_000)).toBe('failed');
    expect(after.times.state).toBe(15_000);
  });

  test('knows the installer’s domain: another one is the boot from disk', () => {
    const { screen } = world();
    screen(10_000, ours, 5000);
    const after = screen(900_000, { ...ours, domid: '6' }, 800_000);
    expect(verdictOf(after)).toEqual({ verdict: 'installed' });
  });

  test('says no more of a task when the VM has left the installer meanwhile', () => {
    const { screen } = world();
    screen(10_000, ours, 5000, ...begun);
    const after = screen(900_000, { ...ours, domid: '6' }, 800_000);
    expect(after.progress).toBeNull();
    expect(after.messages).toHaveLength(4);
  });

  test('a clock that was put back makes nothing come from the future', () => {
    const { screen } = world();
    screen(900_000, ours, 5000, ...begun);
    expect(screen(10_000, ours, 5000).times).toMatchObject({ task: 10_000, heard: 10_000 });
  });
});

describe('what was learned of another attempt is not shown', () => {
  test('armed again by xenfai', () => {
    const { screen } = world();
    screen(10_000, ours, 5000, ...begun);
    const again = { other_config: { 'xenfai:armed': mark('second') } };
    expect(screen(900_000, again, 800_000)).toMatchObject({ progress: null, messages: [] });
  });

  test('armed again by another tool: the domain is a later one', () => {
    const { screen } = world();
    screen(10_000, {}, 5000, ...begun);
    expect(screen(900_000, { domid: '6' }, 800_000)).toMatchObject({ progress: null, messages: [] });
  });

  test('it is forgotten by whoever sees the VM armed', () => {
    const { screen, kept } = world();
    screen(10_000, ours, 5000, ...begun);
    expect(kept.size).toBe(1);
    screen(20_000, armed, 0);
    expect(kept.size).toBe(0);
    screen(30_000, ours, 5000, ...begun, { type: 'vm', vm: vmOf({ metrics, ...armed }) });
    expect(kept.size).toBe(0);
  });
});

test('a message that is passed on, and is known already, is not told twice', () => {
  const { screen, kept } = world();
  screen(10_000, {}, 5000, ...begun);
  const fold = new FleetFold(unknownRules, (uuid) => kept.get(uuid) ?? null);
  const started = new Map([[metrics, 5000]]);
  fold.fold({ type: 'all', vms: [vmOf({ metrics })], started, clockAhead: 0 }, 900_000);
  const late = (at: number) => fold.fold(says('TASKBEGIN instsoft', true), at);
  // Between the end of a task and the begin of the next there is the blink of an eye.
  const lengths = [late(13_000), late(14_000), late(15_000), late(15_001)].map(({ length }) => length);
  expect(lengths).toEqual([0, 0, 1, 1]);
  expect(fold.snapshot().byRef.get(one)?.messages).toHaveLength(6);
});

test('only what is new is written', () => {
  const writes: string[] = [];
  const learner = new Learner({
    recall: () => null,
    keep: ({ heard }) => void writes.push(`keep ${heard}`),
    forget: () => void writes.push('forget'),
  });
  const { screen } = world();
  const install = screen(10_000, ours, 5000, ...begun);
  learner.learn(install, 5000);
  learner.learn({ ...install, idleSince: 5 }, 5000);
  const untouched = screen(20_000, armed, 0);
  learner.learn(untouched, 0);
  learner.learn({ ...untouched, mac: 'x' }, 0);
  expect(writes).toEqual(['keep 14000', 'forget']);
});
