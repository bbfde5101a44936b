import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { until } from '../harness.ts';
import { programPath } from './needs.ts';

/**
 * `args`: what ssh is called with; `config`: for whoever calls ssh itself, any host name leads there; `path`: a folder
 * whose ssh has that configuration.
 */
export interface Sshd {
  readonly args: readonly string[];
  readonly config: string;
  readonly path: string;
  readonly port: number;
  /** What the ssh of that folder was called with. */
  readonly calls: () => string[];
  /** How many have logged in until now. */
  readonly logins: () => number;
  readonly stop: () => void;
  /** The same once more, after it was stopped. */
  readonly begin: () => ChildProcess;
}

export interface SshdOptions {
  /** More lines of sshd_config; what comes first counts. */
  readonly lines?: readonly string[];
  /** The same of the client's. */
  readonly client?: readonly string[];
  readonly passphrase?: string;
  readonly port?: number;
}

/** A real sshd with keys of its own, on a port of its own. */
export async function startSshd({
  lines = [],
  client = [],
  passphrase = '',
  port: wanted,
}: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-ssh-'));
  for (const name of ['host', 'user']) {
    execFileSync(programPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
  // Asked for by whoever is to see the question; here it is not.
  const key = join(folder, 'user');
  if (passphrase !== '') {
    copyFileSync(key, `${key}-open`);
    execFileSync(programPath('ssh-keygen'), ['-q', '-p', '-P', '', '-N', passphrase, '-f', key]);
  }
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = wanted ?? (await freePort());
  const config = [
    ...lines,
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
  const log = join(folder, 'log');
  // It starts itself anew for each connection, and wants to be called by its whole path for that.
  const begin = (): ChildProcess =>
    spawn(programPath('sshd'), ['-D', '-E', log, '-f', join(folder, 'config')], { stdio: 'ignore' });
  const sshd = begin();
  const options = [
    'IdentitiesOnly yes',
    `IdentityFile ${key}`,
    `Port ${port}`,
    'HostName 127.0.0.1',
    `User ${userInfo().username}`,
    'StrictHostKeyChecking no',
    `UserKnownHostsFile ${folder}/known`,
    'LogLevel ERROR',
  ];
  const plain = join(folder, 'plain');
  writeFileSync(plain, `${options.join('\n')}\n`);
  const clientConfig = join(folder, 'client');
  writeFileSync(clientConfig, `${[...client, ...options].join('\n')}\n`);
  const path = join(folder, 'bin');
  mkdirSync(path);
  writeFileSync(
    join(path, 'ssh'),
    `#!/bin/sh\necho "$*" >> ${folder}/calls\nexec ${programPath('ssh')} -F ${clientConfig} "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const open = passphrase === '' ? [] : ['-i', `${key}-open`];
  const args = ['-F', plain, ...open, '-o', 'BatchMode=yes', 'web'];
  await until(() => sshd.exitCode !== null || spawnSync(programPath('ssh'), [...args, 'true']).status === 0);
  if (sshd.exitCode !== null) throw new Error('sshd did not start');
  const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').split('\n');
  const logins = (): number => readFileSync(log, 'utf8').split('Accepted ').length - 1;
  return { args, config: clientConfig, path, port, logins, calls, begin, stop: () => sshd.kill() };
}
