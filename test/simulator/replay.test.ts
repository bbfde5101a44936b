import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../source/simulator/clock.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { lennyTemplate, simulator } from '../harness.ts';
import { meant } from './differences.ts';
import { type Line, methodOf, Replay, readRecording } from './replay.ts';

let sim: Simulator;
afterEach(() => sim.stop());

/** The world of the recordings: two templates, one network with a cable, one storage. */
function prepare(): void {
  const { database } = sim.world;
  const keep = { VM: [lennyTemplate, 'Other install media'], network: ['Host internal management network'] };
  for (const [ref, vm] of [...database.all('VM')]) {
    if (vm['is_a_template'] === true && !keep.VM.includes(String(vm['name_label']))) database.destroy('VM', ref);
  }
  for (const [ref, pif] of [...database.all('PIF')]) {
    if (pif['device'] === 'eth0') continue;
    database.destroy('PIF', ref);
    database.destroy('network', String(pif['network']));
  }
  const [local] = [...database.all('SR')].find(([, sr]) => sr['name_label'] === 'Local storage') ?? [];
  for (const className of ['VDI', 'PBD']) {
    for (const [ref, record] of [...database.all(className)]) {
      if (record['SR'] !== local) database.destroy(className, ref);
    }
  }
  for (const ref of [...database.all('SR').keys()]) if (ref !== local) database.destroy('SR', ref);
}

/** A call that goes on by itself has an end before the next request is sent: what is not told has no order. */
async function settle(line: Line): Promise<void> {
  if (!methodOf(line).startsWith('Async.')) return;
  const { database } = sim.world;
  const pending = () =>
    [...database.all('task').values()].some(
      ({ status, name_label }) => status === 'pending' && String(name_label).startsWith('Async.'),
    );
  if (!pending()) return;
  await new Promise<void>((resolve) => {
    const stop = database.listen(() => {
      if (pending()) return;
      stop();
      resolve();
    });
  });
}

/**
 * The hypervisor of the recordings starts anything, this world's what has a system on its disk: so for the start the
 * disk has one, and the record says for that long that it is booted from it. By the time of `xenfai stop` somebody
 * had changed the record behind the API's back.
 */
function behindTheScenes(replay: Replay, line: Line): void {
  const { database, disks } = sim.world;
  const [, numbered = ''] = line.request.match(/OpaqueRef:\{\d+\}/g) ?? [];
  const vm = replay.known(line.case === 'xenfai start' || line.case === 'xenfai stop' ? 'OpaqueRef:{55}' : numbered);
  const record = database.find('VM', vm ?? '');
  if (vm === undefined || record === undefined || record['is_a_template'] === true) return;
  if (/^(Async\.)?VM\.start$/.test(methodOf(line))) {
    for (const vbd of record['VBDs'] as string[]) {
      disks.set(String(database.get('VBD', vbd)['VDI']), { system: 'Debian' });
    }
    database.set('VM', vm, 'PV_bootloader', 'pygrub');
  } else if (line.case === 'xenfai start') database.set('VM', vm, 'PV_bootloader', 'eliloader');
  else if (line.case === 'xenfai stop') database.set('VM', vm, 'PV_bootloader', 'pygrub');
}

const recordings = [
  ['wire-and-fields', 123],
  ['provision-devices-memory', 154],
  ['lifecycle-tasks-events', 210],
  ['records-and-classes', 126],
  ['xenfai-commands', 127],
] as const;

/**
 * What can be sent again. Not where nothing had come when the recorder stopped waiting, and not the waiting of one
 * session while another starts and stops a VM: the file does not say which call a batch of events came after.
 */
const repeatable = (name: string, lines: readonly Line[]): readonly Line[] =>
  lines.filter(
    (line) => line.status !== 0 && !(name === 'lifecycle-tasks-events' && methodOf(line) === 'event.next'),
  );

test.each(recordings)('%s: the simulator answers as a real xapi did', async (name, count) => {
  // No time passes in this world: its guests do nothing by themselves.
  sim = await simulator({ clock: testClock() });
  prepare();
  const replay = new Replay(sim);
  const lines = repeatable(name, readRecording(name));
  expect(lines).toHaveLength(count);
  for (const line of lines) {
    behindTheScenes(replay, line);
    await replay.send(line);
    await settle(line);
  }
  const counts = new Map<string, number>();
  const unexpected = replay.differences.filter((difference) => {
    const rule = meant.find(({ is }) => is(difference));
    if (rule !== undefined) counts.set(rule.what, (counts.get(rule.what) ?? 0) + 1);
    return rule === undefined;
  });
  expect(unexpected).toEqual([]);
  const expected = meant.flatMap(({ what, in: files }) =>
    files[name] === undefined ? [] : [[what, files[name]] as const],
  );
  expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(expected));
});
