import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { built, Terminal } from './terminal.ts';

// The built program and the built host of 2010, by TLS: agreed to once, silent afterwards, refused when it is another.

interface Ready {
  readonly host: string;
  readonly tlsHost: string;
  readonly password: string;
}

let folder: string;
let port: number;
let host: ChildProcess | null = null;
let ready: Ready;
let terminal: Terminal | null = null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-trust-'));
  port = await freePort();
  await begin();
});
afterEach(async () => {
  terminal?.kill();
  terminal = null;
  await end();
  rmSync(folder, { recursive: true });
});

async function begin(...flags: string[]): Promise<void> {
  const args = ['simulate', '--vms', '3', '--monitor-port', '1', '--tls-port', String(port), ...flags];
  host = spawn(process.execPath, [built, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = host;
  if (stdout === null) throw new Error('no pipe');
  const [line] = await once(createInterface({ input: stdout }), 'line');
  ready = JSON.parse(line);
}

async function end(): Promise<void> {
  host?.kill('SIGTERM');
  if (host !== null && host.exitCode === null) await once(host, 'exit');
  host = null;
}

async function restart(...flags: string[]): Promise<void> {
  await end();
  await begin(...flags);
}

const env = () => ({ XENFAI_CONFIG_DIR: folder, XENFAI_PASSWORD: ready.password });
const named = () => `127.0.0.1:${port}`;
const config = () => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));

function open(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Terminal {
  terminal?.kill();
  terminal = new Terminal([built, ...args], { env: { ...env(), ...extra } });
  return terminal;
}

/** Without a terminal. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [built, ...args], {
    env: { ...process.env, ...env() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

test('the first line of simulate says where; the certificate is kept only where that was asked for', async () => {
  expect(ready.tlsHost).toBe(`https://${named()}`);
  const trust = async () => (await run('hosts', 'trust', named(), '--legacy-tls')).err;
  const shown = async () => / SHA-256 ([0-9A-F:]{95})/.exec(await trust())?.[1];
  const first = await shown();
  expect(first).toBeDefined();
  await restart();
  expect(await shown()).not.toBe(first);
  const file = join(folder, 'certificate.pem');
  await restart('--keep-certificate', file);
  const kept = await shown();
  await restart('--keep-certificate', file);
  expect(await shown()).toBe(kept);
});

describe('a command on a terminal', () => {
  test('asks, remembers, is silent afterwards, and refuses another certificate without a question', async () => {
    const asked = open(['status', '--all', '--host', named()]);
    await asked.shows('Trust 127.0.0.1');
    expect(asked.text()).toContain('TLS 1.0');
    asked.press('y', 'enter');
    await asked.shows('vm1');
    expect((await asked.exit).exitCode).toBe(0);
    expect(config().hosts).toMatchObject([{ host: named(), legacyTls: true }]);
    const silent = await run('status', '--all', '--read-only', '--host', named());
    expect([silent.code, silent.err]).toEqual([0, '']);

    await restart();
    const refused = open(['status', '--host', named()]);
    expect((await refused.exit).exitCode).toBe(5);
    const before: string = config().hosts[0].fingerprint;
    // Rows of the terminal break where they must.
    expect(refused.raw.replace(/\s+/g, '')).toContain(before);
    expect(refused.raw).not.toContain('[y/N]');
    expect((await run('hosts', 'forget', named())).code).toBe(0);
    expect((await run('status', '--host', named())).code).toBe(5);
  });

  test('takes nothing but y for a yes', async () => {
    const asked = open(['status', '--host', named(), '--yes']);
    await asked.shows('Trust 127.0.0.1');
    asked.press('enter');
    expect((await asked.exit).exitCode).toBe(5);
    expect((await run('hosts')).out).toContain('Of no host');
  });
});

describe('the screen', () => {
  test('shows the certificate and takes y alone; then it is silent, until the host is another one', async () => {
    const first = open(['--host', named(), '--read-only']);
    await first.shows('Is this your host?');
    expect(first.text()).toContain('may read the password');
    expect(first.wraps()).toBe(false);
    first.press('enter', 'enter');
    first.press('y');
    await first.shows('● 6 Fleet');
    expect(config().hosts).toHaveLength(1);
    const again = open(['--host', named()]);
    await again.shows('● 6 Fleet');
    expect(again.raw).not.toContain('Is this your host?');

    await restart();
    const refused = open(['--host', named()]);
    await refused.shows('has changed');
    const [before, text] = [String(config().hosts[0].fingerprint), refused.text().replace(/\s+/g, '')];
    expect(text).toContain(before);
    expect(text).toContain(`xenfaihoststrust${named()}--fingerprint`);
    expect(config().hosts[0].fingerprint).toBe(before);
  });

  test('read aloud: the same facts, and y is typed as it stands', async () => {
    const aloud = open(['--host', named(), '--screen-reader']);
    await aloud.shows('Is this your host?');
    await aloud.shows(/SHA-256/);
    await aloud.shows('y. yes, trust it');
    aloud.pty.write('\r');
    aloud.pty.write('y\r');
    await aloud.shows('Here: Fleet.');
    expect(config().hosts).toHaveLength(1);
  });
});
