import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { DomainPlan, Ends, Guests } from '../../source/simulator/guest/guests.ts';
import { kernelRefused } from '../../source/simulator/guest/scripted.ts';
import { goodArgs, open, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

/** Guests that only note what they are told, and run until a test ends them. */
function noted() {
  const plans: DomainPlan[] = [];
  const running: { ends: Ends; stopped: boolean }[] = [];
  const disks: string[] = [];
  const refusal = { next: false };
  const guests: Guests = {
    disks: {
      made: (_, size) => disks.push(`made ${size}`),
      copied: () => disks.push('copied'),
      resized: () => disks.push('resized'),
      dropped: () => disks.push('dropped'),
    },
    async build(plan) {
      plans.push(plan);
      if (refusal.next) throw kernelRefused();
      return {
        arch: 'x64',
        start(ends) {
          const domain = { ends, stopped: false };
          running.push(domain);
          const stop = () => Object.assign(domain, { stopped: true });
          return { ask: async () => {}, stop, freeze: () => {}, thaw: () => {} };
        },
      };
    },
  };
  return { guests, plans, running, disks, refusal };
}

test('guests from outside get the bytes that eliloader fetched, then their disk; what they end with is acted upon', async () => {
  const { guests, plans, running, disks } = noted();
  const sim = await simulator({ guests });
  await prepareTemplate(sim);
  const made = await xenfai(sim, ['create', 'web1', '--template', 'FAI', '--start', '--yes']);
  expect(made).toMatchObject({ code: 0 });
  const [plan] = plans;
  const base = `${sim.repository}/dists/lenny/main/installer-i386/current/images/netboot/xen`;
  const served = async (file: string) => Buffer.from(await (await fetch(`${base}/${file}`)).arrayBuffer());
  expect(plan).toMatchObject({ name: 'web1', vcpus: 1, boot: { from: 'net', line: goodArgs } });
  expect(plan?.boot.from === 'net' && plan.boot.kernel.equals(await served('vmlinuz'))).toBe(true);
  expect(plan?.boot.from === 'net' && plan.boot.initrd?.equals(await served('initrd.gz'))).toBe(true);
  expect(plan?.disks).toMatchObject([{ device: 'xvda', writable: true }]);
  expect(plan?.macs).toHaveLength(1);
  expect(disks).toEqual([expect.stringMatching(/^made \d+$/)]);
  expect(sim.world.domains.size).toBe(1);
  running[0]?.ends.console(Buffer.from('login: '));
  expect(String(sim.world.consoles.get(plan?.vm ?? ''))).toBe('login: ');
  running[0]?.ends.rebooted();
  await until(() => running.length === 2);
  expect(running[0]?.stopped).toBe(true);
  expect(plans[1]?.boot).toEqual({ from: 'disk', disk: plan?.disks[0]?.vdi, line: goodArgs, bits: 32 });
  running[1]?.ends.halted();
  const host = await open(sim);
  expect(await host.session.call('VM.get_power_state', [plan?.vm ?? ''], z.string())).toBe('Halted');
  await host.close();
  await sim.stop();
});

test('a kernel that they refuse is the error of the start, and the attempt is spent', async () => {
  const { guests, refusal } = noted();
  const sim = await simulator({ guests });
  await prepareTemplate(sim);
  refusal.next = true;
  const made = await xenfai(sim, ['create', 'web1', '--template', 'FAI', '--start', '--yes', '--json']);
  expect(made.code).toBe(10);
  expect(made.err + made.out).toContain('DOMAIN_BUILDER_ERROR');
  const [, vm] = [...sim.world.database.all('VM')].find(([, record]) => record['name_label'] === 'web1') ?? [];
  expect(vm).toMatchObject({ power_state: 'Halted', PV_bootloader: 'pygrub' });
  await sim.stop();
});
