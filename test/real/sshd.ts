import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { until } from '../harness.ts';
import { programPath } from './needs.ts';

/** `args`: what ssh is called with; `config`: for whoever calls ssh itself, any host name leads there. */
export interface Sshd {
  readonly args: readonly string[];
  readonly config: string;
  readonly stop: () => void;
}

/** A real sshd with keys of its own, on a port of its own. */
export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-ssh-'));
  for (const name of ['host', 'user']) {
    execFileSync(programPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const config = [
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    `PidFile none`,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
  ];
  writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
  // It starts itself anew for each connection, and wants to be called by its whole path for that.
  const sshd = spawn(programPath('sshd'), ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
  const options = [
    `IdentityFile ${join(folder, 'user')}`,
    `Port ${port}`,
    'HostName 127.0.0.1',
    `User ${userInfo().username}`,
    'StrictHostKeyChecking no',
    `UserKnownHostsFile ${folder}/known`,
    'LogLevel ERROR',
  ];
  const clientConfig = join(folder, 'client');
  writeFileSync(clientConfig, `${options.join('\n')}\n`);
  const args = ['-F', clientConfig, '-o', 'BatchMode=yes', 'web'];
  await until(() => sshd.exitCode !== null || spawnSync(programPath('ssh'), [...args, 'true']).status === 0);
  if (sshd.exitCode !== null) throw new Error('sshd did not start');
  return { args, config: clientConfig, stop: () => sshd.kill() };
}
