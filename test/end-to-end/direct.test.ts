import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

// Somebody named the host and gave the password: there is nothing left to ask.

const home = '\u0006';

let sim: Simulator;
let terminal: Terminal;
let folder: string;
beforeEach(async () => {
  sim = await simulator({ vms: 12 });
  folder = mkdtempSync(join(tmpdir(), 'xenfai-'));
});
afterEach(async () => {
  terminal.kill();
  await sim.stop();
});

function open(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  terminal = new Terminal([built, ...args], { env: { XENFAI_CONFIG_DIR: folder, ...env } });
}

function passwordFile(password: string): string {
  const file = join(folder, 'password');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return file;
}

describe('the fleet stands there without a key', () => {
  test.each<[string, () => readonly string[], () => Readonly<Record<string, string>>]>([
    ['--password-file', () => ['--password-file', passwordFile(sim.password)], () => ({})],
    ['--password-command', () => ['--password-command', `echo ${sim.password}`], () => ({})],
    ['XENFAI_PASSWORD', () => [], () => ({ XENFAI_PASSWORD: sim.password })],
  ])('%s', async (_, args, env) => {
    open(['--host', sim.host, ...args()], env());
    await terminal.shows(/❯ vm\d+/);
    expect(terminal.text()).toContain('● 6 Fleet');
    expect(terminal.raw).not.toContain(sim.password);
  });

  test('a host by the name of its profile; and ^F leads back to it from elsewhere', async () => {
    const { host } = new URL(sim.host);
    const profiles = [{ name: host, address: sim.host, user: 'root' }];
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles }));
    open(['--host', host], { XENFAI_PASSWORD: sim.password });
    await terminal.shows(/❯ vm\d+/);
    terminal.press('n');
    await terminal.shows('● 5 Act');
    terminal.press(home);
    await terminal.shows('● 6 Fleet');
    terminal.press(home);
    await terminal.shows('● 5 Act');
  });

  test('it says so while it connects', async () => {
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    sim.world.intercept = async (method) => {
      if (method === 'session.login_with_password') await held;
      return undefined;
    };
    open(['--host', sim.host], { XENFAI_PASSWORD: sim.password });
    await terminal.shows('Connecting');
    answer();
    await terminal.shows('● 6 Fleet');
  });
});

describe('the form comes back with the problem, and nothing is tried again by itself', () => {
  test('a wrong password is asked for; the right one leads to the fleet', async () => {
    const logins: string[] = [];
    sim.world.intercept = (method) => {
      if (method === 'session.login_with_password') logins.push(method);
      return undefined;
    };
    open(['--host', sim.host, '--password-file', passwordFile('not this one')]);
    await terminal.shows('refused the login');
    expect(terminal.text()).toContain('Which XenServer?');
    expect(logins).toHaveLength(1);
    terminal.press(sim.password, 'enter');
    await terminal.shows(/❯ vm\d+/);
    expect(logins).toHaveLength(2);
  });

  test('a host that does not answer', async () => {
    open(['--host', 'http://127.0.0.1:1'], { XENFAI_PASSWORD: 'x' });
    await terminal.shows('Cannot reach');
    expect(terminal.text()).toContain('Which XenServer?');
  });
});
