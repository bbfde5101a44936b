import * as z from 'zod';
import { hostRelease, type LoaderGeneration, parseXenVersion, type XenVersion } from '../boot/releases.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { hostRecord, poolRecord } from '../xapi/records.ts';
import { login, type Session } from '../xapi/session.ts';
import { isLoopback, sendsPasswordInClear, showAddress } from './address.ts';
import { explain } from './explain.ts';

/** What a host is and how it boots PV guests, read from itself. */
export interface HostFacts {
  readonly product: string;
  readonly version: string;
  readonly name: string;
  readonly pool: string;
  readonly xen: XenVersion | null;
  readonly loader: LoaderGeneration;
  readonly defaultSr: string;
}

/** A profile opened: a session on the pool's master. */
export interface Host {
  readonly address: string;
  readonly session: Session;
  /** Any error of a call as a problem that names this host. */
  explain(error: unknown): Problem;
  /** Read once, when somebody needs them. */
  facts(): Promise<HostFacts>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly url: URL;
  readonly user: string;
  readonly password: string;
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Logs in; a pool member sends us on to its master, once. Errors: ProblemError with exit 3, 4, 5 or 10. */
export async function openHost(options: OpenOptions): Promise<Host> {
  const address = showAddress(options.url);
  try {
    return hostOf(address, await login(options));
  } catch (error) {
    const master = masterOf(error, options.url);
    // Through a tunnel the password must not leave the machine readable after all.
    const leaks = master !== null && isLoopback(options.url) && sendsPasswordInClear(master);
    if (master === null || leaks) throw new ProblemError(explain(error, address), { cause: error });
    try {
      return hostOf(showAddress(master), await login({ ...options, url: master }));
    } catch (second) {
      throw new ProblemError(explain(second, showAddress(master)), { cause: second });
    }
  }
}

/** HOST_IS_SLAVE names the master bare: scheme and port are taken over, an IPv6 address gets its brackets. */
function masterOf(error: unknown, url: URL): URL | null {
  if (!(error instanceof HostFailure)) return null;
  const sorted = classify(error);
  if (sorted.kind !== 'slave') return null;
  const host = sorted.master.includes(':') ? `[${sorted.master}]` : sorted.master;
  const text = `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`;
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(text) ? new URL(text) : null;
}

function hostOf(address: string, session: Session): Host {
  let facts: Promise<HostFacts> | null = null;
  return {
    address,
    session,
    explain: (error) => explain(error, address),
    facts() {
      facts ??= readFacts(session);
      return facts;
    },
    close: () => session.close(),
  };
}

async function readFacts(session: Session): Promise<HostFacts> {
  const pools = await session.call('pool.get_all_records', [], z.record(z.string(), poolRecord));
  const pool = Object.values(pools)[0];
  const hosts = await session.call('host.get_all_records', [], z.record(z.string(), hostRecord));
  const master = hosts[pool?.master ?? ''] ?? Object.values(hosts)[0];
  const software = master?.software_version ?? {};
  const version = software['product_version'] ?? software['platform_version'] ?? '';
  const known = hostRelease(version);
  return {
    product: software['product_brand'] ?? software['platform_name'] ?? 'XenServer',
    version,
    name: master?.name_label ?? '',
    pool: pool?.name_label ?? '',
    xen: parseXenVersion(software['xen'] ?? '') ?? known?.xen ?? null,
    loader: known?.loader ?? 2014,
    defaultSr: pool?.default_SR ?? '',
  };
}
