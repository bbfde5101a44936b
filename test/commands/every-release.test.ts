import { expect, test } from 'vitest';
import { releases } from '../../source/simulator/releases/profile.ts';
import { goodArgs, simulator, xenfai } from '../harness.ts';

const able = releases.filter((release) => release !== '8.3');
const lenny = ['--release', 'lenny', '--arch', 'i386'];

test('8.3 is the one that cannot', () => expect(releases).toContain('8.3'));

test.each(able.map((release) => [release]))(
  'from the templates of %s to an installer that has started, and once more',
  async (release) => {
    const sim = await simulator({ release });
    try {
      const [base] = (await xenfai(sim, ['templates', '--json'])).json.templates;
      const copied = await xenfai(sim, ['template', 'copy', base.uuid, 'FAI', ...lenny, '--json']);
      expect(copied.json).toMatchObject({ ok: true, template: { netboot: true, release: 'lenny', arch: 'i386' } });
      await xenfai(sim, ['template', 'set', 'FAI', '--repository', sim.repository, '--args', goodArgs]);
      const made = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start', '--json']);
      expect(made.json).toMatchObject({ ok: true, vms: [{ attemptUsed: true, pvBootloader: 'pygrub' }] });
      const again = await xenfai(sim, ['rearm', 'web', '--yes', '--force', '--json']);
      expect(again.json).toMatchObject({ ok: true, vms: [{ state: 'armed', missing: [] }] });
    } finally {
      await sim.stop();
    }
  },
  30_000,
);
