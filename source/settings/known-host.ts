import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import type { Agreement } from '../transport/trust.ts';
import { openRegular } from './given-file.ts';
import { tooLarge } from './own-file.ts';

/** SHA-256 with or without colons, in letters of either size, as programs print it; null when it is none. */
export function readFingerprint(text: string): string | null {
  const digits = text
    .trim()
    .replace(/^(sha-?256( fingerprint)?[:=])/i, '')
    .replaceAll(':', '');
  return /^[0-9a-f]{64}$/i.test(digits) ? (digits.toUpperCase().match(/../g)?.join(':') ?? null) : null;
}

const fingerprint = z.pipe(
  z.string().check(z.refine((text) => readFingerprint(text) !== null)),
  z.transform((text) => readFingerprint(text) ?? ''),
);

/** What somebody has agreed to for one host and port: its certificate, or a CA of their own. */
export const knownHost = z
  .object({
    /** "xvm03:443". */
    host: z.string(),
    /** Of the whole certificate, SHA-256. */
    fingerprint: z.optional(fingerprint),
    /** An absolute path. */
    caFile: z.optional(z.string()),
    /** Old TLS may be spoken with it. */
    legacyTls: z._default(z.boolean(), false),
    /** When that was agreed to, an ISO time. */
    since: z._default(z.string(), ''),
  })
  .check(z.refine(({ fingerprint: one, caFile }) => (one === undefined) !== (caFile === undefined)));
export type KnownHost = Readonly<z.infer<typeof knownHost>>;

/** The same for whoever shakes hands. Errors: exit 2, for a CA file that cannot be read. */
export async function agreementOf({ fingerprint: one, caFile, legacyTls }: KnownHost): Promise<Agreement> {
  if (one !== undefined) return { trusts: { fingerprint: one }, legacyTls };
  return { trusts: { ca: await readCa(caFile ?? '') }, legacyTls };
}

/** CA certificates in PEM, from a file that will be there the next time, too. Errors: exit 2, naming it. */
export async function readCa(path: string): Promise<string> {
  const text = await readFile(path).catch((error: unknown) =>
    refused(path, error instanceof Error ? error.message : String(error)),
  );
  return text.includes('-----BEGIN CERTIFICATE-----') ? text : refused(path, 'there is no certificate in it (PEM)');
}

async function readFile(path: string): Promise<string> {
  const { file, size } = await openRegular(path);
  try {
    if (size > limits.settings.size) throw tooLarge(limits.settings.size);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const refused = (path: string, cause: string): never =>
  fail({ code: 'ca-file', exit: exit.usage, message: `The CA file ${path} cannot be used.`, cause });
