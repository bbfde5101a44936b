import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { findVm } from '../../source/hosts/vm.ts';
import { deadClaims } from '../../source/operations/claim.ts';
import { runContext } from '../../source/operations/context.ts';
import { planCreate } from '../../source/operations/create.ts';
import { noJournal } from '../../source/operations/journal.ts';
import { execute } from '../../source/operations/run.ts';
import { createSite } from '../../source/operations/site.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { open, prepareTemplate, simulator } from '../harness.ts';

// Two clients, one name: one VM.

let sim: Simulator;
let hosts: Host[] = [];
beforeEach(async () => {
  sim = await simulator();
  await prepareTemplate(sim);
  hosts = [await open(sim), await open(sim)];
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await sim.stop();
});

const pool = () => [...sim.world.database.all('pool').keys()][0] ?? '';
const claims = () =>
  Object.entries(sim.world.database.get('pool', pool())['other_config'] ?? {}).filter(([key]) =>
    key.startsWith('xenfai:claim:'),
  );
const setClaim = (key: string, value: object) =>
  sim.world.database.setKey('pool', pool(), 'other_config', key, JSON.stringify(value));
const called = (name: string) =>
  [...sim.world.database.all('VM').values()].filter((vm) => String(vm['name_label']).startsWith(name));

async function create(host: Host, name: string, between: () => Promise<void> = () => Promise.resolve()) {
  const context = runContext(host, noJournal, new AbortController().signal);
  const site = await createSite(host, await findVm(host.session, 'FAI', 'template'), {});
  const made = await planCreate(host, site, name, {});
  if (made.kind === 'existing') return 'existing';
  await between();
  const { problem } = await execute(made.plan, context);
  return problem === null ? 'made' : problem.code;
}

const soon = (most: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * most));

test('races with random delays: one VM each time, and the loser says so', async () => {
  const races = Number(process.env['XENFAI_RACES'] ?? 20);
  const seen: Record<string, number> = {};
  for (let race = 0; race < races; race += 1) {
    const name = `race${race}`;
    const ends = await Promise.all(hosts.map((host) => create(host, name, () => soon(60))));
    expect({ race, made: ends.filter((end) => end === 'made').length }).toEqual({ race, made: 1 });
    expect(called(name).map((vm) => vm['name_label'])).toEqual([name]);
    for (const end of ends) seen[end] = (seen[end] ?? 0) + 1;
  }
  expect(claims()).toEqual([]);
  expect(Object.keys(seen).filter((end) => !['made', 'existing', 'name-taken'].includes(end))).toEqual([]);
  console.log(`${races} races of two clients: ${JSON.stringify(seen)}`);
});

describe('a claim that is held', () => {
  const here = `root@${hostname()}`;
  const later = () => new Date(sim.world.clock.now().getTime() + 60_000).toISOString();
  const past = () => new Date(sim.world.clock.now().getTime() - 1000).toISOString();

  test('is taken over when its time is over', async () => {
    setClaim('xenfai:claim:1:web', { run: 'old', by: 'root@elsewhere', pid: 1, until: past() });
    expect(await create(hosts[0] as Host, 'web')).toBe('made');
    expect(claims()).toEqual([]);
  });

  test('is taken over at once when its process on this machine has ended', async () => {
    const { pid } = spawnSync('true');
    setClaim('xenfai:claim:1:web', { run: 'old', by: here, pid, until: later() });
    expect(await create(hosts[0] as Host, 'web')).toBe('made');
    expect(claims()).toEqual([]);
  });

  test('is taken over when nobody can read it', async () => {
    sim.world.database.setKey('pool', pool(), 'other_config', 'xenfai:claim:3:web', 'noise');
    expect(await create(hosts[0] as Host, 'web')).toBe('made');
  });

  test('by somebody alive is waited for', async () => {
    setClaim('xenfai:claim:1:web', { run: 'other', by: 'root@elsewhere', pid: 1, until: later() });
    const creating = create(hosts[0] as Host, 'web');
    await soon(300);
    expect(called('web')).toEqual([]);
    sim.world.database.removeKey('pool', pool(), 'other_config', 'xenfai:claim:1:web');
    expect(await creating).toBe('made');
  });

  test('and lost in the middle: nothing is named, nothing stays', async () => {
    sim.world.intercept = (method) => {
      if (method === 'Async.VM.provision')
        setClaim('xenfai:claim:2:web', { run: 'other', by: 'root@elsewhere', pid: 1, until: later() });
      return undefined;
    };
    expect(await create(hosts[0] as Host, 'web')).toBe('name-taken');
    expect(called('web')).toEqual([]);
  });

  test('and late is taken once more before the name is given', async () => {
    sim.world.intercept = (method) => {
      if (method !== 'Async.VM.provision') return undefined;
      sim.world.intercept = null;
      for (const [key, held] of claims()) setClaim(key, { ...JSON.parse(String(held)), until: past() });
      return undefined;
    };
    expect(await create(hosts[0] as Host, 'web')).toBe('made');
    expect([called('web').length, claims()]).toEqual([1, []]);
  });

  test('and dead is found', async () => {
    setClaim('xenfai:claim:1:web', { run: 'old', by: 'root@elsewhere', pid: 1, until: past() });
    setClaim('xenfai:claim:1:alive', { run: 'new', by: 'root@elsewhere', pid: 1, until: later() });
    const [host] = hosts;
    const facts = await host?.facts();
    if (host === undefined || facts === undefined) throw new Error('no host');
    expect(await deadClaims(host.session, facts.poolRef, await host.now())).toEqual([
      { key: 'xenfai:claim:1:web', name: 'web' },
    ]);
  });
});

test('a role that may not write the pool makes its VM all the same, and is told', async () => {
  sim.world.intercept = (method) =>
    method === 'pool.add_to_other_config'
      ? new ApiError('RBAC_PERMISSION_DENIED', 'pool.add_to_other_config', 'No permission in user session')
      : undefined;
  const [host] = hosts;
  if (host === undefined) throw new Error('no host');
  const site = await createSite(host, await findVm(host.session, 'FAI', 'template'), {});
  const made = await planCreate(host, site, 'web', {});
  if (made.kind !== 'new') throw new Error('there is one');
  const outcome = await execute(made.plan, runContext(host, noJournal, new AbortController().signal));
  expect(outcome.problem).toBeNull();
  expect(outcome.notes.join()).toContain('may not write the pool');
});
