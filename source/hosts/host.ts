import * as z from 'zod/mini';
import { type BootRules, shownRelease, unknownRules, type XenVersion } from '../boot/releases.ts';
import { parseVersion } from '../boot/version.ts';
import { limits } from '../limits/limits.ts';
import type { Problem } from '../problem/problem.ts';
import type { Shell } from '../transport/ssh/shell.ts';
import type { Transport } from '../transport/transport.ts';
import type { Access } from '../xapi/access.ts';
import { hostRecord, isNull, poolRecord, type Ref, ref } from '../xapi/records.ts';
import type { Secret } from '../xapi/secret.ts';
import { NotFound } from '../xapi/seek.ts';
import { login, type Session } from '../xapi/session.ts';
import { type Account, readAccount } from './account.ts';
import { showAddress } from './address.ts';
import { type Capabilities, capabilities } from './capabilities.ts';
import { explain } from './explain.ts';
import { type Offer, offerOf, openingFailure } from './trust.ts';

/** What a host is and how it boots PV guests, read from itself. */
export interface HostFacts {
  readonly product: string;
  readonly version: string;
  readonly name: string;
  readonly pool: string;
  readonly poolRef: Ref;
  readonly poolUuid: string;
  /** Who is logged in, and what that account may do. */
  readonly account: Account;
  /** The pool's coordinator. */
  readonly coordinator: Ref;
  /** Bare addresses of the pool's hosts, the coordinator among them. Foreign text. */
  readonly members: readonly string[];
  readonly xen: XenVersion | null;
  /** What its release makes of a VM's record. */
  readonly rules: BootRules;
  readonly able: Capabilities;
  readonly defaultSr: Ref;
}

/** A profile opened: a session on the pool's coordinator. */
export interface Host {
  /** Of the coordinator, which may become another one. */
  readonly address: string;
  readonly session: Session;
  /** Commands in the dom0 of the host that was named; null: no way of ssh leads there. */
  readonly dom0: Shell | null;
  /** A certificate that an error offers to agree to, of a host of the pool; null: it offers none. */
  offerOf(error: unknown, signal: AbortSignal): Promise<Offer | null>;
  /** Any error as a problem that names this host. */
  explain(error: unknown): Problem;
  /** Read once, when somebody needs them. */
  facts(): Promise<HostFacts>;
  /** The time by the host's own clock: what marks and claims are dated with. */
  now(): Promise<Date>;
  /** Milliseconds by which the host's clock is ahead of ours; asked once. */
  clockAhead(): Promise<number>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly url: URL;
  readonly user: string;
  readonly password: Secret;
  /** Bare addresses of other hosts of its pool, where some are known from before. */
  readonly members?: readonly string[] | undefined;
  readonly timeout: number;
  readonly access: Access;
  readonly transport: Transport;
  readonly signal?: AbortSignal | undefined;
  /** Our own clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Logs in at the coordinator of the pool, whichever of its hosts was named. Each of them is trusted for itself. Errors:
 * ProblemError with exit 3, 4, 5 or 10; TrustNeeded where somebody may agree to what the host shows.
 */
export async function openHost(options: OpenOptions): Promise<Host> {
  const session = await login(options).catch(async (error: unknown) => {
    throw error instanceof NotFound ? await failureAt(error.url, error.cause, options) : error;
  });
  return hostOf(session, options);
}

const failureAt = (url: URL, error: unknown, { transport, signal }: OpenOptions): Promise<Error> =>
  openingFailure(error, { url, address: showAddress(url), transport, signal });

function hostOf(session: Session, { user, now, transport }: OpenOptions): Host {
  let facts: Promise<HostFacts> | null = null;
  let offset: Promise<number> | null = null;
  const host: Host = {
    get address() {
      return showAddress(session.url);
    },
    session,
    get dom0() {
      return transport.shellOn(session.url);
    },
    explain: (error) => explain(error, host.address),
    offerOf: (error, signal) => offerOf(error, { transport, signal }),
    facts() {
      // What could not be read is asked for anew the next time.
      facts ??= readFacts(session, user).catch((error: unknown) => {
        facts = null;
        throw error;
      });
      return facts;
    },
    now: async () => new Date(now() + (await host.clockAhead())),
    clockAhead() {
      offset ??= host
        .facts()
        .then(({ coordinator }) => clockOffset(session, coordinator, now))
        .catch((error: unknown) => {
          offset = null;
          throw error;
        });
      return offset;
    },
    close: () => session.close(),
  };
  return host;
}

async function readFacts(session: Session, user: string): Promise<HostFacts> {
  const [pools, hosts, account] = await Promise.all([
    session.call('pool.get_all_records', [], z.record(ref, poolRecord)),
    session.call('host.get_all_records', [], z.record(ref, hostRecord)),
    readAccount(session, user),
  ]);
  const members = Object.values(hosts)
    .map(({ address }) => address)
    .slice(0, limits.session.members);
  session.know(members);
  const [entry] = Object.entries(pools);
  const pool = entry?.[1];
  const coordinator = pool?.master ?? ref.parse(Object.keys(hosts)[0] ?? '');
  const record = hosts[coordinator] ?? Object.values(hosts)[0];
  const software = record?.software_version ?? {};
  const version = software['product_version'] ?? software['platform_version'] ?? '';
  const { API_version_major: major = 0, API_version_minor: minor = 0 } = record ?? {};
  const known = shownRelease(version, { major, minor });
  const able = capabilities(known, record?.capabilities);
  if (able.jsonRpc) session.readInJson();
  return {
    product: software['product_brand'] ?? software['platform_name'] ?? 'XenServer',
    version,
    name: record?.name_label ?? '',
    pool: pool?.name_label ?? '',
    poolRef: ref.parse(entry?.[0] ?? ''),
    poolUuid: pool?.uuid ?? '',
    account,
    coordinator,
    members,
    xen: parseVersion(software['xen'] ?? '') ?? known?.xen ?? null,
    rules: known ?? unknownRules,
    able,
    defaultSr: pool?.default_SR ?? ref.parse(''),
  };
}

/** Milliseconds by which the host's clock is ahead of ours; half a round trip more or less. */
async function clockOffset(session: Session, coordinator: Ref, now: () => number): Promise<number> {
  if (isNull(coordinator)) return 0;
  const before = now();
  const told = await session.call('host.get_servertime', [coordinator], z.string());
  const here = (before + now()) / 2;
  const there = hostTime(told);
  return there === null ? 0 : there.getTime() - here;
}

/** "20101115T10:53:00Z", as xapi writes a time; null when it is none. */
export function hostTime(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, time, fraction = ''] = match;
  const date = new Date(`${year}-${month}-${day}T${time}${fraction.slice(0, 4)}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
