import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findVm } from '../../source/hosts/vm.ts';
import { kindOf } from '../../source/operations/actions/index.ts';
import { runContext } from '../../source/operations/context.ts';
import { noJournal } from '../../source/operations/journal.ts';
import type { Plan } from '../../source/operations/plan.ts';
import { planArming } from '../../source/operations/rearm.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, open, prepareTemplate, simulator, until, xenfai } from '../harness.ts';
import { disagreements, held, type Said } from './agreement.ts';

// Every call that create and rearm make is broken once, in each of three ways: refused by the host, carried out
// with the answer lost, and lost before it was carried out. Whatever happens, what is said agrees with the host.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
  await prepareTemplate(sim);
});
afterEach(() => sim.stop());

const writes = /^(Async\.)?VM\.(clone|provision|set_|add_to|remove_from)|^VIF\.create|^pool\.(add|remove)/;
const isWrite = (method: string): boolean => writes.test(method);

/** Breaks the n-th write and nothing else. */
function breakWrite(n: number, how: 'error' | 'drop' | 'lose'): () => boolean {
  let seen = 0;
  let broken = false;
  sim.world.intercept = (method) => {
    if (broken || !isWrite(method)) return undefined;
    seen += 1;
    if (seen !== n) return undefined;
    broken = true;
    return how === 'error' ? new ApiError('INTERNAL_ERROR', 'broken by the test') : how;
  };
  return () => broken;
}

const refOf = (name: string): string =>
  [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === name)?.[0] ?? '';

function removeByHand(ref: string): void {
  const { database } = sim.world;
  const vm = database.get('VM', ref);
  for (const vbd of vm['VBDs'] as string[]) {
    const { VDI, metrics } = database.get('VBD', vbd);
    database.destroy('VDI', String(VDI));
    if (database.find('VBD_metrics', String(metrics))) database.destroy('VBD_metrics', String(metrics));
    database.destroy('VBD', vbd);
  }
  for (const vif of vm['VIFs'] as string[]) database.destroy('VIF', vif);
  database.destroy('VM_metrics', String(vm['metrics']));
  database.destroy('VM', ref);
}

/** A VM as it was, for the next round. */
function putBack(ref: string, record: Readonly<Record<string, unknown>>): void {
  for (const field of ['PV_args', 'PV_bootloader', 'PV_bootloader_args', 'other_config', 'power_state'])
    sim.world.database.set('VM', ref, field, record[field] as string);
}

interface Line {
  readonly args: readonly string[];
  readonly said: Omit<Said, 'ok'>;
  /** Makes the host as it was before. */
  readonly reset: () => void;
}

const lines: Readonly<Record<string, () => Line>> = {
  create: () => ({
    args: ['create', 'web', '--template', 'FAI', '--memory', '512M', '--vcpus', '2', '--json'],
    said: { name: 'web', wanted: 'armed' },
    reset: () => {
      if (refOf('web') !== '') removeByHand(refOf('web'));
    },
  }),
  rearm: () => {
    const ref = refOf('vm3');
    sim.world.database.setKey('VM', ref, 'other_config', 'install-round', '2');
    const before = structuredClone(sim.world.database.get('VM', ref));
    return {
      args: ['rearm', 'vm3', '--yes', '--json', '--release', 'squeeze', '--args', `${goodArgs} quiet`],
      said: { name: 'vm3', wanted: 'armed', keys: { 'debian-release': 'squeeze' } },
      reset: () => putBack(ref, before),
    };
  },
  'template copy': () => ({
    args: ['template', 'copy', lennyTemplate, 'Copy', '--comment', 'another', '--json'],
    said: { name: 'Copy', wanted: 'template' },
    reset: () => {
      if (refOf('Copy') !== '') removeByHand(refOf('Copy'));
    },
  }),
  'template copy for another Debian': () => ({
    args: ['template', 'copy', lennyTemplate, 'Copy', '--release', 'squeeze', '--arch', 'amd64', '--json'],
    said: { name: 'Copy', wanted: 'template', keys: { 'debian-release': 'squeeze', 'install-arch': 'amd64' } },
    reset: () => {
      if (refOf('Copy') !== '') removeByHand(refOf('Copy'));
    },
  }),
  'template set': () => {
    const ref = refOf('FAI');
    const before = structuredClone(sim.world.database.get('VM', ref));
    return {
      args: [
        'template',
        'set',
        'FAI',
        '--release',
        'squeeze',
        '--arch',
        'amd64',
        '--args',
        `${goodArgs} quiet`,
        '--json',
      ],
      said: { name: 'FAI', wanted: 'template', keys: { 'debian-release': 'squeeze', 'install-arch': 'amd64' } },
      reset: () => putBack(ref, before),
    };
  },
};

