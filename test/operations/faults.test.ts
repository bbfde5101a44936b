import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, prepareTemplate, simulator, xenfai } from '../harness.ts';

// Every call that create and rearm make is broken once, in each of three ways: refused by the host, carried out
// with the answer lost, and lost before it was carried out. Whatever happens, nothing may be left behind.

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
  await prepareTemplate(sim);
});
afterEach(() => sim.stop());

const writes = /^(Async\.)?VM\.(clone|provision|set_|add_to|remove_from)|^VIF\.create/;
const reads = /^session\.|^VM\.get_|^pool\.|^host\.|^SR\.|^network\.|get_record$|get_all_records$/;

/** The methods of one run in order, to know where to break it. */
async function trace(args: string[]): Promise<string[]> {
  const methods: string[] = [];
  sim.world.intercept = (method) => {
    methods.push(method);
    return undefined;
  };
  await xenfai(sim, args);
  sim.world.intercept = null;
  return methods;
}

/** Breaks the n-th write and nothing else. */
function breakWrite(n: number, how: 'error' | 'drop' | 'lose'): () => boolean {
  let seen = 0;
  let broken = false;
  sim.world.intercept = (method) => {
    if (broken || !writes.test(method) || reads.test(method)) return undefined;
    seen += 1;
    if (seen !== n) return undefined;
    broken = true;
    return how === 'error' ? new ApiError('INTERNAL_ERROR', 'broken by the test') : how;
  };
  return () => broken;
}

const inventory = () => ['VM', 'VBD', 'VDI', 'VIF', 'VM_metrics'].map((name) => sim.world.database.all(name).size);

describe.each(['error', 'drop', 'lose'] as const)('create with a write broken by %s', (how) => {
  test('leaves no VM, no disk, no card, at any step', async () => {
    const create = ['create', 'web', '--template', 'FAI', '--memory', '512M', '--vcpus', '2', '--json'];
    const before = inventory();
    const count = (await trace([...create])).filter((method) => writes.test(method) && !reads.test(method)).length;
    expect(count).toBeGreaterThan(8);
    const made = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'web');
    if (made) await removeByHand(made[0]);
    expect(inventory()).toEqual(before);
    for (let n = 1; n <= count; n += 1) {
      const wasBroken = breakWrite(n, how);
      const ran = await xenfai(sim, create);
      sim.world.intercept = null;
      expect(wasBroken()).toBe(true);
      expect({ n, code: ran.code }).toEqual({ n, code: how === 'error' ? 10 : 3 });
      expect({ n, ok: ran.json.ok, left: inventory() }).toEqual({ n, ok: false, left: before });
    }
  });
});

async function removeByHand(ref: string): Promise<void> {
  const { database } = sim.world;
  const vm = database.get('VM', ref);
  for (const vbd of vm['VBDs'] as string[]) {
    database.destroy('VDI', String(database.get('VBD', vbd)['VDI']));
    database.destroy('VBD', vbd);
  }
  for (const vif of vm['VIFs'] as string[]) database.destroy('VIF', vif);
  database.destroy('VM_metrics', String(vm['metrics']));
  database.destroy('VM', ref);
}

describe.each(['error', 'drop', 'lose'] as const)('rearm with a write broken by %s', (how) => {
  test('puts everything back as it was, at any step', async () => {
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
    const { database } = sim.world;
    database.setKey('VM', ref, 'other_config', 'install-round', '2');
    const boot = () => {
      const { PV_args, PV_bootloader, other_config } = database.get('VM', ref);
      return {
        PV_args,
        PV_bootloader,
        other_config: Object.fromEntries(Object.entries(other_config as object).sort()),
      };
    };
    const before = boot();
    const rearm = ['rearm', 'vm3', '--yes', '--json', '--release', 'squeeze', '--args', `${goodArgs} quiet`];
    for (let n = 1; ; n += 1) {
      const wasBroken = breakWrite(n, how);
      const ran = await xenfai(sim, rearm);
      sim.world.intercept = null;
      if (!wasBroken()) {
        expect(ran.code).toBe(0);
        expect(n).toBeGreaterThan(6);
        break;
      }
      expect({ n, ok: ran.json.ok, boot: boot() }).toEqual({ n, ok: false, boot: before });
    }
  });
});

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
  expect(JSON.stringify(ran.json.error.try)).toContain('somebody else');
  expect(sim.world.database.get('VM', ref)['other_config']).toMatchObject({ 'debian-release': 'theirs' });
});

describe('start', () => {
  test('polls that are cut for a while do not end it', async () => {
    let cut = 0;
    sim.world.intercept = (method) => {
      if (method !== 'task.get_record' || cut >= 3) return undefined;
      cut += 1;
      return 'lose';
    };
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran).toMatchObject({ code: 0, json: { vms: [{ state: 'fired', attemptUsed: true }] } });
    expect(cut).toBe(3);
  });

  test('interrupted while the host starts it: the end is awaited and told as it is', async () => {
    const controller = new AbortController();
    sim.world.intercept = (method) => {
      if (method === 'Async.VM.start') controller.abort(new DOMException('Interrupted', 'AbortError'));
      return undefined;
    };
    const ran = await xenfai(sim, ['start', 'vm1', '--json'], { signal: controller.signal });
    // This host cannot stop a start: it happened, and that is what is said.
    expect(ran.json.vms[0]).toMatchObject({ ok: true, powerState: 'running', state: 'fired', attemptUsed: true });
  });

  test('the answer to the start is lost: whether the attempt is used is not known, or seen', async () => {
    sim.world.intercept = (method) => (method === 'Async.VM.start' ? 'drop' : undefined);
    const ran = await xenfai(sim, ['start', 'vm1', '--json']);
    expect(ran.code).toBe(3);
    expect([null, true]).toContain(ran.json.vms[0].attemptUsed);
  });
});

test('an interrupt waits for the step in flight and takes back what was begun', async () => {
  const before = inventory();
  const controller = new AbortController();
  sim.world.intercept = (method) => {
    if (method === 'Async.VM.provision') controller.abort(new DOMException('Interrupted', 'AbortError'));
    return undefined;
  };
  const ran = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--json'], { signal: controller.signal });
  expect(ran.code).toBe(130);
  expect(ran.json.vms[0].error.code).toBe('interrupted');
  expect(inventory()).toEqual(before);
});
