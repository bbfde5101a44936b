import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestClock, testClock } from '../../source/simulator/clock.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

// Paused and suspended VMs: xapi_vm.ml and vmops.ml of xen-api@030a348661.

let clock: TestClock;
let sim: Simulator;
let host: BareHost;
let vm = '';
const call = caller(() => host);
beforeAll(async () => {
  clock = testClock();
  sim = await simulator({ vms: 2, clock });
  host = await open(sim);
  vm = (await call('VM.get_by_name_label', 'vm2'))[0];
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

const record = () => call('VM.get_record', vm);
const free = () => call('host.compute_free_memory', sim.world.host);
const second = 1000;

test('started paused, a guest comes up only when it is unpaused', async () => {
  await call('VM.start', vm, true, false);
  expect(await record()).toMatchObject({ power_state: 'Paused', domid: expect.stringMatching(/^\d+$/) });
  await clock.advance(60 * second);
  expect((await record()).guest_metrics).toBe('OpaqueRef:NULL');
  await call('VM.unpause', vm);
  await clock.advance(60 * second);
  expect(await record()).toMatchObject({ power_state: 'Running', guest_metrics: expect.not.stringMatching(/NULL/) });
});

test('a paused VM keeps its memory, and takes no clean shutdown', async () => {
  const before = await free();
  await call('VM.pause', vm);
  expect(await free()).toBe(before);
  expect((await record()).allowed_operations).toEqual(expect.arrayContaining(['unpause', 'hard_shutdown']));
  expect(await failure(call('VM.clean_shutdown', vm))).toEqual(['VM_BAD_POWER_STATE', vm, 'running', 'paused']);
  await call('VM.unpause', vm);
});

test('suspended, a VM has its memory on a disk and no domain, while its drives count as attached', async () => {
  const before = Number(await free());
  await call('VM.suspend', vm);
  const suspended = await record();
  expect(suspended).toMatchObject({
    power_state: 'Suspended',
    domid: '-1',
    resident_on: 'OpaqueRef:NULL',
    consoles: [],
    allowed_operations: expect.arrayContaining(['resume', 'resume_on', 'hard_shutdown']),
  });
  expect(Number(await free())).toBeGreaterThan(before);
  expect(await call('VDI.get_record', suspended.suspend_VDI)).toMatchObject({ type: 'suspend' });
  expect(await call('VBD.get_currently_attached', suspended.VBDs[0])).toBe(true);
  expect(await failure(call('VM.start', vm, false, false))).toEqual([
    'VM_BAD_POWER_STATE',
    vm,
    'halted',
    'suspended',
  ]);

  await call('VM.resume', vm, false, false);
  expect(await record()).toMatchObject({ power_state: 'Running', suspend_VDI: 'OpaqueRef:NULL' });
  expect(await failure(call('VDI.get_record', suspended.suspend_VDI))).toEqual([
    'HANDLE_INVALID',
    'VDI',
    suspended.suspend_VDI,
  ]);
});

test('hard_shutdown of a suspended VM drops its memory', async () => {
  await call('VM.suspend', vm);
  const { suspend_VDI } = await record();
  await call('VM.hard_shutdown', vm);
  expect(await record()).toMatchObject({ power_state: 'Halted', suspend_VDI: 'OpaqueRef:NULL' });
  expect(sim.world.database.find('VDI', suspend_VDI)).toBeUndefined();
});

test('without an SR for it nothing is suspended', async () => {
  await call('VM.start', vm, false, false);
  await clock.advance(60 * second);
  const [pool] = await call('pool.get_all');
  await call('pool.set_suspend_image_SR', pool, 'OpaqueRef:NULL');
  expect(await failure(call('VM.suspend', vm))).toEqual(['VM_NO_SUSPEND_SR', vm]);
});

test('who cancels a clean shutdown ends the waiting, not the guest’s', async () => {
  const task = await call('Async.VM.clean_shutdown', vm);
  await call('task.cancel', task);
  expect(await call('task.get_record', task)).toMatchObject({
    status: 'cancelled',
    error_info: ['TASK_CANCELLED', task],
  });
  expect((await record()).power_state).toBe('Running');
  await clock.advance(30 * second);
  expect((await record()).power_state).toBe('Halted');
});
