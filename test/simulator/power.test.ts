import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deviceName } from '../../source/simulator/attach.ts';
import { type TestClock, testClock } from '../../source/simulator/clock.ts';
import { crashAction } from '../../source/simulator/fate.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { Fields } from '../../source/simulator/types.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

// Which field changes when a VM is started, rebooted and shut down: xapi_vm.ml and vmops.ml of xen-api@030a348661.

let clock: TestClock;
let sim: Simulator;
let host: BareHost;
let armed = '';
let installed = '';
const call = caller(() => host);
beforeAll(async () => {
  clock = testClock();
  sim = await simulator({ vms: 2, clock });
  host = await open(sim);
  armed = (await call('VM.get_by_name_label', 'vm1'))[0];
  installed = (await call('VM.get_by_name_label', 'vm2'))[0];
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

const state = async (vm: string): Promise<string> => call('VM.get_power_state', vm);
const start = (vm: string) => call('VM.start', vm, false, false);
beforeEach(async () => {
  for (const vm of [armed, installed]) if ((await state(vm)) === 'Running') await call('VM.hard_shutdown', vm);
  await arm();
});
const arm = async () => {
  await call('VM.set_PV_bootloader', armed, 'eliloader');
  await call('VM.remove_from_other_config', armed, 'install-distro');
  await call('VM.add_to_other_config', armed, 'install-distro', 'debianlike');
};

/** How the VM looked after each change while `work` ran. */
async function changes(vm: string, work: () => Promise<unknown>): Promise<Fields[]> {
  const seen: Fields[] = [];
  const stop = sim.world.database.listen((_, className, ref, record) => {
    if (className === 'VM' && ref === vm) seen.push({ ...record });
  });
  await work();
  stop();
  return seen;
}
const operations = (vm: Fields | undefined) => Object.values(vm?.['current_operations'] ?? {});

describe('a start', () => {
  test('has its domid while it is Halted; Running comes late, and while it is still under way', async () => {
    const seen = await changes(armed, () => start(armed));
    expect(seen.length).toBeGreaterThanOrEqual(12);
    const fetching = seen.find((vm) => Number(vm['domid']) > 0);
    expect(fetching).toMatchObject({ power_state: 'Halted', PV_bootloader: 'eliloader' });
    const running = seen.filter((vm) => vm['power_state'] === 'Running');
    expect(operations(running[0])).toEqual(['start']);
    expect(running[0]).toMatchObject({ PV_bootloader: 'pygrub', domarch: 'x32', resident_on: sim.world.host });
    expect(operations(running.at(-1))).toEqual([]);
  });

  test('that fails leaves no domain, nothing attached and no operation', async () => {
    await call('VM.set_PV_bootloader', armed, 'pygrub');
    const seen = await changes(armed, () => failure(start(armed)));
    expect(seen.some((vm) => Number(vm['domid']) > 0)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ power_state: 'Halted', domid: -1, current_operations: {} });
    expect((await attached(armed)).every((one) => !one)).toBe(true);
  });
});

test('a reboot is Running all the time, for a moment without a domain', async () => {
  await start(installed);
  const before = await call('VM.get_domid', installed);
  const seen = await changes(installed, () => call('VM.hard_reboot', installed));
  expect(new Set(seen.map((vm) => vm['power_state']))).toEqual(new Set(['Running']));
  const domids = seen.map((vm) => vm['domid']);
  expect(domids).toContain(-1);
  expect(Number(domids.at(-1))).toBeGreaterThan(Number(before));
});

test('a reboot that fails leaves the VM Halted', async () => {
  await start(armed);
  expect((await failure(call('VM.hard_reboot', armed)))[0]).toBe('Traceback (most recent call last):');
  expect(await call('VM.get_record', armed)).toMatchObject({ power_state: 'Halted', domid: '-1', consoles: [] });
});

test('a shutdown is Halted with the old domid first', async () => {
  await start(installed);
  const domid = Number(await call('VM.get_domid', installed));
  const seen = await changes(installed, () => call('VM.hard_shutdown', installed));
  expect(seen.find((vm) => vm['power_state'] === 'Halted')?.['domid']).toBe(domid);
  expect(seen.at(-1)).toMatchObject({ domid: -1, resident_on: 'OpaqueRef:NULL' });
});

test('who ended the last domain, and why, is kept in other_config', async () => {
  await start(installed);
  await call('VM.hard_shutdown', installed);
  expect(await call('VM.get_other_config', installed)).toMatchObject({
    last_shutdown_reason: 'halted',
    last_shutdown_initiator: 'external',
    last_shutdown_action: 'Destroy',
    last_shutdown_time: expect.stringMatching(/^2010\d{4}T[\d:]{8}Z$/),
  });
  await start(armed);
  await clock.advance(10 * 60_000);
  expect(await call('VM.get_other_config', armed)).toMatchObject({
    last_shutdown_reason: 'rebooted',
    last_shutdown_initiator: 'internal',
    last_shutdown_action: 'Restart',
  });
});

test('what the agent of the guest has said is kept when it halts, and forgotten when it boots again', async () => {
  await start(installed);
  await clock.advance(30_000);
  const metrics = await call('VM.get_guest_metrics', installed);
  await call('VM.hard_shutdown', installed);
  expect(await call('VM.get_guest_metrics', installed)).toBe(metrics);
  await start(installed);
  expect(await call('VM.get_guest_metrics', installed)).toBe('OpaqueRef:NULL');
  expect(await failure(call('VM_guest_metrics.get_record', metrics))).toContain('HANDLE_INVALID');
});

async function attached(vm: string): Promise<boolean[]> {
  const { VBDs, VIFs } = await call('VM.get_record', vm);
  const of = (className: string) => (ref: string) => call(`${className}.get_currently_attached`, ref);
  return Promise.all([...VBDs.map(of('VBD')), ...VIFs.map(of('VIF'))]);
}

test('devices are attached while the VM runs; the name of a disk is filled in then, and stays', async () => {
  const [vbd] = await call('VM.get_VBDs', armed);
  await call('VM.hard_shutdown', armed).catch(() => {});
  sim.world.database.set('VBD', vbd, 'device', '');
  expect(await attached(armed)).toEqual([false, false]);
  await start(armed);
  expect(await attached(armed)).toEqual([true, true]);
  expect(await call('VBD.get_device', vbd)).toBe('xvda');
  await call('VM.hard_shutdown', armed);
  expect(await attached(armed)).toEqual([false, false]);
  expect(await call('VBD.get_device', vbd)).toBe('xvda');
});

test.each([
  ['0', false, 'xvda'],
  ['3', true, 'hdd'],
  ['15', false, 'xvdp'],
  ['16', false, '16'],
  ['xvdc', false, 'xvdc'],
])('userdevice %s, HVM %j: %s', (userdevice, hvm, device) => expect(deviceName(userdevice, hvm)).toBe(device));

test('every bootable drive with something in it counts, a CD as much as a disk', async () => {
  const { database } = sim.world;
  const [disk] = await call('VM.get_VBDs', armed);
  const tools = [...database.all('VDI')].find(([, vdi]) => vdi['name_label'] === 'xs-tools.iso')?.[0] ?? '';
  const cd = database.create('VBD', {
    VM: armed,
    VDI: tools,
    type: 'CD',
    mode: 'RO',
    userdevice: '3',
    bootable: true,
  });
  const error = (words: string) => ['BOOTLOADER_FAILED', armed, `Error from bootloader: ${words}`];
  expect(await failure(start(armed))).toEqual(error('too many bootable disks (2 disks)'));
  database.set('VBD', cd, 'VDI', 'OpaqueRef:NULL');
  database.set('VBD', disk, 'bootable', false);
  expect(await failure(start(armed))).toEqual(error('no bootable disk'));
  database.set('VBD', disk, 'bootable', true);
  await start(armed);
  // A PV guest does not get an empty drive.
  expect(await call('VBD.get_currently_attached', cd)).toBe(false);
  database.destroy('VBD', cd);
});

test('PV_bootloader_args that eliloader does not know end in its usage error, and nothing is burnt', async () => {
  await call('VM.set_PV_bootloader_args', armed, '--kernel /boot/vmlinuz');
  expect(await failure(start(armed))).toEqual(['Invalid usage. Usage: eliloader --vm <vm> <image>', '']);
  expect(await call('VM.get_PV_bootloader', armed)).toBe('eliloader');
  await call('VM.set_PV_bootloader_args', armed, '');
});

describe('a crash', () => {
  test.each([
    ['restart', 119_999, 'destroy'],
    ['restart', 120_000, 'restart'],
    ['rename_restart', 0, 'destroy'],
    ['coredump_and_restart', 0, 'coredump_and_destroy'],
    ['coredump_and_restart', 120_000, 'coredump_and_restart'],
    ['preserve', 0, 'preserve'],
    ['destroy', 0, 'destroy'],
  ])('%s after %i ms: %s', (wish, ranFor, action) => expect(crashAction(wish, ranFor)).toBe(action));

  test('soon after the start halts a VM that wants to be restarted', async () => {
    const args = await call('VM.get_PV_args', armed);
    await call('VM.set_PV_args', armed, 'quiet');
    await start(armed);
    await clock.advance(20_000);
    expect(await state(armed)).toBe('Halted');
    expect((await call('VM.get_other_config', armed)).last_shutdown_reason).toBe('crashed');
    await call('VM.set_PV_args', armed, args);
  });
});

test('a guest that does not answer a shutdown request: the word on the wire', async () => {
  const args = await call('VM.get_PV_args', armed);
  await call('VM.set_PV_args', armed, args.replace('10.1.1.6', '10.9.9.9'));
  await start(armed);
  const shutdown = failure(call('VM.clean_shutdown', armed));
  while (operations(sim.world.database.get('VM', armed)).length === 0) await new Promise(setImmediate);
  await clock.advance(60_000);
  expect(await shutdown).toEqual(['VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT']);
  expect(await state(armed)).toBe('Running');
  await call('VM.set_PV_args', armed, args);
});

test("a VM's own wishes count for calls, too: a reboot that destroys", async () => {
  await call('VM.set_actions_after_reboot', installed, 'destroy');
  await start(installed);
  await call('VM.hard_reboot', installed);
  expect(await state(installed)).toBe('Halted');
  await call('VM.set_actions_after_reboot', installed, 'restart');
});
