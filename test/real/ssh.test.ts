import { spawn, spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { simulator } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { startSshd } from './sshd.ts';

const node = process.execPath;

realTest('rearm through a real ssh, one line without a terminal', ['ssh', 'sshd', 'ssh-keygen'], async () => {
  const sshd = await startSshd();
  const sim = await simulator({ vms: 3 });
  const line = `printf %s ${sim.password} | ${node} ${built} rearm vm3 --yes --host ${sim.host} --password-file - --json`;
  // Not spawnSync: the simulated host lives in this very process.
  const child = spawn(programPath('ssh'), [...sshd.args, line], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true, vms: [{ name: 'vm3', state: 'armed', changed: true }] });
  await sim.stop();
  sshd.stop();
});

realTest(
  'the screen through a real ssh inside tmux: drawn, resized, left clean',
  ['ssh', 'sshd', 'ssh-keygen', 'tmux'],
  async () => {
    const sshd = await startSshd();
    const remote = `TERM=screen-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 ${node} ${built} demo --vms 6; echo left with $?`;
    const quoted = sshd.args.map((word) => `'${word}'`).join(' ');
    const inside = `ssh -tt ${quoted} '${remote}'; sleep 60`;
    const socket = `xenfai-${process.pid}`;
    const terminal = new Terminal(['-L', socket, '-f', '/dev/null', 'new-session', inside], {
      program: programPath('tmux'),
      columns: 100,
      rows: 30,
    });
    try {
      await terminal.shows('Which XenServer?');
      terminal.press('enter', 'enter', 'enter');
      await terminal.shows('Connected');
      terminal.resize(90, 26);
      await terminal.shows(/✓ Connected[\s\S]*\? all keys/);
      terminal.press('enter');
      await terminal.shows(/❯ Debian Lenny/);
      terminal.press('o');
      await terminal.shows('1/65');
      terminal.press('down');
      await terminal.shows(/❯ CentOS 4.5/);
      terminal.press('up');
      await terminal.shows(/❯ Debian Lenny/);
      terminal.press('q');
      await terminal.shows('left with 0');
    } finally {
      spawnSync(programPath('tmux'), ['-L', socket, 'kill-server']);
      terminal.kill();
      sshd.stop();
    }
  },
);
