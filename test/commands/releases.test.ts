import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { prepareTemplate, simulator, xenfai } from '../harness.ts';

/** The same host, as another release: what it shows of itself. */
function becomes({ world }: Simulator, product: string, guests: readonly string[] = []): void {
  for (const [ref] of world.database.all('host')) {
    world.database.setKey('host', ref, 'software_version', 'product_version', product);
    if (guests.length > 0) world.database.set('host', ref, 'capabilities', [...guests]);
  }
}

const records = ({ world }: Simulator): string => JSON.stringify([...world.database.all('VM')]);

describe('a host without eliloader', () => {
  let sim: Simulator;
  beforeAll(async () => {
    sim = await simulator({ vms: 8 });
    await prepareTemplate(sim);
    becomes(sim, '8.3.0');
  });
  afterAll(() => sim.stop());

  test.each([
    [['rearm', 'vm3', '--yes']],
    [['rearm', 'vm3', '--yes', '--start']],
    [['rearm', 'vm3', '--yes', '--dry-run']],
    [['rearm', 'vm2', '--yes']],
    [['repair', 'vm3', '--template', 'FAI', '--yes']],
    [['create', 'new', '--template', 'FAI']],
    [['create', 'new[1-2]', '--template', 'FAI', '--dry-run']],
  ])('%j is refused before anything is written, and what remains is said', async (line) => {
    const before = records(sim);
    const ran = await xenfai(sim, [...line, '--json']);
    expect(ran.code).toBe(8);
    expect(ran.json.error).toMatchObject({ code: 'no-eliloader', message: expect.stringContaining('no eliloader') });
    expect(ran.json.error.try.join(' ')).toMatch(/PXE.*8\.2 or older/);
    expect(records(sim)).toBe(before);
  });

  test('status says so, whatever host.supported_bootloaders says', async () => {
    const told = await xenfai(sim, ['status']);
    expect(told.out).toContain('no eliloader');
    expect(told.out).toContain('8.2 or older');
    const { json } = await xenfai(sim, ['status', 'vm1', '--json']);
    expect(json.capabilities).toMatchObject({ release: '8.3', networkBoot: 'hvm-only', loader: 'none' });
    expect(json.vms[0]).toMatchObject({ state: 'half-armed', missing: ['loader'] });
  });

  test('check says so, once, and looks at no file', async () => {
    for (const line of [
      ['check', '--vm', 'vm1'],
      ['check', '--repository', sim.repository, '--release', 'lenny', '--host', sim.host],
      ['check', '--repository', sim.repository, '--release', 'lenny', '--for', '8.3'],
    ]) {
      const told = await xenfai(sim, line);
      expect(told.code).toBe(6);
      expect(told.out.match(/no eliloader/g)).toHaveLength(1);
      const { json } = await xenfai(sim, [...line, '--json']);
      expect(json.findings).toMatchObject([{ code: 'no-loader' }]);
      expect(json.capabilities.networkBoot).toBe('hvm-only');
    }
  });
});

describe('a host that takes 64-bit PV guests only', () => {
  let sim: Simulator;
  beforeAll(async () => {
    sim = await simulator({ vms: 8 });
    await prepareTemplate(sim);
    becomes(sim, '8.2.1', ['xen-3.0-x86_64', 'hvm-3.0-x86_32']);
  });
  afterAll(() => sim.stop());

  test('an i386 installer is an error of the check: it would waste the attempt', async () => {
    const ran = await xenfai(sim, ['check', '--vm', 'vm1', '--json']);
    expect(ran.code).toBe(6);
    expect(ran.json.findings[0]).toMatchObject({ severity: 'error', code: 'guest-32-bit', try: 'Give --arch amd64' });
    expect((await xenfai(sim, ['start', 'vm1', '--json'])).code).toBe(6);
    expect((await xenfai(sim, ['status'])).out).toContain('Only 64-bit PV guests');
  });

  test('nor is a VM armed for one, or made', async () => {
    const before = records(sim);
    for (const line of [
      ['rearm', 'vm3', '--yes'],
      ['create', 'new', '--template', 'FAI'],
    ]) {
      const { code, json } = await xenfai(sim, [...line, '--json']);
      expect(code).toBe(2);
      expect(json.vms?.[0]?.error ?? json.error).toMatchObject({ code: 'guest-32-bit', try: ['Give --arch amd64'] });
    }
    expect(records(sim)).toBe(before);
    expect((await xenfai(sim, ['rearm', 'vm3', '--yes', '--arch', 'amd64'])).code).toBe(0);
  });

  test('amd64 is not held up', async () => {
    const amd64 = [
      'check',
      '--host',
      sim.host,
      '--repository',
      sim.repository,
      '--release',
      'lenny',
      '--arch',
      'amd64',
    ];
    const { json } = await xenfai(sim, [...amd64, '--json']);
    expect(json.capabilities.networkBoot).toBe('pv-64');
    expect(json.findings.map(({ code }: { code: string }) => code)).not.toContain('guest-32-bit');
  });

  test('a host that is named decides, and --for beside it is wrong usage', async () => {
    const line = ['check', '--host', sim.host, '--repository', sim.repository, '--release', 'lenny', '--for', '5.6'];
    expect((await xenfai(sim, line)).code).toBe(2);
  });
});

test('a 5.6 says nothing of what is as ever', async () => {
  const sim = await simulator({ vms: 4 });
  const told = await xenfai(sim, ['status', '--json']);
  expect(told.json.capabilities).toMatchObject({ release: '5.6', networkBoot: 'pv', events: 'next', text: null });
  expect((await xenfai(sim, ['status'])).out).not.toMatch(/PV guests|eliloader/);
  await sim.stop();
});
