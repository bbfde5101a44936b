import type { ZodMiniType } from 'zod/mini';
import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import type { HttpConnections, Transport } from '../transport/transport.ts';
import { type Access, isRead, ReadOnlyRefusal } from './access.ts';
import { Asking } from './asking.ts';
import { type Download, download } from './download.ts';
import { classify, HostFailure } from './errors.ts';
import { exchange } from './exchange.ts';
import { loginCall } from './login-call.ts';
import { pause } from './pause.ts';
import type { Secret } from './secret.ts';
import { mayBeElsewhere, NotFound, seek } from './seek.ts';
import type { Param } from './value.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one exchange; null waits for ever. */
  readonly timeout?: number | null;
}

/**
 * A login on the pool's coordinator, and the policies of every call: a reading session sends no write; a session the
 * host has forgotten is opened anew; the coordinator is followed, and looked for among the other hosts of its pool when
 * it is away; a read whose answer was lost is asked again while the patience lasts; a write never is: whoever wrote reads
 * the record and judges.
 */
export interface Session {
  readonly access: Access;
  /** Where the coordinator is now: it may be another host than it was. */
  readonly url: URL;
  /** Bare addresses of the pool's hosts: they are asked when the coordinator is away. */
  know(members: readonly string[]): void;
  /** The host has JSON-RPC: see Asking. */
  readInJson(): void;
  call<S extends ZodMiniType>(
    method: string,
    params: readonly Param[],
    result: S,
    options?: CallOptions,
  ): Promise<z.output<S>>;
  /** The record of the session itself. */
  ownRecord<S extends ZodMiniType>(result: S): Promise<z.output<S>>;
  /** Bytes of one of the host's other handlers, such as /export_raw_vdi. */
  download(what: Download): Promise<AsyncIterable<Uint8Array>>;
  /** The same login under another signal, with another patience for a host that is away. */
  within(limits: { readonly signal?: AbortSignal; readonly patience?: number }): Session;
  /** Grows with each login: what the host keeps for a session, or has told it, counts for that one only. */
  login(): number;
  /** Logs in once more. After a connection was cut in event.next, the old session may lose the next events. */
  renew(signal: AbortSignal): Promise<void>;
  /** Logs out; never throws, because it runs on every way out. */
  close(): Promise<void>;
}

export interface LoginOptions {
  readonly url: URL;
  readonly user: string;
  readonly password: Secret;
  /** Bare addresses of other hosts of the pool, where some are known from before. */
  readonly members?: readonly string[] | undefined;
  /** Milliseconds a call may take. */
  readonly timeout: number;
  readonly access: Access;
  readonly transport: Transport;
  /** Ends the login; later calls are given their own. */
  readonly signal?: AbortSignal | undefined;
}

const firstPause = 250;
const longestPause = 4000;

/** One login: its handle is worth nothing on another host, or after a restart of xapi. */
interface Login {
  readonly url: URL;
  readonly handle: string;
  readonly connections: HttpConnections;
}

/**
 * Logs in at the pool's coordinator, whichever of its hosts was named. Errors: NotFound, whose `cause` is the failure and
 * `url` the host that it is about.
 */
