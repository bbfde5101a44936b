import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agreementsOf } from '../../source/commands/agreements.ts';
import type { Surroundings } from '../../source/commands/surroundings.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { networkOf } from '../../source/transport/network.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { simulator, transportOf, xenfai } from '../harness.ts';

// What somebody agrees to, what is remembered of it, and what is said where nobody has agreed.

let sim: Simulator;
let folder: string;
let questions: string[];
let answer: boolean;
beforeEach(async () => {
  sim = await simulator({ tlsPort: 0, tlsOf: '7.6.0' });
  folder = mkdtempSync(join(tmpdir(), 'xenfai-hosts-'));
  questions = [];
  answer = true;
});
afterEach(async () => {
  await sim.stop();
  rmSync(folder, { recursive: true });
});

const host = () => sim.tlsHost ?? '';
const named = () => host().replace('https://', '');
const env = () => ({ XENFAI_CONFIG_DIR: folder, XENFAI_HOST: host(), XENFAI_PASSWORD: sim.password });

/** A command line with TLS that trusts what was agreed to. */
function run(args: readonly string[], extra: Partial<Surroundings> = {}) {
  const { http, meet, reach } = networkOf([], agreementsOf(env()));
  return xenfai(sim, args, {
    transport: { ...transportOf(sim), http, meet, reach },
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
    ...extra,
    env: { ...env(), ...extra.env },
  });
}
const asking = { interactive: true } as const;
const settings = () => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
/** Another key and certificate at the same address. */
async function changeCertificate(): Promise<void> {
  const tlsPort = Number(new URL(host()).port);
  await sim.stop();
  sim = await simulator({ tlsPort, tlsOf: '7.6.0' });
}

describe('without a terminal', () => {
  test('the line that agrees is told, does, and is remembered', async () => {
    const refused = await run(['status', '--json', '--yes']);
    expect(refused).toMatchObject({ code: 5, json: { ok: false, error: { code: 'certificate-not-trusted' } } });
    expect(sim.world.sessions.size).toBe(0);
    const line: string = refused.json.error.try.find((one: string) => one.startsWith('xenfai hosts trust'));
    const words = line.replace(/ {3}#.*/, '').split(' ');
    expect(await run([...words.slice(1), '--json'])).toMatchObject({
      code: 0,
      json: { ok: true, changed: true, host: { host: named(), legacyTls: false } },
    });
    expect(await run([...words.slice(1), '--json'])).toMatchObject({ code: 0, json: { changed: false } });
    expect((await run(['status', '--json'])).code).toBe(0);
    expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
    expect(questions).toEqual([]);
  });

  test('nothing is agreed to that was not named exactly', async () => {
    const other = 'ab'.repeat(32);
    const refused = await run(['hosts', 'trust', named(), '--fingerprint', other]);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('AB:AB:AB');
    expect((await run(['hosts', 'trust', named()])).code).toBe(5);
    expect((await run(['hosts', 'trust', named(), '--fingerprint', 'ab'])).code).toBe(2);
    expect((await run(['hosts', 'trust', sim.host])).code).toBe(2);
    expect((await run(['hosts', '--json'])).json.hosts).toEqual([]);
    expect((await run(['hosts', 'truts'])).err).toContain('Did you mean xenfai hosts trust?');
  });

  test('a file that is no CA, and one that has not signed it', async () => {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'nothing');
    expect((await run(['hosts', 'trust', named(), '--ca-file', file])).code).toBe(2);
    expect((await run(['hosts', 'trust', named(), '--ca-file', join(folder, 'none')])).code).toBe(2);
    const kept = join(folder, 'kept.pem');
    const other = await simulator({ tlsPort: 0, tlsOf: '7.6.0', keepCertificate: kept });
    await other.stop();
    const refused = await run(['hosts', 'trust', named(), '--ca-file', kept]);
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('does not vouch')]);
  });

  test('its own certificate may be the CA', async () => {
    const tlsPort = Number(new URL(host()).port);
    const kept = join(folder, 'kept.pem');
    await sim.stop();
    sim = await simulator({ tlsPort, tlsOf: '7.6.0', keepCertificate: kept });
    // Its name is the address as CN, which no program takes for one: the flaw is told.
    const refused = await run(['hosts', 'trust', named(), '--ca-file', kept]);
    expect([refused.code, refused.err]).toEqual([5, expect.stringContaining('another name')]);
  });
});

