import { expect } from 'vitest';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { simulator, xenfai } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { startSshd } from './sshd.ts';

realTest(
  'through ssh -t: password, plan, question; nothing secret is echoed',
  ['ssh', 'sshd', 'ssh-keygen'],
  async () => {
    const sim = await simulator({ vms: 4 });
    const sshd = await startSshd();
    const line = `XENFAI_HOST=${sim.host} XENFAI_CONFIG_DIR=/nonexistent/xenfai ${process.execPath} ${built} rearm vm3; echo "exit $?"`;
    const terminal = new Terminal([...sshd.args.slice(0, -1), '-tt', 'web', line], { program: programPath('ssh') });
    try {
      await terminal.shows('Password for');
      terminal.press(sim.password, 'enter');
      await terminal.shows('ERASES disk 0 (8 GiB on Local storage). [y/N]');
      terminal.press('y');
      await terminal.shows('[y/N] y');
      terminal.press('enter');
      await terminal.shows('exit 0');
      expect(terminal.raw).not.toContain(sim.password);
      expect((await xenfai(sim, ['status', 'vm3', '--json'])).json.vms[0].state).toBe('armed');
    } finally {
      terminal.kill();
      sshd.stop();
      await sim.stop();
    }
  },
);
