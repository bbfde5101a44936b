import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { stateFolder } from '../harness.ts';
import { built } from './terminal.ts';

/** A line for a shell; `xenfai` in it is the built program, which tells its exit code on stderr. `env`: besides. */
export async function shell(
  sim: Simulator,
  line: string,
  env: Readonly<Record<string, string>> = { XENFAI_STATE_DIR: stateFolder },
): Promise<{ out: string; err: string }> {
  const program = `xenfai() { '${process.execPath}' '${built}' "$@"; echo "exit $?" >&9; }`;
  const child = spawn('/bin/sh', ['-c', `exec 9>&2\n${program}\n${line}`], {
    env: { PATH: process.env['PATH'], XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  await once(child, 'close');
  return { out, err };
}
