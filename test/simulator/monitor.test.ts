import { afterAll, beforeAll, expect, test } from 'vitest';
import { testClock } from '../../source/simulator/clock.ts';
import { isMeasured, measure } from '../../source/simulator/monitor.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, open } from './calls.ts';

let sim: Simulator;
let host: BareHost;
const call = caller(() => host);
beforeAll(async () => {
  sim = await simulator({ vms: 2, clock: testClock() });
  host = await open(sim);
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

test('each round changes the metrics of what runs, and of its devices, the cards and the processors', async () => {
  const [vm] = await call('VM.get_by_name_label', 'vm2');
  await call('VM.start', vm, false, false);
  await call('event.register', ['*']);
  measure(sim.world, () => 0.5);
  const classes = (await call('event.next')).map((event: { class: string }) => event.class);
  const wanted = ['vm_metrics', 'vif_metrics', 'vbd_metrics', 'pif_metrics', 'host_cpu'];
  expect(new Set(classes)).toEqual(new Set([...wanted, 'vif', 'vbd']));
  const halted = (await call('VM.get_by_name_label', 'vm1'))[0];
  const metrics = await call('VM_metrics.get_record', await call('VM.get_metrics', halted));
  expect(metrics.last_updated).toBe('19700101T00:00:00Z');
});

test('nothing is measured unless somebody wants it, nor from 6.1 on', async () => {
  expect(isMeasured(sim.world)).toBe(true);
  await call('host.remove_from_other_config', sim.world.host, 'rrd_update_interval');
  expect(isMeasured(sim.world)).toBe(false);
  const later = await simulator({ release: '6.1' });
  expect(isMeasured(later.world)).toBe(false);
  await later.stop();
});
