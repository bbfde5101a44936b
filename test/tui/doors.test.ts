import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thereAlready } from '../../source/operations/made-once.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { isRead } from '../../source/xapi/access.ts';
import { prepareTemplate, simulator, xenfai } from '../harness.ts';
import { disagreements, held } from '../operations/agreement.ts';
import { openProgram, type Program } from './program.ts';
import { type Walk, walks } from './walks.ts';

// Two doors at once: somebody at the screen, and the command line on the same host.

let sim: Simulator;
let program: Program;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
  await prepareTemplate(sim);
});
afterEach(async () => {
  await program.close();
  await sim.stop();
});

const walkOf = (name: string): Walk => walks[name] ?? expect.fail('no such walk');
const webs = () => [...sim.world.database.all('VM').values()].filter((vm) => vm['name_label'] === 'web').length;
const create = () => xenfai(sim, walkOf('create').line(program.state()));
const results = () => program.state().plan.job?.results ?? [];

/** To the plan that is shown. */
async function leadTo(name: string): Promise<Walk> {
  const walk = walkOf(name);
  if (name !== 'create') await walk.prepare(sim);
  program = await openProgram(sim, walk);
  await walk.lead(program);
  return walk;
}

test('both make the same name at the same time: one VM, and the other says that it is there', async () => {
  const walk = await leadTo('create');
  const before = held(sim);
  await program.press(walk.key);
  const [ran] = await Promise.all([create(), program.comes(walk.ended)]);
  expect(webs()).toBe(1);
  expect(disagreements(sim, before, { ...walk.said, ok: true })).toEqual([]);
  const told = [ran.out.replace(/^web: | {2}[0-9a-f-]{36}$/g, ''), results()[0]?.text];
  expect(told.sort()).toEqual(['armed, halted', thereAlready].sort());
});

test('the race for a name that the screen loses ends as with any name that is there', async () => {
  const walk = await leadTo('create');
  const before = held(sim);
  let raced = false;
  const clones: string[] = [];
  sim.world.intercept = async (method) => {
    if (method === 'Async.VM.clone') clones.push(method);
    if (raced || method !== 'pool.add_to_other_config') return undefined;
    raced = true;
    // The other has made it, and given its claim back, before ours arrives.
    expect((await create()).code).toBe(0);
    return undefined;
  };
  await program.press(walk.key);
  await program.comes(walk.ended);
  expect(clones).toHaveLength(2);
  expect(results()).toMatchObject([{ name: 'web', ok: true, text: thereAlready, problem: null }]);
  expect(program.state().plan.job?.startable).toEqual([]);
  expect(program.screen()).toContain(thereAlready);
  expect(webs()).toBe(1);
  expect(disagreements(sim, before, { ...walk.said, ok: true })).toEqual([]);
});

test('made by the command line while the plan is shown: it is left as it is', async () => {
  const walk = await leadTo('create');
  await create();
  const before = held(sim);
  await program.press(walk.key);
  await program.comes(walk.ended);
  expect(results()).toMatchObject([{ ok: true, text: thereAlready }]);
  expect(held(sim)).toEqual(before);
});

describe('changed by the command line while the plan is shown: left alone', () => {
  test.each<[string, readonly string[]]>([
    ['rearm', ['rearm', 'vm3', '--yes']],
    ['start', ['start', 'vm1']],
    ['stop', ['stop', 'vm1', '--yes', '--force']],
  ])('%s', async (name, line) => {
    const walk = await leadTo(name);
    expect((await xenfai(sim, line)).code).toBe(0);
    const writes: string[] = [];
    sim.world.intercept = (method) => {
      if (!isRead(method)) writes.push(method);
      return undefined;
    };
    await program.press(walk.key);
    await program.comes(walk.ended);
    expect(writes).toEqual([]);
    expect(results()).toMatchObject([{ ok: false, text: 'left as it was', problem: { code: 'changed-meanwhile' } }]);
    expect(program.screen()).toContain('has changed since its plan was shown: it was left alone.');
  });
});
