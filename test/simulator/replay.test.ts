import { afterEach, expect, test } from 'vitest';
import { testClock } from '../../source/simulator/clock.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { Fields } from '../../source/simulator/types.ts';
import { simulator } from '../harness.ts';
import { type Known, known } from './differences.ts';
import { becomeRecorded } from './recorded-world.ts';
import { type Difference, type Line, methodOf, Replay, readRecording } from './replay.ts';

let sim: Simulator;
afterEach(() => sim.stop());

/** A call that goes on by itself has an end before the next request is sent: what is not told has no order. */
async function settle(line: Line): Promise<void> {
  if (bent !== null && !line.case.startsWith('xenfai')) bent['PV_bootloader'] = 'eliloader';
  bent = null;
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

/** A record that says something else for the time of a start. */
let bent: Fields | null = null;

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
    // Unseen: it is no change of the record.
    Object.assign(record, { PV_bootloader: 'pygrub' });
    bent = record;
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

test('a host of 8.3 answers all recorded calls as a real xapi did', { timeout: 60_000 }, async () => {
  const all: Line[] = [];
  const differences: Difference[] = [];
  // No time passes in this world: its guests do nothing by themselves.
  sim = await simulator({ clock: testClock(), release: '8.3' });
  becomeRecorded(sim.world);
  for (const name of recordings) {
    const replay = new Replay(sim);
    const lines = readRecording(name);
    await replay.play(lines, (line) => behindTheScenes(replay, line), settle);
    all.push(...lines);
    differences.push(...replay.differences);
  }
  const ruleOf = (difference: Difference) => known.find(({ is }) => is(difference));
  expect(differences.filter((difference) => ruleOf(difference) === undefined)).toEqual([]);
  const callsOf = (...rules: readonly Known[]) =>
    new Set(differences.filter((one) => rules.some((rule) => rule === ruleOf(one))).map(({ line }) => line)).size;
  const counted = known.map((rule) => [rule.what, callsOf(rule)]);
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(known.map(({ what, calls }) => [what, calls])));

  const equal = all.length - callsOf(...known.filter(({ lack }) => lack));
  const share = equal / all.length;
  expect({ calls: all.length, toTheLetter: all.length - callsOf(...known), equal }).toEqual({
    calls: 763,
    toTheLetter: 669,
    equal: 758,
  });
  expect(share).toBeGreaterThanOrEqual(0.97);
});
