import { resolve } from 'node:path';
import { flawText, typedHost } from '../hosts/certificate.ts';
import { oldTls, untrusted } from '../hosts/explain-tls.ts';
import { agreed, meetHost, type Offer, TrustNeeded } from '../hosts/trust.ts';
import { BadValue } from '../problem/bad-value.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { type KnownHost, readCa, readFingerprint } from '../settings/known-host.ts';
import { authorityIn } from './host-operand.ts';
import { hostJson, trustedIs } from './hosts.ts';
import { offerRows } from './offer-rows.ts';
import { note } from './print.ts';
import type { Result } from './result.ts';
import { loadSettings } from './settings.ts';
import { command } from './spec.ts';
import type { Surroundings } from './surroundings.ts';
import { ask } from './trusting.ts';
import { usage } from './usage.ts';
import { wayOrNone } from './values.ts';
import { networkAt } from './via.ts';

export const hostsTrust = command({
  name: 'hosts trust',
  about:
    'trusts a host by its certificate from now on; without a fingerprint or a CA it is shown first, and asked about',
  takes: (take) => ({
    address: take.one('HOST'),
    fingerprint: take.as('--fingerprint <sha256>', 'of the certificate it must show', fingerprint),
    caFile: take.text('--ca-file <file>', 'instead: a CA of your own that must have signed it, in PEM'),
    via: take.as('--via <user@host>', 'where only the port of ssh is open there: by it; or none', wayOrNone),
    legacyTls: take.on('--legacy-tls', 'XenServer 5.6 to 6.2: old TLS, which an able attacker can read'),
  }),
  examples: [
    ['xenfai hosts trust xvm03', 'shows the certificate and asks'],
    [`xenfai hosts trust xvm03 --fingerprint ${'AB:'.repeat(31)}AB`, 'the same for a script'],
    ['xenfai hosts trust xvm03 --legacy-tls', 'a XenServer 5.6'],
  ],
  without: ['--yes', '--low-bandwidth', '--screen-reader'],
  exits: [exit.unreachable, exit.certificate],
  access: 'none',
  async run(options, around): Promise<Result> {
    const { address, caFile, dryRun } = options;
    if (caFile !== undefined && options.fingerprint !== undefined) usage('Either --fingerprint or --ca-file.');
    const settings = await loadSettings(around);
    const { url, way, authority } = authorityIn(address, settings);
    const before = settings.hosts().find(({ host }) => host === authority);
    const path = caFile === undefined ? undefined : resolve(caFile);
    const ca = path === undefined ? undefined : await readCa(path);
    const transport = await networkAt(options.via === undefined ? way : options.via, around);
    const offer = await offered(url, { ca, legacyTls: options.legacyTls }, { ...around, transport });
    const after = agreed(offer, around.now(), path);
    const same = before !== undefined && isSame(before, after);
    if (!same && !(await isAgreed(offer, { ...options, before }, around)))
      return { exit: exit.done, json: { host: null, changed: false }, lines: ['Nothing was changed.'] };
    if (!same && !dryRun) await settings.trust(after);
    return {
      exit: exit.done,
      json: { host: hostJson(after), changed: !same && !dryRun, ...(dryRun ? { dryRun } : {}) },
      lines: [`${typedHost(authority)} ${dryRun && !same ? 'would be' : 'is'} trusted: ${trustedIs(after)}`],
    };
  },
});

function fingerprint(text: string): string {
  const read = readFingerprint(text);
  if (read === null) throw new BadValue('64 hexadecimal digits are wanted, with or without colons');
  return read;
}

const isSame = (one: KnownHost, other: KnownHost): boolean =>
  one.fingerprint === other.fingerprint && one.caFile === other.caFile && one.legacyTls === other.legacyTls;

/** What the host shows. A host that knows only old TLS is shown where somebody can be asked, too. */
async function offered(
  url: URL,
  how: { readonly ca: string | undefined; readonly legacyTls: boolean },
  around: Surroundings,
): Promise<Offer> {
  try {
    return { presented: await meetHost(url, how, around), legacyTls: how.legacyTls };
  } catch (error) {
    if (error instanceof TrustNeeded && around.interactive && how.ca === undefined) return error.offer;
    throw error;
  }
}

interface Wanted {
  readonly fingerprint: string | undefined;
  readonly caFile: string | undefined;
  readonly before: KnownHost | undefined;
}

/** Named exactly, or asked for. Errors: exit 5 for another certificate than was named, and where nobody can be asked. */
async function isAgreed(offer: Offer, { fingerprint: named, caFile, before }: Wanted, around: Surroundings) {
  const { presented } = offer;
  if (caFile !== undefined) return presented.flaw === null || notSigned(offer);
  if (named !== undefined) return named === presented.fingerprint || another(offer, named);
  if (!around.interactive)
    return fail(offer.legacyTls ? oldTls(presented.authority, presented) : untrusted(presented));
  if (before !== undefined) note(around, `Trusted until now: ${trustedIs(before)}`, 'The host shows:');
  note(around, ...offerRows(offer, around.now()));
  return ask(`Trust ${typedHost(presented.authority)} by this certificate from now on?`, around);
}

const another = ({ presented }: Offer, named: string): never =>
  fail({
    code: 'certificate-not-trusted',
    exit: exit.certificate,
    message: `${typedHost(presented.authority)} shows another certificate than was named.`,
    cause: `It shows SHA-256 ${presented.fingerprint}, not ${named}. Nothing was changed.`,
  });

const notSigned = ({ presented }: Offer): never =>
  fail({
    code: 'certificate-not-trusted',
    exit: exit.certificate,
    message: `The CA does not vouch for the certificate of ${typedHost(presented.authority)}.`,
    cause: `${flawText(presented)}. Nothing was changed.`,
  });