export async function login(options: LoginOptions): Promise<Session> {
  const { timeout, access, transport } = options;
  const sentOnFrom = (error: unknown, url: URL): URL | null => sentOn(error, url, transport.isReadable);
  let members = options.members ?? [];
  let current = await find(options.url, options.signal, null);
  let logins = 1;
  let renewing: Promise<void> | null = null;
  let closed = false;
  const asking = new Asking();

  function find(from: URL, signal: AbortSignal | undefined, before: Login | null): Promise<Login> {
    const others = members.flatMap((address) => coordinatorAt(address, from, transport.isReadable) ?? []);
    // Where others can be asked, one that is silent is not waited for any longer than it takes to look a password up.
    const patience = others.length === 0 ? timeout : Math.min(timeout, limits.session.login);
    return seek({ from, members: others, ask: (url) => logIn(url, signal, patience, before), sentOn: sentOnFrom });
  }

  /** On the connections that there are to this host: it has few threads for us. */
  async function logIn(
    url: URL,
    signal: AbortSignal | undefined,
    timeout: number,
    before: Login | null,
  ): Promise<Login> {
    const same = before?.url.href === url.href ? before.connections : null;
    const connections = same ?? transport.http(url, { keep: true });
    try {
      const handle = await loginCall(connections, options.user, options.password, { signal, timeout });
      return { url, handle, connections };
    } catch (error) {
      if (same === null) connections.close();
      throw error;
    }
  }

  /** One new login for everybody who found the old one gone; `at` is where the coordinator is now. */
  function renewed(old: Login, at: URL, signal: AbortSignal | undefined): Promise<void> {
    if (current !== old) return Promise.resolve();
    renewing ??= find(at, signal, old)
      .catch((error: unknown) => {
        throw error instanceof NotFound ? error.cause : error;
      })
      .then((next) => {
        current = next;
        logins += 1;
        void logOut(old);
        // Nobody waits for it any more.
        if (closed) void logOut(next);
      })
      .finally(() => {
        renewing = null;
      });
    return renewing;
  }

  async function logOut({ handle, connections }: Login): Promise<void> {
    try {
      await exchange(connections, 'session.logout', [handle], z.unknown(), { timeout: limits.session.logout });
    } catch {
      // The session ends by itself after a day; there is nobody to tell.
    }
    if (connections !== current.connections || handle === current.handle) connections.close();
  }

  /** Sends one call under the policies. */
  async function send<S extends ZodMiniType>(
    method: string,
    params: (handle: string) => readonly Param[],
    result: S,
    { signal, timeout: own = timeout }: CallOptions,
    patience: number,
  ): Promise<z.output<S>> {
    if (access === 'read' && !isRead(method)) throw new ReadOnlyRefusal(method);
    const began = performance.now();
    let attempts = 0;
    for (let wait = firstPause; ; wait = Math.min(wait * 2, longestPause)) {
      const used = current;
      try {
        return await asking.ask(used.connections, method, [used.handle, ...params(used.handle)], result, {
          signal,
          timeout: own,
        });
      } catch (error) {
        const away = performance.now() - began > patience;
        const next = nextMove(error, method, used.url, members.length > 0, sentOnFrom);
        if (next.move === 'give-up' || signal?.aborted || (next.move !== 'log-in' && away)) throw error;
        if (next.move !== 'log-in') {
          await pause(wait, signal ?? null);
          signal?.throwIfAborted();
          // Another host may do its work meanwhile; where none is found, the same is asked again.
          if (next.move === 'seek') await renewed(used, used.url, signal).catch(unlessWaiting);
          continue;
        }
        attempts += 1;
        if (attempts > limits.session.logins) throw error;
        await persistently(() => renewed(used, next.at, signal), patience, signal);
      }
    }
  }

  /** The host may still be starting: a login is tried while the patience lasts. */
  async function persistently(work: () => Promise<void>, patience: number, signal: AbortSignal | undefined) {
    const began = performance.now();
    for (let wait = firstPause; ; wait = Math.min(wait * 2, longestPause)) {
      try {
        return await work();
      } catch (error) {
        if (!mayBeElsewhere(error) || signal?.aborted || performance.now() - began > patience) throw error;
        await pause(wait, signal ?? null);
      }
    }
  }

  const view = (outer: AbortSignal | undefined, patience: number): Session => ({
    access,
    get url() {
      return current.url;
    },
    know: (addresses) => {
      members = addresses;
    },
    readInJson: () => asking.readInJson(),
    call: (method, params, result, callOptions = {}) =>
      send(method, () => params, result, { ...callOptions, signal: joined(outer, callOptions.signal) }, patience),
    ownRecord: (result) => send('session.get_record', (handle) => [handle], result, { signal: outer }, patience),
    download: (what) => download(transport, current.url, current.handle, what),
    within: (limits) => view(joined(outer, limits.signal), limits.patience ?? patience),
    login: () => logins,
    renew: (signal) => persistently(() => renewed(current, current.url, signal), patience, signal),
    close() {
      closed = true;
      return logOut(current);
    },
  });
  return view(undefined, limits.session.absence);
}

const joined = (one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined =>
  one === undefined ? other : other === undefined ? one : AbortSignal.any([one, other]);

type NextMove =
  | { readonly move: 'give-up' }
  | { readonly move: 'wait' }
  /** The same, and look for the coordinator meanwhile. */
  | { readonly move: 'seek' }
  | { readonly move: 'log-in'; readonly at: URL };

/**
 * What to do about a failed call. A session that is not known was looked at before anything else (api_server.ml), so
 * the call was not carried out and may be sent again, whatever it is.
 */
function nextMove(
  error: unknown,
  method: string,
  url: URL,
  others: boolean,
  sentOnFrom: (error: unknown, url: URL) => URL | null,
): NextMove {
  if (error instanceof ConnectionFailure) {
    const lost = error.kind === 'cut' || error.kind === 'unreachable';
    // A blocked event.next has consumed its events: only a new registration helps.
    if (!lost || !isRead(method) || method.startsWith('event.')) return { move: 'give-up' };
    return { move: error.kind === 'unreachable' && others ? 'seek' : 'wait' };
  }
  if (!(error instanceof HostFailure)) return { move: 'give-up' };
  const sorted = classify(error);
  if (sorted.kind === 'session-lost') {
    return method === 'event.next' || method === 'event.from' ? { move: 'give-up' } : { move: 'log-in', at: url };
  }
  const at = sentOnFrom(error, url);
  return at === null ? { move: 'give-up' } : { move: 'log-in', at };
}

/** Where HOST_IS_SLAVE sends on to; null: it is another error, or no place to go to. */
function sentOn(error: unknown, url: URL, isReadable: IsReadable): URL | null {
  const sorted = error instanceof HostFailure ? classify(error) : null;
  return sorted?.kind === 'slave' ? coordinatorAt(sorted.master, url, isReadable) : null;
}

/** What may pass is waited for; a refused login, or another certificate, is not. */
function unlessWaiting(error: unknown): void {
  if (!mayBeElsewhere(error)) throw error;
}

type IsReadable = Transport['isReadable'];

/**
 * HOST_IS_SLAVE names the coordinator bare: scheme and port are taken over, an IPv6 address gets its brackets. Null
 * when it is no address, or when the password would be readable on its way to there and was not until now.
 */
export function coordinatorAt(master: string, url: URL, isReadable: IsReadable): URL | null {
  const host = master.includes(':') ? `[${master}]` : master;
  const text = `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(text)) return null;
  const at = new URL(text);
  return isReadable(at) && !isReadable(url) ? null : at;
}
