import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { networkOf } from '../../source/transport/network.ts';
import { type Agreement, nothingAgreed } from '../../source/transport/trust.ts';
import { built } from '../end-to-end/terminal.ts';
import { freePort } from '../free-port.ts';
import { simulator, until } from '../harness.ts';
import { type Issued, Workshop } from './certificates.ts';
import { programPath, realTest } from './needs.ts';
import { run, temporary } from './tools.ts';

// TLS by programs nobody here wrote: openssl's own server, and stunnel, which is what stands before the API in dom0.

const folder = temporary('tls');
const workshop = new Workshop(folder);
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});
const signal = new AbortController().signal;

interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** A server in the foreground, when it listens. */
async function serve(program: string, args: readonly string[], port: number): Promise<Server> {
  const child = spawn(programPath(program), [...args], {
    env: { ...process.env, ...workshop.env },
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  stops.push(stop);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    return listens(port);
  });
  return { port, stop };
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

async function openssl({ key, certificate }: Issued, ...args: string[]): Promise<Server> {
  const port = await freePort();
  const shown = ['-accept', `127.0.0.1:${port}`, '-key', key, '-cert', certificate];
  return serve('openssl', ['s_server', ...shown, '-quiet', '-naccept', '99', ...args], port);
}

/** Before the API of a simulated host, as in dom0. `at`: the port of one that has gone. */
async function stunnel(sim: Simulator, issued: Issued, lines: readonly string[] = [], at?: number): Promise<Server> {
  const port = at ?? (await freePort());
  const settings = join(folder, `stunnel-${port}.conf`);
  const service = [`accept = 127.0.0.1:${port}`, `connect = ${new URL(sim.host).host}`, `cert = ${issued.both}`];
  const all = ['foreground = yes', 'pid =', 'debug = err', '[xapi]', ...service, 'TIMEOUTclose = 5', ...lines];
  writeFileSync(settings, `${all.join('\n')}\n`);
  return serve('stunnel4', [settings], port);
}

const ofTwentyTen = ['sslVersion = TLSv1', 'ciphers = AES256-SHA:AES128-SHA', 'securityLevel = 0'];

const meet = ({ port }: Server, how: { ca?: string; legacyTls?: boolean } = {}) =>
  networkOf([], nothingAgreed).meet(new URL(`https://127.0.0.1:${port}`), how, signal);
const reach = ({ port }: Server, agreement: Agreement | null = null) =>
  networkOf([], () => Promise.resolve(agreement)).reach(new URL(`https://127.0.0.1:${port}`), signal);

realTest('what is wrong with a certificate is told as what it is', ['openssl'], async () => {
  const ca = readFileSync((await workshop.authority('ca')).certificate, 'utf8');
  const other = readFileSync((await workshop.authority('other')).certificate, 'utf8');
  const here = 'IP:127.0.0.1,DNS:xvm03';
  const good = await openssl(await workshop.signed('good', 'ca', { names: here }));
  expect(await meet(good, { ca })).toMatchObject({ flaw: null, names: ['127.0.0.1', 'xvm03'], issuer: 'CN=ca' });
  expect(await meet(good, { ca: other })).toMatchObject({ flaw: 'unknown-ca' });
  expect(await meet(good)).toMatchObject({ flaw: 'unknown-ca', protocol: 'TLSv1.3' });
  await reach(good, { trusts: { ca }, legacyTls: false });
  await expect(reach(good)).rejects.toMatchObject({ kind: 'certificate', agreement: null });
  await expect(reach(good, { trusts: { ca: other }, legacyTls: false })).rejects.toMatchObject({
    kind: 'certificate',
    agreement: { trusts: { ca: other } },
  });

  const expired = await openssl(await workshop.signed('expired', 'ca', { names: here, until: '20210101' }));
  expect(await meet(expired, { ca })).toMatchObject({ flaw: 'expired', notAfter: '2021-01-01T00:00:00.000Z' });
  const early = await openssl(await workshop.signed('early', 'ca', { names: here, from: '20390101' }));
  expect(await meet(early, { ca })).toMatchObject({ flaw: 'not-yet-valid' });
  const elsewhere = await openssl(await workshop.signed('elsewhere', 'ca', { names: 'DNS:xvm04' }));
  expect(await meet(elsewhere, { ca })).toMatchObject({ flaw: 'wrong-name', names: ['xvm04'] });
  const issued = await workshop.selfSigned('own', { names: here });
  const own = await openssl(issued);
  expect(await meet(own)).toMatchObject({ flaw: 'self-signed', fingerprint: issued.fingerprint });
  // Which has no say where the fingerprint was agreed to.
  await reach(own, { trusts: { fingerprint: issued.fingerprint }, legacyTls: false });
  await expect(reach(expired, { trusts: { fingerprint: issued.fingerprint }, legacyTls: false })).rejects.toThrow();
});

realTest(
  'hosts of 2010: TLS 1.0, small keys, MD5 and SHA-1 are old, and spoken where that was agreed to',
  ['openssl'],
  async () => {
    const plain = ['-tls1', '-cipher', 'AES256-SHA:AES128-SHA:@SECLEVEL=0'];
    for (const [bits, digest] of [
      [1024, 'sha1'],
      [1024, 'md5'],
      [512, 'md5'],
    ] as const) {
      const issued = await workshop.selfSigned(`old-${bits}-${digest}`, { bits, digest });
      const server = await openssl(issued, ...plain);
      await expect(reach(server)).rejects.toMatchObject({ kind: 'old-tls', known: false });
      const shown = await meet(server, { legacyTls: true });
      expect(shown).toMatchObject({ protocol: 'TLSv1', flaw: 'self-signed', fingerprint: issued.fingerprint });
      await reach(server, { trusts: { fingerprint: issued.fingerprint }, legacyTls: true });
      await server.stop();
    }
    const later = await openssl(await workshop.selfSigned('tls11'), '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0');
    await expect(reach(later)).rejects.toMatchObject({ kind: 'old-tls' });
  },
);

/** The built program, without a terminal. */
async function xenfai(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { code, out } = await run(process.execPath, [built, ...args, '--json'], { env });
  return { code, json: JSON.parse(out) };
}

const settings = () => mkdtempSync(join(tmpdir(), 'xenfai-tls-'));

realTest(
  'stunnel with a certificate of a private CA: by its file, by the system’s CAs, swapped',
  ['openssl', 'stunnel4'],
  async () => {
    const sim = await simulator();
    stops.push(() => sim.stop());
    const ca = await workshop.authority('site');
    const names = 'IP:127.0.0.1';
    const server = await stunnel(sim, await workshop.signed('first', 'site', { names }));
    const host = `127.0.0.1:${server.port}`;
    const env = { XENFAI_PASSWORD: sim.password, XENFAI_HOST: host, XENFAI_CONFIG_DIR: settings() };
    expect(await xenfai(env, 'status')).toMatchObject({
      code: 5,
      json: { error: { code: 'certificate-not-trusted' } },
    });
    expect(sim.world.sessions.size).toBe(0);
    for (const named of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])
      expect(await xenfai({ ...env, [named]: ca.certificate }, 'status')).toMatchObject({ code: 0 });
    expect(await xenfai(env, 'hosts', 'trust', host, '--ca-file', ca.certificate)).toMatchObject({
      code: 0,
      json: { host: { caFile: ca.certificate, fingerprint: null } },
    });
    expect((await xenfai(env, 'status')).code).toBe(0);
    await server.stop();

    const renewed = await stunnel(sim, await workshop.signed('second', 'site', { names }), [], server.port);
    expect((await xenfai(env, 'status')).code).toBe(0);
    await renewed.stop();
    const swapped = await stunnel(sim, await workshop.selfSigned('swapped', { names }), [], server.port);
    expect(await xenfai(env, 'status')).toMatchObject({ code: 5, json: { error: { code: 'certificate-changed' } } });
    expect(sim.world.sessions.size).toBe(0);
    await swapped.stop();
  },
);