describe.each(Object.keys(lines))('%s with a write broken', (name) => {
  test.each(['error', 'drop', 'lose'] as const)(
    'by %s: what is said agrees with the host, at any step',
    async (how) => {
      const { args, said, reset } = lines[name]?.() ?? expect.fail('no such line');
      const before = held(sim);
      const ends: boolean[] = [];
      for (let n = 1; ; n += 1) {
        const wasBroken = breakWrite(n, how);
        const ran = await xenfai(sim, args);
        sim.world.intercept = null;
        const { ok } = ran.json;
        expect({ n, found: disagreements(sim, before, { ...said, ok }) }).toEqual({ n, found: [] });
        reset();
        expect(held(sim)).toEqual(before);
        if (!wasBroken()) {
          expect(ok).toBe(true);
          break;
        }
        ends.push(ok);
      }
      expect(ends.length).toBeGreaterThan(3);
      // A lost answer is judged from the record, and the run goes on; what the host refuses ends it.
      expect(new Set(ends)).toEqual(new Set([how !== 'error']));
    },
  );
});

describe.each(['create', 'rearm', 'template set', 'rearm --force'])('%s while xapi restarts', (name) => {
  test('at each call: nothing half-made, and the same command once more reaches the goal', async () => {
    const forced = name === 'rearm --force';
    const { args, said, reset } = lines[forced ? 'rearm' : name]?.() ?? expect.fail('no such line');
    const before = held(sim);
    const failed: number[] = [];
    let n = 1;
    for (; ; n += 1) {
      if (forced) sim.world.database.set('VM', refOf('vm3'), 'power_state', 'Running');
      let seen = 0;
      sim.world.intercept = (method) => {
        seen += 1;
        if (seen !== n || method === 'session.logout') return undefined;
        sim.restart();
        // The connection ends with it: a write may have been carried out.
        return isWrite(method) ? 'drop' : 'lose';
      };
      const line = forced ? [...args, '--force'] : args;
      const first = await xenfai(sim, line);
      sim.world.intercept = null;
      const left = disagreements(sim, before, {
        ...said,
        ok: first.json.ok,
        remains: forced && !first.json.ok,
      });
      expect({ n, left }).toEqual({ n, left: [] });
      const again = await xenfai(sim, line);
      if (again.code !== 0) failed.push(n);
      expect({ n, found: disagreements(sim, before, { ...said, ok: again.json.ok }) }).toEqual({ n, found: [] });
      reset();
      if (seen < n) break;
    }
    expect(failed).toEqual([]);
    expect(n).toBeGreaterThan(10);
  });
});

test.each([
  ['rearm', '--force', '--yes', '--json'],
  ['stop', '--yes', '--json'],
])('%s of a VM that halts by itself meanwhile reaches its goal', async (...line) => {
  const ref = refOf('vm1');
  await xenfai(sim, ['start', 'vm1']);
  sim.world.intercept = (method) => {
    if (/shutdown$/.test(method)) {
      sim.world.domains.delete(ref);
      sim.world.database.set('VM', ref, 'power_state', 'Halted');
    }
    return undefined;
  };
  const ran = await xenfai(sim, [...line, 'vm1']);
  expect(ran).toMatchObject({ code: 0, json: { vms: [{ ok: true, powerState: 'halted' }] } });
});

