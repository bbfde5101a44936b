import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { listenForLines } from '../../source/transport/line-server.ts';
import { goodArgs, heldClock, simulator, until, xenfai } from '../harness.ts';
import { built } from './terminal.ts';

let sim: Simulator;
let guests: ReturnType<typeof heldClock>;
let port: number;
let state: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  const free = await listenForLines(0, () => {});
  port = free.port;
  await free.close();
  state = mkdtempSync(join(tmpdir(), 'xenfai-state-'));
  guests = heldClock();
  sim = await simulator({ vms: 8, clock: guests, monitorPort: port });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sim.stop();
  rmSync(state, { recursive: true });
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [built, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      XENFAI_HOST: sim.host,
      XENFAI_PASSWORD: sim.password,
      XENFAI_STATE_DIR: state,
      XDG_RUNTIME_DIR: state,
      FAI_MONITOR_PORT: String(port),
    },
  });
  children.push(child);
  const running = {
    child,
    out: [] as string[],
    err: '',
    code: once(child, 'close').then(([code]) => code as number),
  };
  createInterface({ input: child.stdout }).on('line', (line) => running.out.push(line));
  child.stderr.on('data', (chunk: Buffer) => {
    running.err += chunk.toString();
  });
  return running;
}

const says = ({ out }: { readonly out: readonly string[] }, end: string) =>
  until(() => out.some((line) => line.endsWith(end)));

const say = (line: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
  });

test('start --watch: one line, one VM, and its end as exit code', async () => {
  const started = run('start', 'vm1', '--watch');
  await says(started, ' vm1 installing');
  guests.release();
  expect(await started.code).toBe(0);
  expect(started.out.at(-1)).toMatch(/^\d\d:\d\d:\d\d vm1 installed$/);
  expect(started.err).toBe('');
});

test('what was heard outlives whoever heard it; a failure is on the VM for everybody', async () => {
  await xenfai(sim, ['rearm', 'vm1', '--yes', '--args', `${goodArgs} monserver=127.0.0.1`]);
  const first = run('start', 'vm1', '--watch');
  await says(first, ' vm1 installing');
  for (const message of ['check', 'TASKBEGIN extrbase', 'TASKEND extrbase 0']) await say(`vm1 ${message}`);
  await says(first, ' vm1 installing 21% extrbase');
  first.child.kill('SIGINT');
  expect(await first.code).toBe(130);
  expect(first.err).toBe('xenfai: what is being installed goes on; to look on: xenfai watch vm1\n');

  const second = run('watch', 'vm1', '--json');
  await until(() => second.out.length > 0);
  expect(JSON.parse(second.out[0] ?? '')).toMatchObject({
    name: 'vm1',
    state: 'installing',
    task: 'extrbase',
    percent: 21,
    known: 'message',
  });
  await say('vm1 TASKERROR instsoft 710');
  expect(await second.code).toBe(11);
  expect(JSON.parse(second.out.at(-1) ?? '')).toMatchObject({
    ok: false,
    error: { code: 'install-failed' },
    vms: [{ name: 'vm1', state: 'failed', task: 'instsoft', code: 710, ok: false }],
  });

  // Another jump host: it has heard nothing.
  const status = await xenfai(sim, ['status', 'vm1', '--json']);
  expect(status.json.vms[0]).toMatchObject({ state: 'failed', task: 'instsoft', code: 710 });
});
