import * as z from 'zod';
import { type CallOptions, type Wire, wire } from './call.ts';
import { type Download, download } from './download.ts';
import { poster } from './post.ts';

/** A logged-in connection: calls get the session handle put in front of their parameters. */
export interface Session {
  readonly call: Wire;
  /** Bytes of one of the host's other handlers, such as /export_raw_vdi. */
  download(what: Download): Promise<AsyncIterable<Uint8Array>>;
  /** Logs in once more after the host ended the session (xapi was restarted); later calls use the new one. */
  renew(): Promise<void>;
  /** Logs out; never throws, because it runs on every way out. */
  close(): Promise<void>;
}

export interface LoginOptions {
  readonly url: URL;
  readonly user: string;
  readonly password: string;
  /** Milliseconds a call may take. */
  readonly timeout: number;
  /** Ends the login; later calls are given their own. */
  readonly signal?: AbortSignal | undefined;
}

const logoutTimeout = 3000;

/** Two arguments, as every release since Rio takes them; 5.6 and later ignore the version anyway. */
export async function login({ url, user, password, timeout, signal }: LoginOptions): Promise<Session> {
  const { post, close } = poster(url);
  const call = wire(post, timeout);
  const logIn = () => call('session.login_with_password', [user, password], z.string(), { signal });
  let handle: string;
  try {
    handle = await logIn();
  } catch (error) {
    close();
    throw error;
  }
  return {
    call: (method, params, result, options?: CallOptions) => call(method, [handle, ...params], result, options),
    download: (what) => download(url, handle, what),
    async renew() {
      handle = await logIn();
    },
    async close() {
      try {
        await call('session.logout', [handle], z.unknown(), { timeout: logoutTimeout });
      } catch {
        // The session ends by itself after a day; there is nobody to tell.
      }
      close();
    },
  };
}
