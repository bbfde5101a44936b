import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { isRead } from '../../source/xapi/access.ts';
import { simulator } from '../harness.ts';
import { openProgram, type Program } from './program.ts';
import { walks } from './walks.ts';

// What exists is changed by an explicit yes only.

let sim: Simulator;
let program: Program;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
});
afterEach(async () => {
  await program.close();
  await sim.stop();
});

test.each(['rearm', 'rearm of a running VM', 'start'])('Enter does not do it: %s', async (name) => {
  const walk = walks[name];
  if (walk === undefined) throw new Error(`no walk ${name}`);
  await walk.prepare(sim);
  program = await openProgram(sim, { known: walk.known });
  await walk.lead(program);
  const writes: string[] = [];
  sim.world.intercept = (method) => {
    if (!isRead(method)) writes.push(method);
    return undefined;
  };
  await program.press('enter', 'enter', 'space');
  expect(program.state().plan.job?.phase).toBe('preview');
  expect(program.state().shared.flash?.text ?? '').toBe('');
  await program.press('enter');
  expect(program.state().shared.flash?.text).toContain('y carries it out');
  expect(program.screen()).toMatch(/vm[13]/);
  expect(writes).toEqual([]);
  await program.press('escape');
  expect(program.state().plan.job).toBeNull();
});
