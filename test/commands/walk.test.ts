import { describe, expect, test } from 'vitest';
import { releases } from '../../source/simulator/releases/profile.ts';
import { goodArgs, heldClock, simulator, xenfai } from '../harness.ts';

// The whole way on a host of each release: status, a template of its own Debian or of what is there, create, start,
// stop, rearm, start again. What stops it is told in words that fit the release.

/** What the host brings that FAI can be installed with, and what must be asked for beside it. */
const bases: Readonly<Record<string, readonly string[]>> = {
  '5.6.0': ['Debian Lenny 5.0 (32-bit)'],
  '5.6-fp1': ['Debian Lenny 5.0 (32-bit)'],
  '6.0': ['Debian Squeeze 6.0 (64-bit)'],
  '6.1': ['Debian Squeeze 6.0 (32-bit)'],
  '6.2': ['Debian Wheezy 7.0 (64-bit)'],
  '6.5': ['Debian Wheezy 7.0 (32-bit)'],
  '7.2': ['Debian Squeeze 6.0 (64-bit)'],
  '7.6': ['Debian Wheezy 7.0 (64-bit)'],
  '8.0': ['Debian Wheezy 7.0 (32-bit)'],
  '8.1': ['CentOS 6 (64-bit)', '--release', 'squeeze', '--arch', 'amd64'],
  '8.2': ['CentOS 6 (64-bit)', '--release', 'wheezy', '--arch', 'amd64'],
};

test('every release with a loader is walked', () => expect([...Object.keys(bases), '8.3']).toEqual(releases));

describe.each(Object.entries(bases))('on %s', (release, [base = '', ...wish]) => {
  test('from the template to the second install', async () => {
    const sim = await simulator({ release, vms: 3, clock: heldClock() });
    const good = async (...line: string[]) => {
      const ran = await xenfai(sim, [...line, '--json']);
      expect([line[0], ran.code, ran.code === 0 ? '' : ran.out]).toEqual([line[0], 0, '']);
      return ran.json;
    };
    const state = async (): Promise<string> => (await good('status', 'web')).vms[0].state;
    expect((await good('status')).vms).toHaveLength(3);
    await good('template', 'copy', base, 'FAI', ...wish);
    await good('template', 'set', 'FAI', '--repository', sim.repository, '--args', goodArgs);
    await good('check', '--template', 'FAI');
    await good('create', 'web', '--template', 'FAI');
    expect(await state()).toBe('armed');
    await good('start', 'web');
    // From 6.1 on no record tells whether the guest has rebooted since.
    const running = /^5|6\.0/.test(release) ? 'installing' : 'fired';
    expect(await state()).toBe(running);
    await good('stop', 'web', '--force', '--yes');
    expect(await state()).toBe('fired');
    await good('rearm', 'web', '--yes');
    expect(await state()).toBe('armed');
    await good('rearm', 'web', '--start', '--yes');
    expect(await state()).toBe(running);
    await sim.stop();
  });

  test('a file that is gone when it starts leaves it armed, and is named', async () => {
    const sim = await simulator({ release, vms: 1, clock: heldClock() });
    const [vm = ''] = [...sim.world.database.all('VM')].find(([, one]) => one['name_label'] === 'vm1') ?? [];
    sim.world.database.setKey('VM', vm, 'other_config', 'install-repository', `${sim.repository}/gone`);
    const ran = await xenfai(sim, ['start', 'vm1', '--force', '--json']);
    expect(ran.code).toBe(10);
    expect(JSON.stringify(ran.json)).toMatch(
      /gone\/dists\/lenny\/main\/installer-i386\/current\/images\/netboot\/xen/,
    );
    expect((await xenfai(sim, ['status', 'vm1', '--json'])).json.vms[0].state).toBe('armed');
    await sim.stop();
  });
});
