import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { isRead } from '../../source/xapi/access.ts';
import { simulator } from '../harness.ts';
import { openProgram, type Program } from './program.ts';
import { disarm, jobEnded, planShown, refOf, vmWork } from './walks.ts';

// Rearm and start is one action: one plan, one question, one result; and several VMs at once are, too.

let sim: Simulator;
let program: Program;
beforeEach(async () => {
  sim = await simulator({ vms: 3, speed: 1 });
});
afterEach(async () => {
  await program.close();
  await sim.stop();
});

const record = (name: string) => sim.world.database.get('VM', refOf(sim, name));
const results = () => program.state().plan.job?.results;

async function carriedOut(): Promise<void> {
  await program.press('y');
  await program.comes(jobEnded);
}

/** The plan to rearm and start vm3, whose attempt is used. */
async function lead(prepare: () => void = () => disarm(sim)): Promise<void> {
  prepare();
  program = await openProgram(sim, { known: true });
  await vmWork('A', 'vm3', () => true)(program);
}

test('one plan shows the arming, the start and what is lost; one y does it all', async () => {
  await lead();
  const shown = program.screen();
  expect(shown).toContain('Rearm and start');
  expect(shown).toContain('This boot ERASES disk 0');
  expect(shown).toMatch(/PV_bootloader|eliloader/);
  expect(shown).toContain('xe vm-start');
  await carriedOut();
  expect(results()).toMatchObject([{ name: 'vm3', ok: true, text: 'installing, running' }]);
  expect(record('vm3')['power_state']).toBe('Running');
  expect(program.state().plan.job?.startable).toEqual([]);
});

test('one that runs is shut down first, and the plan says so', async () => {
  await lead(() => {
    disarm(sim);
    sim.world.database.set('VM', refOf(sim, 'vm3'), 'power_state', 'Running');
  });
  expect(program.screen()).toContain('Running now, and shut down first: vm3.');
  await carriedOut();
  expect(results()).toMatchObject([{ ok: true, text: 'installing, running' }]);
});

test('files that would not boot: nothing is written', async () => {
  await lead(() => {
    disarm(sim);
    sim.world.database.setKey('VM', refOf(sim, 'vm3'), 'other_config', 'debian-release', 'nowhere');
  });
  const writes: string[] = [];
  sim.world.intercept = (method) => {
    if (!isRead(method)) writes.push(method);
    return undefined;
  };
  await carriedOut();
  expect(writes).toEqual([]);
  expect(results()).toMatchObject([{ ok: false, text: 'left as it was', problem: { exit: 6 } }]);
});

test('a start that the host refuses leaves it armed, says both, and offers the start again', async () => {
  await lead();
  sim.world.intercept = (method) =>
    /VM\.start$/.test(method) ? new ApiError('HOST_NOT_ENOUGH_FREE_MEMORY', '1', '2') : undefined;
  await carriedOut();
  expect(results()).toMatchObject([{ ok: false }]);
  expect(results()?.[0]?.text).toMatch(/^armed, halted; its start failed; .*the attempt is not used$/);
  expect(record('vm3')['PV_bootloader']).toBe('eliloader');
  expect(program.state().plan.job?.startable).toEqual([refOf(sim, 'vm3')]);
});

test('of several that are ticked each is planned; those it is nothing for are named with the reason', async () => {
  disarm(sim);
  for (const name of ['vm2', 'vm3']) sim.world.database.set('VM', refOf(sim, name), 'power_state', 'Halted');
  program = await openProgram(sim, { known: true });
  await program.comes(({ shared }) => shared.fleet.byRef.size === 3);
  await program.press('*', 'a');
  await planShown(program);
  const shown = program.screen();
  expect(shown).toMatch(/2 VMs, 2 disks erased at the next boot.*vm1 {2}It is armed already\./s);
  expect(shown).toMatch(/Rearm .*vm3/);
  await program.press('escape');
  await program.press('s');
  await planShown(program);
  expect(program.state().plan.job?.entries.map(({ name }) => name)).toHaveLength(
    program.state().fleet.list.ticked.size,
  );
});
