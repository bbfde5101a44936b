import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../source/simulator/clock.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { lennyTemplate, simulator } from '../harness.ts';
import { type Meant, meant } from './differences.ts';
import { type Difference, type Line, methodOf, Replay, readRecording } from './replay.ts';

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
  'wire-and-fields',
  'provision-devices-memory',
  'lifecycle-tasks-events',
  'records-and-classes',
  'xenfai-commands',
] as const;

/**
 * What can be sent again. Not where nothing had come when the recorder stopped waiting, and not the waiting of one
 * session while another starts and stops a VM: the file does not say which call a batch of events came after.
 */
const repeatable = (name: string, lines: readonly Line[]): readonly Line[] =>
  lines.filter(
    (line) => line.status !== 0 && !(name === 'lifecycle-tasks-events' && methodOf(line) === 'event.next'),
  );

/** Sends one recording to a world of its own. */
async function play(name: string, lines: readonly Line[]): Promise<readonly Difference[]> {
  // No time passes in this world: its guests do nothing by themselves.
  sim = await simulator({ clock: testClock() });
  prepare();
  const replay = new Replay(sim);
  for (const line of repeatable(name, lines)) {
    behindTheScenes(replay, line);
    await replay.send(line);
    await settle(line);
  }
  await sim.stop();
  return replay.differences;
}

test('the simulator answers as a real xapi did', { timeout: 60_000 }, async () => {
  const all: Line[] = [];
  const differences: Difference[] = [];
  for (const name of recordings) {
    const lines = readRecording(name);
    all.push(...lines);
    differences.push(...(await play(name, lines)));
  }
  expect(all).toHaveLength(757);
  const ruleOf = (difference: Difference) => meant.find(({ is }) => is(difference));
  expect(differences.filter((difference) => ruleOf(difference) === undefined)).toEqual([]);
  const callsOf = (rule: Meant) => new Set(differences.filter((one) => ruleOf(one) === rule).map(({ line }) => line));
  const counted = meant.map((rule) => [rule.what, callsOf(rule).size]);
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(meant.map(({ what, calls }) => [what, calls])));
});
