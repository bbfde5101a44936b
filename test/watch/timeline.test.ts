import { expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { limits } from '../../source/limits/limits.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { timelineOf } from '../../source/watch/timeline.ts';
import { ref, vmRecord } from '../../source/xapi/records.ts';
import { goodArgs, pageArgs } from '../harness.ts';
import { load, one, says, words } from './events.ts';

const second = 1000;
/** By the host's clock, which is ten minutes ahead. */
const ahead = 600 * second;
const at = (seconds: number): string => new Date(seconds * second + ahead).toISOString();
const mark = (seconds: number, more: object = {}): string =>
  JSON.stringify({ vm: 'u1', run: 'r', at: at(seconds), by: 'alice', ...more });

const vm = (change: Record<string, unknown>): FleetEvent => ({
  type: 'vm',
  vm: {
    ref: one,
    record: vmRecord.parse({ uuid: 'u1', name_label: 'web', PV_args: goodArgs, metrics: 'm1', ...change }),
  },
});
const all = (event: FleetEvent): FleetEvent =>
  event.type === 'vm' ? { type: 'all', vms: [event.vm], started: new Map(), clockAhead: ahead } : event;

const armedMark = { 'xenfai:armed': mark(-60, { release: 'lenny', arch: 'i386' }) };
const armed = vm({
  power_state: 'Halted',
  PV_bootloader: 'eliloader',
  other_config: {
    ...armedMark,
    ...words,
  },
});
const fired = (change: Record<string, unknown> = {}): FleetEvent =>
  vm({ power_state: 'Running', PV_bootloader: 'pygrub', domid: '5', other_config: armedMark, ...change });

/** These events at their seconds; the timeline as "second who text". */
function told(...events: readonly (readonly [seconds: number, FleetEvent])[]): string[] {
  const fold = new FleetFold(unknownRules);
  for (const [seconds, event] of events) fold.fold(event, seconds * second);
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return timelineOf(install).map((entry) => `${entry.at / second} ${entry.by} ${entry.text}`);
}

test('an install from its arming to its failure, by this machine’s clock, each from its source', () => {
  const started: FleetEvent = { type: 'started', metrics: ref.parse('m1'), at: 9 * second + ahead };
  const failed = mark(31, { task: 'partition', code: 710, text: 'TASKERROR partition 710' });
  expect(
    told(
      [0, all(armed)],
      [10, fired()],
      [11, started],
      [20, says('TASKBEGIN partition')],
      [30, says('TASKERROR partition 710')],
      [32, fired({ other_config: { ...armedMark, 'xenfai:failed': failed } })],
      [40, fired({ power_state: 'Halted', domid: '-1', other_config: { ...armedMark, 'xenfai:failed': failed } })],
    ),
  ).toEqual([
    '-60 xenfai armed by alice: lenny i386',
    '9 record started: its domain was built',
    '10 record the loader has fired: the attempt is used',
    '20 FAI TASKBEGIN partition',
    '30 FAI TASKERROR partition 710',
    '31 xenfai recorded as failed by alice: TASKERROR partition 710',
    '40 record halted',
  ]);
});

test('what FAI has said and somebody has recorded is no boot from the disk: that comes later, and only it is told as one', () => {
  const installed = { ...armedMark, 'xenfai:installed': mark(31) };
  expect(
    told(
      [0, all(armed)],
      [10, fired()],
      [30, says('TASKEND install 0')],
      [32, fired({ other_config: installed })],
      [40, fired({ domid: '6', other_config: installed })],
    ).slice(2),
  ).toEqual(['30 FAI TASKEND install 0', '31 xenfai recorded as installed by alice']);
});

test('a processor is noted when it begins to work and when it has rested for a while, not each time it is looked at', () => {
  const busy = [12, 17, 22, 27].map((seconds) => [seconds, load(0.9)] as const);
  const rest = [32, 37, 42, 47, 52, 57].map((seconds) => [seconds, load(0)] as const);
  const lines = told([0, all(armed)], [10, fired({ PV_args: pageArgs })], ...busy, ...rest);
  expect(lines.slice(2)).toEqual(['12 processor busy', '32 processor at rest']);
});

test('what has changed while nobody looked says so; a mark of another VM, and what is as it was, is no note', () => {
  const inherited = { 'xenfai:created': JSON.stringify({ vm: 'other', run: 'r', at: at(0), by: 'b' }) };
  expect(told([0, all(vm({ power_state: 'Running', other_config: inherited }))])).toEqual([]);
  const running = vm({ power_state: 'Running', PV_bootloader: 'pygrub', domid: '5' });
  const halted = vm({ power_state: 'Halted', PV_bootloader: 'pygrub' });
  expect(told([0, all(running)], [5, running], [9, all(halted)])).toEqual(['9 record meanwhile halted']);
});

test('however often a VM is started and stopped, what is kept of it is bounded', () => {
  const rounds = Array.from({ length: 3 * limits.watch.notes }, (_, index) => {
    const power = index % 2 === 0 ? 'Halted' : 'Running';
    return [
      index,
      vm({ power_state: power, PV_bootloader: 'pygrub', domid: power === 'Running' ? '5' : '-1' }),
    ] as const;
  });
  expect(told([0, all(fired())], ...rounds)).toHaveLength(limits.watch.notes);
});