test('an arming that was killed at any step: nobody calls the VM installed, and the next arming is whole', async () => {
  await xenfai(sim, ['create', 'n1', '--template', 'FAI', '--start']);
  const state = async () => (await xenfai(sim, ['status', 'n1', '--json'])).json.vms[0].state;
  await until(async () => (await state()) === 'installed');
  await xenfai(sim, ['stop', 'n1', '--yes', '--force']);
  const ref = refOf('n1');
  sim.world.database.setKey('VM', ref, 'other_config', 'xenfai:installed', markOf(ref));
  const before = structuredClone(sim.world.database.get('VM', ref));
  const host = await open(sim);
  const plan = async () => planArming('rearm', host, await findVm(host.session, 'n1'), {});
  const steps = (await plan()).actions.length;
  expect(steps).toBeGreaterThan(4);
  for (let kill = 0; kill <= steps; kill += 1) {
    putBack(ref, before);
    await carryOutUntil(kill, await plan(), host);
    const loads = sim.world.database.get('VM', ref)['PV_bootloader'] === 'eliloader';
    if (loads) expect({ kill, state: await state() }).not.toEqual({ kill, state: 'installed' });
    const again = await xenfai(sim, ['rearm', 'n1', '--yes', '--json']);
    expect({ kill, again: again.json.vms[0].state }).toEqual({ kill, again: 'armed' });
    expect(sim.world.database.get('VM', ref)['other_config']).not.toHaveProperty(['xenfai:installed']);
  }
  await host.close();
  const started = await xenfai(sim, ['start', 'n1', '--json']);
  expect(started.json.vms[0]).toMatchObject({ ok: true, attemptUsed: true });
});

const markOf = (ref: string): string =>
  JSON.stringify({ vm: sim.world.database.get('VM', ref)['uuid'], run: 'r', at: new Date().toISOString(), by: 'x' });

/** A plan's first steps and no more: what a kill leaves. */
async function carryOutUntil(kill: number, plan: Plan, host: Awaited<ReturnType<typeof open>>): Promise<void> {
  const { id, target } = plan;
  if (target.kind !== 'existing') throw new Error('the VM is there');
  const { ref, uuid } = target;
  const context = runContext(host, noJournal, new AbortController().signal);
  const progress = { id, target, ref, uuid, repaired: [], snapshot: null, wrote: false, seen: null, notes: [] };
  for (const action of plan.actions.slice(0, kill))
    await kindOf(action).perform(action, { session: host.session, context, progress });
}

test('a write that does not stick is found out', async () => {
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
  const stop = sim.world.database.listen((_, className, changed) => {
    if (className !== 'VM' || changed !== ref) return;
    if (sim.world.database.get('VM', ref)['PV_bootloader'] === 'eliloader') {
      queueMicrotask(() => sim.world.database.set('VM', ref, 'PV_bootloader', 'pygrub'));
    }
  });
  const ran = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
  stop();
  expect(ran.code).toBe(10);
  expect(ran.json.vms[0].error).toMatchObject({ code: 'not-kept', message: expect.stringContaining('bootloader') });
});

test('a template copy whose clone is lost never touches another object of that name', async () => {
  const other = await xenfai(sim, ['template', 'copy', lennyTemplate, 'Somebody else’s', '--json']);
  const [ref = ''] =
    [...sim.world.database.all('VM')].find(([, vm]) => vm['uuid'] === other.json.template.uuid) ?? [];
  // It gets the very name between our look and our clone.
  sim.world.intercept = (method) => {
    if (method !== 'Async.VM.clone') return undefined;
    sim.world.database.set('VM', ref, 'name_label', 'Mine');
    return 'lose';
  };
  expect((await xenfai(sim, ['template', 'copy', lennyTemplate, 'Mine'])).code).toBe(3);
  expect(sim.world.database.find('VM', ref)).toBeDefined();
});

test('undo leaves alone what somebody else has written since', async () => {
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
  sim.world.intercept = (method) => {
    if (method !== 'VM.set_PV_bootloader') return undefined;
    sim.world.database.setKey('VM', ref, 'other_config', 'debian-release', 'theirs');
    return new ApiError('INTERNAL_ERROR', 'broken by the test');
  };
  const ran = await xenfai(sim, ['rearm', 'vm3', '--yes', '--release', 'ours', '--json']);
  expect(ran.code).toBe(10);
  expect(JSON.stringify(ran.json.error)).toContain('somebody else');
  expect(sim.world.database.get('VM', ref)['other_config']).toMatchObject({ 'debian-release': 'theirs' });
});

test('an interrupt waits for the step in flight and takes back what was begun', async () => {
  const before = held(sim);
  const controller = new AbortController();
  sim.world.intercept = (method) => {
    if (method === 'Async.VM.provision') controller.abort(new DOMException('Interrupted', 'AbortError'));
    return undefined;
  };
  const ran = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--json'], { signal: controller.signal });
  expect(ran.code).toBe(130);
  expect(ran.json.vms[0].error.code).toBe('interrupted');
  expect(disagreements(sim, before, { name: 'web', wanted: 'armed', ok: false })).toEqual([]);
});
