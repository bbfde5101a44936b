import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, prepareTemplate, simulator, xenfai } from '../harness.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
});
afterEach(() => sim.stop());

const status = async (name: string) => (await xenfai(sim, ['status', name, '--json'])).json.vms[0];

describe('rearm', () => {
  test('sets all that is missing; a second one writes nothing', async () => {
    const first = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
    expect(first.json.vms[0]).toMatchObject({
      state: 'armed',
      changed: true,
      before: { state: 'fired' },
      after: { state: 'armed' },
    });
    const writes: string[] = [];
    sim.world.intercept = (method) => {
      if (!/get_|login|logout/.test(method)) writes.push(method);
      return undefined;
    };
    const second = await xenfai(sim, ['rearm', 'vm3', '--yes', '--json']);
    expect(second.json.vms[0]).toMatchObject({ state: 'armed', changed: false });
    expect(writes).toEqual([]);
  });

  test('costs ten calls, of which the three reads go side by side; with an old mark its removal, beside the clock', async () => {
    const calls: string[] = [];
    const fire = () => {
      const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
      sim.world.database.set('VM', ref, 'PV_bootloader', 'pygrub');
      sim.world.database.removeKey('VM', ref, 'other_config', 'install-distro');
      calls.length = 0;
    };
    sim.world.intercept = (method) => {
      calls.push(method);
      return undefined;
    };
    const reads = ['VM.get_all_records_where', 'host.get_all_records', 'pool.get_all_records'];
    const clock = 'host.get_servertime';
    const writes = [
      'VM.add_to_other_config',
      'VM.add_to_other_config',
      'VM.set_PV_bootloader',
      'VM.get_record',
      'session.logout',
    ];
    fire();
    expect((await xenfai(sim, ['rearm', 'vm3', '--yes'])).code).toBe(0);
    expect(calls[0]).toBe('session.login_with_password');
    expect(calls.slice(1, 5).sort()).toEqual([...reads, clock].sort());
    expect(calls.slice(5)).toEqual(writes);
    fire();
    expect((await xenfai(sim, ['rearm', 'vm3', '--yes'])).code).toBe(0);
    expect(calls.slice(1, 6).sort()).toEqual([...reads, clock, 'VM.remove_from_other_config'].sort());
    expect(calls.slice(6)).toEqual(writes);
  });

  test('the mark comes first, and what an earlier install came to goes before anything the loader reads', async () => {
    await xenfai(sim, ['rearm', 'vm2', '--template', 'FAI', '--yes']);
    const keys: string[] = [];
    sim.world.intercept = (method, params) => {
      if (/^VM\.(add_to_other_config|set_PV)/.test(method))
        keys.push(method.startsWith('VM.set') ? method : String(params[1]));
      return undefined;
    };
    await xenfai(sim, ['rearm', 'vm2', '--release', 'squeeze', '--yes']);
    expect(keys[0]).toBe('xenfai:armed');
    expect(keys).toContain('debian-release');
  });

  test('what a killed create has left is nothing to arm', async () => {
    const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm2') ?? [];
    sim.world.database.set('VM', ref, 'name_label', 'web01 xenfai:0123abcd');
    const refused = await xenfai(sim, ['rearm', 'web01 xenfai:0123abcd', '--yes', '--json']);
    expect(refused).toMatchObject({ code: 8, json: { error: { code: 'unfinished' } } });
  });

  test('needs --yes without a terminal, refuses HVM and running VMs', async () => {
    const bare = await xenfai(sim, ['rearm', 'vm3', '--json']);
    expect(bare.code).toBe(2);
    expect(bare.json.error.try[0]).toContain('--yes');
    expect((await xenfai(sim, ['rearm', 'win5', '--yes', '--json'])).json.error.code).toBe('is-hvm');
    await xenfai(sim, ['start', 'vm1']);
    const running = await xenfai(sim, ['rearm', 'vm1', '--yes', '--json']);
    expect(running).toMatchObject({ code: 8, json: { error: { code: 'is-running' } } });
    const forced = await xenfai(sim, ['rearm', 'vm1', '--yes', '--force', '--json']);
    expect(forced.json.vms[0]).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test('takes what is missing from flag, VM, mark, template, in that order', async () => {
    await prepareTemplate(sim);
    const nothing = await xenfai(sim, ['rearm', 'vm6', '--yes', '--json']);
    expect(nothing).toMatchObject({
      code: 2,
      json: {
        error: {
          code: 'no-repository',
          try: [expect.stringContaining('--repository'), expect.stringContaining('--template')],
        },
      },
    });
    const plan = (
      await xenfai(sim, ['rearm', 'vm6', '--template', 'FAI', '--release', 'squeeze', '--dry-run', '--json'])
    ).json.plan;
    const steps = Object.fromEntries(plan.map((step: { step: string; after: string }) => [step.step, step.after]));
    expect(steps).toMatchObject({
      'set install-repository': sim.repository,
      'set debian-release': 'squeeze',
      'set PV-args': goodArgs,
    });
    await xenfai(sim, ['rearm', 'vm3', '--yes', '--args', `${goodArgs} mine=1`]);
    for (const [ref, vm] of sim.world.database.all('VM')) {
      if (vm['name_label'] === 'vm3') sim.world.database.set('VM', ref, 'PV_args', '');
    }
    await xenfai(sim, ['rearm', 'vm3', '--yes', '--template', 'FAI']);
    expect((await status('vm3')).pvArgs).toContain('mine=1');
  });

  test('--read-only changes nothing', async () => {
    expect((await xenfai(sim, ['rearm', 'vm3', '--yes', '--read-only'])).code).toBe(8);
    expect((await status('vm3')).state).toBe('fired');
  });
});

test('rearm --snapshot keeps the disks as they were; a failure takes the snapshot back', async () => {
  const disks = () => sim.world.database.all('VDI').size;
  const before = disks();
  expect((await xenfai(sim, ['rearm', 'vm3', '--yes', '--snapshot'])).code).toBe(0);
  expect(disks()).toBe(before + 1);
  const taken = [...sim.world.database.all('VM').values()].find((vm) => vm['is_a_snapshot'] === true);
  expect(taken).toMatchObject({ name_label: expect.stringMatching(/^vm3 before rearm [0-9a-f]{8}$/) });
  expect((await xenfai(sim, ['rearm', 'vm9', '--yes', '--snapshot'])).code).toBe(7);
  await xenfai(sim, ['start', 'vm1']);
  await xenfai(sim, ['stop', 'vm1', '--force', '--yes']);
  sim.world.intercept = (method) => (method === 'VM.set_PV_bootloader' ? 'lose' : undefined);
  expect((await xenfai(sim, ['rearm', 'vm1', '--yes', '--snapshot'])).code).toBe(3);
  sim.world.intercept = null;
  expect(disks()).toBe(before + 1);
  expect((await xenfai(sim, ['status', '--orphans', '--json'])).json.orphans).toEqual([]);
});

test('a snapshot whose run was killed before it armed anything is listed, with the line that removes it', async () => {
  const orphans = async () => (await xenfai(sim, ['status', '--orphans', '--json'])).json.orphans;
  const all = () => [...sim.world.database.all('VM')];
  const [ref, { other_config: marks }] = all().find(([, vm]) => vm['name_label'] === 'vm3') ?? expect.fail('no vm3');
  await xenfai(sim, ['rearm', 'vm3', '--yes', '--snapshot']);
  expect(await orphans()).toEqual([]);
  sim.world.database.set('VM', ref, 'other_config', marks ?? {});
  const [, taken] = all().find(([, vm]) => vm['is_a_snapshot'] === true) ?? expect.fail('no snapshot');
  const remove = `xe snapshot-uninstall snapshot-uuid=${String(taken['uuid'])} force=true`;
  expect(await orphans()).toEqual([{ kind: 'snapshot', name: taken['name_label'], uuid: taken['uuid'], remove }]);
  // One that somebody else has taken is nobody's business.
  const [other] = all().find(([, vm]) => vm['is_a_snapshot'] === true) ?? expect.fail('no snapshot');
  sim.world.database.set('VM', other, 'name_label', 'vm3 before the upgrade');
  expect(await orphans()).toEqual([]);
});

describe('repair', () => {
  test('a VM whose client lost the kernel line gets it from the template', async () => {
    await prepareTemplate(sim);
    const { json } = await xenfai(sim, ['repair', 'vm6', '--template', 'FAI', '--yes', '--json']);
    expect(json.vms[0]).toMatchObject({ state: 'armed', pvArgs: goodArgs, missing: [] });
  });
});
