import { afterEach, expect, test } from 'vitest';
import { markKeys, type Verdict } from '../../source/boot/marks.ts';
import type { Host } from '../../source/hosts/host.ts';
import { findVm } from '../../source/hosts/vm.ts';
import { runContext } from '../../source/operations/context.ts';
import { noJournal } from '../../source/operations/journal.ts';
import { recordVerdict } from '../../source/operations/verdict.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { open, simulator } from '../harness.ts';

let sim: Simulator;
let host: Host;
afterEach(async () => {
  await host.close();
  await sim.stop();
});

const verdicts: readonly Verdict[] = [
  { verdict: 'installed' },
  { verdict: 'failed', task: 'partition', code: 710, text: 'no disk' },
];

// Two screens that each took the other's mark away to write their own would never come to rest.
test.each(verdicts)('$verdict: what another process has put on record stays', async (verdict) => {
  sim = await simulator({ vms: 6 });
  host = await open(sim);
  const { ref } = await findVm(host.session, 'vm3');
  const context = runContext(host, noJournal, new AbortController().signal);
  const mark = async () => (await findVm(host.session, 'vm3')).record.other_config[markKeys[verdict.verdict]];
  expect(await mark()).toBeUndefined();
  await recordVerdict(ref, verdict, context);
  const first = await mark();
  expect(first).toBeDefined();
  await recordVerdict(ref, verdict, context);
  expect(await mark()).toBe(first);
});