realTest('stunnel as a XenServer 5.6 runs it', ['openssl', 'stunnel4'], async () => {
  const sim = await simulator();
  stops.push(() => sim.stop());
  const issued = await workshop.selfSigned('xvm03', { bits: 1024, digest: 'md5' });
  const server = await stunnel(sim, issued, ofTwentyTen);
  const host = `127.0.0.1:${server.port}`;
  const env = { XENFAI_PASSWORD: sim.password, XENFAI_HOST: host, XENFAI_CONFIG_DIR: settings() };
  const refused = await xenfai(env, 'status');
  expect(refused).toMatchObject({ code: 5, json: { error: { code: 'old-tls' } } });
  const [, line = ''] = refused.json.error.try;
  expect(line).toContain(`xenfai hosts trust ${host} --fingerprint ${issued.fingerprint} --legacy-tls`);
  // Not without the word for it.
  expect((await xenfai(env, 'hosts', 'trust', host, '--fingerprint', issued.fingerprint)).code).toBe(5);
  const words = line
    .replace(/ {3}#.*/, '')
    .split(' ')
    .slice(1);
  expect(await xenfai(env, ...words)).toMatchObject({ code: 0, json: { host: { legacyTls: true } } });
  expect((await xenfai(env, 'status')).code).toBe(0);
  await server.stop();
  // Another host of that age in its place.
  const other = await stunnel(
    sim,
    await workshop.selfSigned('other03', { bits: 1024, digest: 'sha1' }),
    ofTwentyTen,
    server.port,
  );
  expect(await xenfai(env, 'status')).toMatchObject({ code: 5, json: { error: { code: 'certificate-changed' } } });
  await other.stop();
});
