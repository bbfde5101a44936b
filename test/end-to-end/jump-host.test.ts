import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { listenForLines } from '../../source/transport/line-server.ts';
import { simulator, stateFolder, until } from '../harness.ts';
import { built } from './terminal.ts';

// Several people's screens, or one person's, on the machine that FAI's messages go to.

let sim: Simulator;
const sessions = mkdtempSync(join(tmpdir(), 'xenfai-session-'));
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sim.stop();
  rmSync(sessions, { recursive: true });
});

/** It changes nothing, so that nobody can learn from the host what another one has heard. */
function watching(port: number, ...more: string[]) {
  const child = spawn(process.execPath, [built, 'status', '--watch', '--read-only', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      XENFAI_HOST: sim.host,
      XENFAI_PASSWORD: sim.password,
      XENFAI_STATE_DIR: stateFolder,
      XDG_RUNTIME_DIR: sessions,
      FAI_MONITOR_PORT: String(port),
    },
  });
  children.push(child);
  const watcher = { child, out: [] as string[], err: '' };
  createInterface({ input: child.stdout }).on('line', (line) => watcher.out.push(line));
  child.stderr.on('data', (chunk: Buffer) => {
    watcher.err += chunk.toString();
  });
  return watcher;
}

const hasFailed = ({ out }: { out: string[] }, name: string): boolean =>
  out.some((line) => line.includes(name) && line.includes('failed'));

const say = (port: number, line: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(true));
    socket.resume();
  });

test('two who watch hear the same; when one is killed the other takes the port', async () => {
  const free = await listenForLines(0, () => {});
  const { port } = free;
  await free.close();
  sim = await simulator({ monitorPort: port, colleague: true, speed: 400 });
  const first = watching(port);
  await until(() => first.out.length > 0);
  const second = watching(port);
  await until(() => second.out.length > 0);
  await until(() => hasFailed(first, 'raid01'));
  // Said again until both have heard it: the second may have come after the guest has said it.
  await until(async () => {
    await say(port, 'far01 TASKERROR extrbase 801');
    return hasFailed(first, 'far01') && hasFailed(second, 'far01');
  });
  expect([first.err, second.err]).toEqual(['', '']);

  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await until(() => say(port, 'page01 TASKERROR partition 710'));
  await until(() => hasFailed(second, 'page01'));
});
