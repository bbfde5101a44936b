import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { FleetEvent } from '../../source/watch/fleet.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { open, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

// XenServer up to 6.0 boots no VM with several bootable disks; the simulated one refuses it in the same words.

let sim: Simulator;
let vm: string;
let cd: string;
beforeEach(async () => {
  sim = await simulator({ vms: 3 });
  vm = refOf('vm1');
  cd = bootableDisc(vm);
});
afterEach(() => sim.stop());

const refOf = (name: string): string =>
  [...sim.world.database.all('VM')].find(([, record]) => record['name_label'] === name)?.[0] ?? '';

function bootableDisc(of: string): string {
  const { database } = sim.world;
  const tools = [...database.all('VDI')].find(([, vdi]) => vdi['name_label'] === 'xs-tools.iso')?.[0] ?? '';
  return database.create('VBD', { VM: of, VDI: tools, type: 'CD', mode: 'RO', userdevice: '3', bootable: true });
}

const writes = (): string[] => {
  const seen: string[] = [];
  sim.world.intercept = (method) => {
    if (/^(Async\.)?VM\.(set|add|remove|start)/.test(method)) seen.push(method);
    return undefined;
  };
  return seen;
};

const reason = { missing: 'disks', setting: 'number of bootable disks', value: '2', wanted: 'one' };

test('status says what is missing, of one VM and in the list; with one bootable disk it is armed', async () => {
  for (const names of [[], ['vm1']]) {
    const { json } = await xenfai(sim, ['status', ...names, '--json']);
    const shown = json.vms.find(({ name }: { name: string }) => name === 'vm1');
    expect(shown).toMatchObject({ state: 'half-armed', missing: ['disks'], reasons: [reason] });
  }
  expect((await xenfai(sim, ['status', 'vm1'])).out).toContain('number of bootable disks is 2; it must be one.');
  sim.world.database.set('VBD', cd, 'VDI', 'OpaqueRef:NULL');
  expect((await xenfai(sim, ['status', 'vm1', '--json'])).json.vms[0]).toMatchObject({ state: 'armed', missing: [] });
});

test('start refuses it before the host does: exit 6, nothing written; forced, the host says the same', async () => {
  const written = writes();
  const ran = await xenfai(sim, ['start', 'vm1', '--json']);
  expect(ran).toMatchObject({ code: 6, json: { vms: [{ attemptUsed: false }] } });
  expect(ran.json.error.message).toContain('too many bootable disks');
  expect(ran.json.error.try[0]).toMatch(/^in dom0: xe vbd-list vm-uuid=/);
  expect(written).toEqual([]);
  const forced = await xenfai(sim, ['start', 'vm1', '--force', '--json']);
  expect(forced).toMatchObject({ code: 10, json: { vms: [{ attemptUsed: false }] } });
  expect(JSON.stringify(forced.json)).toContain('too many bootable disks (2 disks)');
});

test.each(['rearm', 'repair'])(
  '%s arms it, and says that it is half-armed; with --start nothing is done',
  async (how) => {
    await prepareTemplate(sim);
    bootableDisc(refOf('vm3'));
    const line = [how, 'vm3', '--template', 'FAI', '--yes', '--json'];
    const written = writes();
    const started = await xenfai(sim, [...line, '--start']);
    expect(started).toMatchObject({
      code: 6,
      json: { error: { message: expect.stringContaining('was not armed') } },
    });
    expect(written).toEqual([]);
    const dry = await xenfai(sim, [...line.slice(0, -1), '--dry-run']);
    expect(dry.out).toContain('More than one disk is bootable');
    const armed = await xenfai(sim, line);
    expect(armed.json.vms[0]).toMatchObject({ ok: true, changed: true, state: 'half-armed', missing: ['disks'] });
    expect((await xenfai(sim, line)).json.vms[0]).toMatchObject({ changed: false, missing: ['disks'] });
  },
);

test('the fleet sees it, at first and when such a VM has changed', async () => {
  const life = new AbortController();
  const host = await open(sim);
  const events: FleetEvent[] = [];
  const following = followInventory(host, { signal: life.signal, tell: (batch) => events.push(...batch) });
  await until(() => events.length > 0);
  const [first] = events;
  const counted = first?.type === 'all' ? first.vms.map((one) => [one.record.name_label, one.bootableDisks]) : [];
  expect(counted).toContainEqual(['vm1', 2]);
  expect(counted).toContainEqual(['vm2', undefined]);
  sim.world.database.set('VBD', cd, 'bootable', false);
  sim.world.database.set('VM', vm, 'name_description', 'looked after');
  await until(() => events.some((event) => event.type === 'vm' && event.vm.bootableDisks === 1));
  life.abort();
  await following.catch(() => {});
  await host.close();
});
