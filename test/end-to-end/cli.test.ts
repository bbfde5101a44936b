import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, pageArgs, prepareTemplate, simulator, stateFolder, until, xenfai } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 4, speed: 60 });
});
afterEach(() => sim.stop());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const { XENFAI_PASSWORD: _password, XENFAI_HOST: _host, ...inherited } = process.env;
  const child = spawn(process.execPath, [built, ...args], {
    env: { ...inherited, XENFAI_STATE_DIR: stateFolder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  child.stdin?.end();
  return { child, ended: once(child, 'close').then(([code]) => ({ code, out, err })) };
}

describe('02:10', () => {
  test('rearm in one line, from a pipe, the password from a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'xenfai-')), 'password');
    writeFileSync(file, `${sim.password}\n`, { mode: 0o600 });
    const line = ['rearm', 'vm3', '--yes', '--host', sim.host, '--password-file', file];
    const first = await run([...line, '--json']).ended;
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ ok: true, vms: [{ name: 'vm3', state: 'armed', changed: true }] });
    expect(first.out.trim().split('\n')).toHaveLength(1);
    expect(first.err).toBe('');
    const second = await run(line).ended;
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do') });
    expect(first.out + second.out + second.err).not.toContain(sim.password);
  });

  test('the password is in no argument of the process', async () => {
    const { child, ended } = run(['status'], { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password });
    const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    expect(line).not.toContain(sim.password);
    expect((await ended).code).toBe(0);
  });
});

test('Ctrl-C during create: exit 130, nothing left behind', async () => {
  await prepareTemplate(sim);
  const before = sim.world.database.all('VM').size;
  const { child, ended } = run(['create', 'web[01-20]', '--template', 'FAI', '--json'], {
    XENFAI_HOST: sim.host,
    XENFAI_PASSWORD: sim.password,
  });
  let made = 0;
  sim.world.intercept = (method) => {
    if (method === 'Async.VM.provision') {
      made += 1;
      if (made === 9) child.kill('SIGINT');
    }
    return undefined;
  };
  const { code, out } = await ended;
  expect(code).toBe(130);
  const { vms } = JSON.parse(out) as { vms: { name: string; ok: boolean; state: string }[] };
  const done = vms.filter(({ ok }) => ok);
  expect(done.length).toBeGreaterThanOrEqual(2);
  expect(sim.world.database.all('VM').size).toBe(before + done.length);
  expect([...sim.world.database.all('VM').values()].some((vm) => String(vm['name_label']).includes('xenfai:'))).toBe(
    false,
  );
});

describe('guards', () => {
  test.each([
    [['demo'], {}, 2, 'needs a terminal'],
    [[], {}, 2, 'needs a terminal'],
    [['--version'], {}, 0, '0.1.0'],
    [['rearm', 'x', '--yes', '--host', 'http://127.0.0.1:1'], { XENFAI_PASSWORD: 'x' }, 3, 'Cannot reach'],
    [['simulate', '--quirk', 'dance'], {}, 2, 'lose-pv-args'],
    [['simulate', '--release', '9.9'], {}, 2, '5.6.0, 5.6-fp1, 6.0, 6.1, 6.2, 6.5, 7.2, 7.6, 8.0, 8.1, 8.2, 8.3'],
    [['simulate', '--fault', 'dance'], {}, 2, '"dance" is no fault'],
    [['--json'], {}, 2, '"error":{"code":"usage"'],
    [['demo', '--json'], {}, 2, '"error":{"code":"usage"'],
  ])('%j: exit %3$i', async (args, env, code, words) => {
    const ended = await run(args, env as Record<string, string>).ended;
    expect(ended.code).toBe(code);
    expect(ended.out + ended.err).toContain(words);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });
});

test('simulate prints one line, serves strangers, and ends on SIGTERM with 0', async () => {
  const { child, ended } = run(['simulate', '--vms', '3', '--speed', '100']);
  const line = await new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk))));
  const ready = JSON.parse(line) as {
    host: string;
    username: string;
    password: string;
    repository: string;
    pid: number;
  };
  expect(ready).toMatchObject({ username: 'root', pid: child.pid });
  const status = await run(['status', '--json'], { XENFAI_HOST: ready.host, XENFAI_PASSWORD: ready.password }).ended;
  expect(JSON.parse(status.out).vms).toHaveLength(3);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test.each([
  ['6.1', '6.1'],
  ['5.6 FP1', '5.6 FP1'],
  ['8.2.0', '8.2'],
])('simulate --release %j is a host of %s, whose VM is rearmed and started in one line', async (asked, release) => {
  const { child, ended } = run(['simulate', '--release', asked, '--vms', '3', '--monitor-port', '1']);
  const line = await new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk))));
  const ready = JSON.parse(line) as { host: string; password: string };
  const env = { XENFAI_HOST: ready.host, XENFAI_PASSWORD: ready.password };
  const rearmed = await run(['rearm', 'vm3', '--start', '--yes', '--json'], env).ended;
  expect(JSON.parse(rearmed.out)).toMatchObject({ ok: true, vms: [{ name: 'vm3', changed: true }] });
  const status = await run(['status', 'vm3', '--json'], env).ended;
  expect(JSON.parse(status.out)).toMatchObject({ vms: [{ powerState: 'running' }], capabilities: { release } });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('the page’s own PV-args boot, and the fleet ends at "waits for a key"', async () => {
  const slow = await simulator({ speed: 20 });
  await prepareTemplate(slow, 'FAI', pageArgs);
  await xenfai(slow, ['create', 'page01', '--template', 'FAI']);
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-'));
  const env = { XENFAI_HOST: slow.host, XENFAI_PASSWORD: slow.password, XENFAI_CONFIG_DIR: folder };
  const name = new URL(slow.host).host;
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ profiles: [{ name, address: slow.host, user: 'root' }] }),
  );
  const terminal = new Terminal([built], { env });
  try {
    await terminal.shows('Which XenServer?');
    terminal.press('enter', 'enter', 'enter');
    // Whoever has a profile lands in the fleet.
    await terminal.shows(/page01 +◆ armed/);
    terminal.press('s');
    await terminal.shows('This boot ERASES disk 0 (8 GiB on Local storage) of page01.');
    terminal.press('y');
    await terminal.shows(/✓ page01 {2}installing, running/);
    terminal.press('enter');
    await terminal.shows(/page01 +(…|▶)/);
    await terminal.shows(/page01 +\? waits for a key/);
    await terminal.shows('wants RETURN');
  } finally {
    terminal.kill();
    await slow.stop();
  }
  const saved = readFileSync(join(folder, 'config.json'), 'utf8');
  expect(saved).not.toContain(slow.password);
  expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
});

test('a VM without reboot flag says "waits for a key" by FAI’s own messages, too', async () => {
  const { listenForLines } = await import('../../source/transport/line-server.ts');
  const heard: string[] = [];
  const receiver = await listenForLines(0, (line) => heard.push(line));
  const fast = await simulator({ speed: 1000, monitorPort: receiver.port });
  await prepareTemplate(fast, 'FAI', `${goodArgs} monserver=127.0.0.1`);
  await xenfai(fast, ['create', 'web', '--template', 'FAI', '--start']);
  await until(() => heard.some((text) => text.includes('TASKEND') && text.includes('reboot')));
  expect(heard[0]).toContain('check');
  await receiver.close();
  await fast.stop();
});
