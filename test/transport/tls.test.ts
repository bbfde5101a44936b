import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { networkOf } from '../../source/transport/network.ts';
import { askedName, authorityOf, serverOf } from '../../source/transport/server-name.ts';
import { type Agreement, flawOf, judge, type Presented } from '../../source/transport/trust.ts';
import { simulator } from '../harness.ts';

const signal = new AbortController().signal;

test.each([
  ['https://xvm03', 'xvm03:443', 'xvm03'],
  ['https://XVM03:8443', 'xvm03:8443', 'xvm03'],
  ['https://xvm03.example.org.', 'xvm03.example.org:443', 'xvm03.example.org'],
  ['https://10.1.1.3', '10.1.1.3:443', ''],
  ['https://[fe80::1]:444', '[fe80::1]:444', ''],
])('%s is kept as %s and asks for "%s"', (url, authority, name) => {
  const server = serverOf(new URL(url));
  expect([authorityOf(server), askedName(server)]).toEqual([authority, name]);
});

const presented: Presented = {
  authority: 'xvm03:443',
  fingerprint: 'AA:BB',
  names: ['xvm03'],
  issuer: 'CN=xvm03',
  notBefore: '2010-05-01T00:00:00.000Z',
  notAfter: '2020-04-28T00:00:00.000Z',
  protocol: 'TLSv1',
  flaw: 'self-signed',
};
const pinned = (fingerprint: string): Agreement => ({ trusts: { fingerprint }, legacyTls: false });
const byCa: Agreement = { trusts: { ca: 'PEM' }, legacyTls: false };

test.each<[Presented['flaw'], string, Agreement | null, ReturnType<typeof judge>]>([
  [null, 'AA:BB', null, 'trusted'],
  ['self-signed', 'AA:BB', null, 'unknown'],
  ['wrong-name', 'AA:BB', null, 'unknown'],
  ['expired', 'AA:BB', pinned('AA:BB'), 'trusted'],
  ['self-signed', 'CC:DD', pinned('AA:BB'), 'changed'],
  // Somebody on the way may have a certificate that this machine trusts.
  [null, 'CC:DD', pinned('AA:BB'), 'changed'],
  [null, 'CC:DD', byCa, 'trusted'],
  ['unknown-ca', 'AA:BB', byCa, 'changed'],
  ['wrong-name', 'AA:BB', byCa, 'changed'],
])('flaw %s, showing %s, agreed to %j: %s', (flaw, fingerprint, agreement, verdict) => {
  expect(judge({ ...presented, flaw, fingerprint }, agreement)).toBe(verdict);
});

test('whatever is shown: with a fingerprint agreed to, that one is trusted and no other', () => {
  const digits = fc.constantFrom('AA:BB', 'AA:BC', 'aa:bb', 'AA', '');
  const flaw = fc.constantFrom(null, flawOf('CERT_HAS_EXPIRED'), flawOf('nobody knows'), flawOf('UNSPECIFIED'));
  fc.assert(
    fc.property(digits, digits, flaw, (shown, agreed, why) => {
      const verdict = judge({ ...presented, fingerprint: shown, flaw: why }, pinned(agreed));
      expect(verdict).toBe(shown === agreed ? 'trusted' : 'changed');
    }),
  );
});

describe('a host of 2010', () => {
  let sim: Simulator;
  let url: URL;
  beforeEach(async () => {
    sim = await simulator({ tlsPort: 0 });
    url = new URL(sim.tlsHost ?? '');
  });
  afterEach(() => sim.stop());
  const network = (agreement: Agreement | null) => networkOf([], () => Promise.resolve(agreement));

  test('is refused for its age, and shows what it is where old TLS is spoken', async () => {
    await expect(network(null).reach(url, signal)).rejects.toMatchObject({ kind: 'old-tls', known: false });
    await expect(network(pinned('AA')).reach(url, signal)).rejects.toMatchObject({ kind: 'old-tls', known: true });
    const shown = await network(null).meet(url, { legacyTls: true }, signal);
    expect(shown).toMatchObject({ names: ['127.0.0.1'], protocol: 'TLSv1', flaw: 'self-signed' });
    expect(shown.authority).toBe(url.host);
    expect(shown.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(Date.parse(shown.notAfter)).toBeGreaterThan(Date.parse(shown.notBefore));
  });

  test('is spoken to where somebody has agreed to it and to old TLS, on several connections at once', async () => {
    const { fingerprint } = await network(null).meet(url, { legacyTls: true }, signal);
    const trusting = network({ trusts: { fingerprint }, legacyTls: true }).http(url, { keep: true });
    const get = () => trusting.request({ method: 'GET', path: '/', headers: {}, signal });
    const replies = await Promise.all([get(), get(), get()]);
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    trusting.close();
    const other = network({ trusts: { fingerprint: fingerprint.replace(/^../, '00') }, legacyTls: true }).http(url);
    await expect(other.request({ method: 'GET', path: '/', headers: {}, signal })).rejects.toMatchObject({
      kind: 'certificate',
      presented: { fingerprint },
    });
  });
});

test('a later release is spoken to with today’s TLS', async () => {
  const sim = await simulator({ tlsPort: 0, tlsOf: '7.6.0' });
  const shown = await networkOf([], () => Promise.resolve(null)).meet(new URL(sim.tlsHost ?? ''), {}, signal);
  expect(shown).toMatchObject({ protocol: 'TLSv1.2', flaw: 'self-signed' });
  await sim.stop();
});

describe('what is no TLS', () => {
  const network = networkOf([], () => Promise.resolve(null));
  const at = (server: { address(): unknown }) =>
    new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const listening = (server: { once(event: 'listening', then: () => void): unknown }) =>
    new Promise<void>((resolve) => server.once('listening', resolve));

  test('is said to be plain http where it answers so', async () => {
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await listening(server);
    await expect(network.reach(at(server), signal)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('http://'),
    });
    server.close();
  });

  test('was sent nothing but a handshake, and is not waited for longer than somebody wants', async () => {
    let heard = Buffer.alloc(0);
    const sockets: Socket[] = [];
    const server = createTcp((socket) => {
      sockets.push(socket);
      socket.on('data', (data) => {
        heard = Buffer.concat([heard, data]);
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await listening(server);
    const life = new AbortController();
    const connections = network.http(at(server));
    const request = { method: 'POST', path: '/', headers: {}, body: Buffer.from('secret') } as const;
    const waiting = connections.request({ ...request, signal: life.signal });
    while (heard.length === 0) await new Promise((next) => setTimeout(next, 5));
    life.abort(new DOMException('no answer', 'TimeoutError'));
    await expect(waiting).rejects.toMatchObject({ kind: 'timeout' });
    connections.close();
    await Promise.all(sockets.map((socket) => new Promise((gone) => socket.once('close', gone))));
    expect(heard.includes('secret')).toBe(false);
    expect(heard[0]).toBe(22);
    server.close();
  });

  test('and what hangs up in the middle was not sent anything that could have been done', async () => {
    const server = createTcp((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
    await listening(server);
    await expect(network.reach(at(server), signal)).rejects.toMatchObject({ kind: 'unreachable' });
    server.close();
  });
});
