import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { built } from '../end-to-end/terminal.ts';
import { simulator } from '../harness.ts';
import { programPath, realTest } from './needs.ts';

async function status(
  host: string,
  env: Record<string, string>,
): Promise<{ code: number; json: { ok: boolean; error?: { code: string } } }> {
  const child = spawn(process.execPath, [built, 'status', '--json', '--host', host], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const [code] = await once(child, 'close');
  return { code, json: JSON.parse(out) };
}

realTest('a certificate nobody vouches for is exit 5; with its CA known it is trusted', ['openssl'], async () => {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    programPath('openssl'),
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=xvm03',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  const sim = await simulator();
  const front = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    const onward = request(sim.host, { method: incoming.method, headers: incoming.headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const host = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const env = { XENFAI_PASSWORD: sim.password, XENFAI_CONFIG_DIR: folder };
  expect(await status(host, env)).toMatchObject({
    code: 5,
    json: { ok: false, error: { code: 'certificate-not-trusted' } },
  });
  expect(sim.world.sessions.size).toBe(0);
  expect(await status(host, { ...env, NODE_EXTRA_CA_CERTS: cert })).toMatchObject({ code: 0, json: { ok: true } });
  front.closeAllConnections();
  front.close();
  await sim.stop();
});