describe('on a terminal', () => {
  test('somebody is asked once, before the password; with --read-only and --dry-run, too', async () => {
    const order: string[] = [];
    const first = await run(['status', '--read-only'], {
      ...asking,
      env: { XENFAI_PASSWORD: undefined },
      ask: () => {
        order.push('trust');
        return Promise.resolve(true);
      },
      askSecret: () => {
        order.push('password');
        return Promise.resolve(new Secret(sim.password));
      },
    });
    expect([first.code, order]).toEqual([0, ['trust', 'password']]);
    const fingerprint: string = settings().hosts[0].fingerprint;
    expect(first.err).toContain(fingerprint);
    expect(first.err).toContain('127.0.0.1');
    expect(await run(['status', '--dry-run'], asking)).toMatchObject({ code: 0, err: '' });
    expect(questions).toEqual([]);
  });

  test('no is the default, and nothing was sent', async () => {
    answer = false;
    expect((await run(['status'], asking)).code).toBe(5);
    expect(questions).toHaveLength(1);
    expect(sim.world.sessions.size).toBe(0);
    expect((await run(['hosts', 'trust', named()], asking)).out).toBe('Nothing was changed.');
    expect((await run(['hosts', '--json'])).json.hosts).toEqual([]);
  });

  test('a changed certificate is refused with both, and not asked about; then forgotten, then trusted again', async () => {
    await run(['status'], asking);
    const before: string = settings().hosts[0].fingerprint;
    await changeCertificate();
    const refused = await run(['status', '--json'], asking);
    expect(refused).toMatchObject({ code: 5, json: { error: { code: 'certificate-changed' } } });
    expect(refused.json.error.cause).toContain(before);
    const now = /now it shows SHA-256 (\S+)/.exec(refused.json.error.cause)?.[1];
    expect(refused.json.error.try.join('\n')).toContain(`xenfai hosts trust ${named()} --fingerprint ${now}`);
    expect(questions).toHaveLength(1);
    expect(sim.world.sessions.size).toBe(0);

    expect((await run(['hosts', 'forget', named(), '--dry-run', '--json'])).json).toMatchObject({ changed: false });
    expect((await run(['hosts', 'forget', named(), '--json'])).json).toMatchObject({ changed: true });
    expect((await run(['hosts', 'forget', named(), '--json'])).json).toMatchObject({ changed: false });
    expect((await run(['status'], asking)).code).toBe(0);
    expect(settings().hosts).toMatchObject([{ host: named(), fingerprint: now }]);
    await changeCertificate();
    const again = await run(['hosts', 'trust', named()], asking);
    expect(again.err).toContain(`Trusted until now: SHA-256 ${now}`);
    expect((await run(['status'])).code).toBe(0);
  });
});

test('a host of 2010 is told as one; old TLS is agreed to by name, or asked for, and remembered', async () => {
  await sim.stop();
  sim = await simulator({ tlsPort: 0 });
  const refused = await run(['status', '--json']);
  expect(refused).toMatchObject({ code: 5, json: { error: { code: 'old-tls' } } });
  const advice: string[] = refused.json.error.try;
  const line = /^xenfai hosts trust \S+ --fingerprint [0-9A-F:]{95} --legacy-tls /;
  expect(advice).toEqual([
    expect.stringMatching(/^in dom0: openssl x509 /),
    expect.stringMatching(line),
    expect.stringContaining('http://127.0.0.1 sends'),
  ]);
  const unasked = await run(['hosts', 'trust', named(), '--legacy-tls', '--json']);
  expect([unasked.code, unasked.json.error.try[1]]).toEqual([5, expect.stringMatching(line)]);
  const shown = await run(['hosts', 'trust', named(), '--dry-run'], asking);
  expect(shown.err).toContain('TLS 1.0');
  expect(shown.out).toContain('would be trusted');
  expect((await run(['hosts', '--json'])).json.hosts).toEqual([]);
  const agreed = await run(['status'], asking);
  expect([agreed.code, agreed.err]).toEqual([0, expect.stringContaining('Old TLS is spoken with it')]);
  expect((await run(['hosts', '--json'])).json.hosts).toMatchObject([{ host: named(), legacyTls: true }]);
  expect((await run(['hosts'])).out).toMatch(/spoken .*SHA-256 /);
  expect(sim.world.sessions.size).toBe(0);
});

test('a pin that cannot be read is no pin', async () => {
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ hosts: [{ host: named(), fingerprint: 'everything' }, { host: named() }] }),
  );
  expect((await run(['status'])).code).toBe(5);
  writeFileSync(join(folder, 'config.json'), '{');
  expect((await run(['status'])).err).toContain('config.json cannot be read');
});

test('where https is refused and plain http answers, that is said, and not gone to', async () => {
  const dialled: [string, number][] = [];
  const { http, meet, reach } = networkOf([], agreementsOf(env()));
  // Nobody listens at the port that means 443 here.
  const refused = await run(['status', '--host', '127.0.0.99', '--json'], {
    transport: {
      ...transportOf(sim),
      http,
      meet,
      reach,
      dial: (name, port) => {
        dialled.push([name, port]);
        return Promise.resolve(true);
      },
    },
  });
  expect(refused).toMatchObject({ code: 3, json: { error: { code: 'unreachable' } } });
  expect(refused.json.error.try).toEqual([expect.stringContaining('http://127.0.0.99 ')]);
  expect(dialled).toEqual([['127.0.0.99', 80]]);
});
