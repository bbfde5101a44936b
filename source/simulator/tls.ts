import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import forge from 'node-forge';
import { answers, keepAliveTimeout, patient } from './http.ts';
import type { Member } from './pool.ts';
import type { World } from './world.ts';

// stunnel in dom0, in front of the API: what it speaks and shows, release by release (init.d-xapissl and
// generate_ssl_cert of 5.6; xapi-stunnel of 7.0 on). node-forge makes certificates, as Node cannot: it is kept, and
// brings nothing along.

interface Spoken {
  readonly bits: number;
  readonly digest: 'sha1' | 'sha256';
  readonly options: ServerOptions;
}

/** Up to 6.2: OpenSSL 0.9.8, RSA key exchange only. */
const old: Spoken = {
  bits: 1024,
  digest: 'sha1',
  options: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'AES256-SHA:AES128-SHA:@SECLEVEL=0' },
};

const newer: Spoken = { bits: 2048, digest: 'sha256', options: { maxVersion: 'TLSv1.2' } };

const spokenBy = (release: string): Spoken => (Number.parseFloat(release) < 6.5 ? old : newer);

export interface TlsOptions {
  readonly release: string;
  /** A PEM file with the key and certificate: read where it is there, else written. */
  readonly keep: string | undefined;
  /** The host of the pool that it stands in front of. */
  readonly at: Member;
}

/** The API behind TLS, with a certificate of its own. */
export function tlsServer(world: World, latency: number, { release, keep, at }: TlsOptions): Server {
  const pem = keep === undefined ? newCertificate(release, at.address) : kept(keep, release);
  const options = { ...spokenBy(release).options, key: pem, cert: pem, keepAliveTimeout };
  return patient(createServer(options, answers(world, latency, at)));
}

function kept(path: string, release: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const pem = newCertificate(release);
    writeFileSync(path, pem, { mode: 0o600 });
    return pem;
  }
}

/** Key and certificate in PEM: signed by itself, for the host's address as its CN alone, for 3650 days. */
export function newCertificate(release: string, address = '127.0.0.1'): string {
  const { bits, digest } = spokenBy(release);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '00';
  certificate.validity.notBefore = new Date(Date.now() - day);
  certificate.validity.notAfter = new Date(Date.now() + 3650 * day);
  const name = [{ name: 'commonName', value: address }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md[digest].create());
  return `${privateKey}${forge.pki.certificateToPem(certificate)}`;
}

const day = 86_400_000;
