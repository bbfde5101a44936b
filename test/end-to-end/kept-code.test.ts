import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, stateFolder } from '../harness.ts';
import { built } from './terminal.ts';

// What V8 has compiled is kept, and is never more than a help.

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator({ vms: 4 });
});
afterAll(() => sim.stop());

const parts = ['always', 'calls', 'change'];

async function rearm(home: string): Promise<void> {
  const env = { ...process.env, XDG_CACHE_HOME: home, XENFAI_STATE_DIR: stateFolder };
  const given = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password };
  const child = spawn(process.execPath, [built, 'rearm', 'vm3', '--yes'], {
    env: { ...env, ...given },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  expect([...(await once(child, 'close')), err]).toEqual([0, null, '']);
}

/** The kept files of scripts by the script's name. */
function kept(home: string): Map<string, string> {
  const folder = join(home, 'xenfai');
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('-rearm'))
      .sort()
      .map((name) => [name.split('-')[0] ?? '', join(folder, name)]),
  );
}

const made = (home: string): number[] => [...kept(home).values()].map((path) => statSync(path).ino);

test('a command keeps the functions that it called, and takes them at the next start', async () => {
  const home = mkdtempSync(join(tmpdir(), 'xenfai-'));
  await rearm(home);
  expect([...kept(home).keys()]).toEqual(parts);
  for (const [name, path] of kept(home)) {
    const file = join(dirname(built), `${name}.cjs`);
    const unused = new Script(readFileSync(file, 'latin1'), { filename: file }).createCachedData();
    expect(statSync(path).size).toBeGreaterThan(unused.length * 1.5);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  const before = made(home);
  await rearm(home);
  expect(made(home)).toEqual(before);
});

test('what has lost its end, what others may write and what is no file is not believed, and made anew', async () => {
  const home = mkdtempSync(join(tmpdir(), 'xenfai-'));
  await rearm(home);
  const [always = '', calls = '', change = ''] = kept(home).values();
  truncateSync(always, 100_000);
  chmodSync(calls, 0o606);
  rmSync(change);
  spawnSync('mkfifo', [change]);
  await rearm(home);
  expect(statSync(always).size).toBeGreaterThan(100_000);
  expect(statSync(calls).mode & 0o777).toBe(0o600);
  expect(statSync(change).isFile()).toBe(true);
});

test('a file of another build goes after a month', async () => {
  const home = mkdtempSync(join(tmpdir(), 'xenfai-'));
  await rearm(home);
  const [always = ''] = kept(home).values();
  const folder = dirname(always);
  const [old, other] = ['always-0123456789abcdef-v22.0.0-status', 'always-fedcba9876543210-v22.0.0-status'];
  for (const name of [old, other]) copyFileSync(always, join(folder, name));
  utimesSync(join(folder, old), new Date('2026-01-01'), new Date('2026-01-01'));
  rmSync(always);
  await rearm(home);
  const left = readdirSync(folder).filter((name) => name.startsWith('always-'));
  expect(left.sort()).toEqual([basename(always), other].sort());
});
