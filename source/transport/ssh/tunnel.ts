import { limits } from '../../limits/limits.ts';
import { failureOf } from '../failure.ts';
import type { Beneath } from '../server-name.ts';
import { Channel } from './channel.ts';
import { type Asking, type Master, openMaster } from './master.ts';
import { runThere, type Shell } from './shell.ts';
import { SshFailure, sshFailure } from './ssh-failure.ts';
import { dialledFrom, type Way } from './way.ts';

/**
 * The system's ssh to one machine, begun when it is needed, and begun anew when it has ended. Its connections fail as
 * SshFailure where ssh does not lead there, else as any connection.
 */
export interface Tunnel extends Beneath {
  /** Begins it now, so that ssh may ask what it has to ask. Errors: SshFailure, the signal's reason. */
  open(asking: Asking): Promise<void>;
  readonly shell: Shell;
  /** Ends what is open of it. Not needed at the end of the process: nothing outlives that. */
  close(): void;
}

/** `folders`: where sockets of this user may lie. */
export function tunnelTo(way: Way, folders: readonly string[]): Tunnel {
  let current: Promise<Master> | null = null;
  let refused: { readonly error: unknown; readonly at: number } | null = null;

  /** One for everybody who needs it: whoever goes away meanwhile takes it from nobody. */
  function master(begin: () => Promise<Master>): Promise<Master> {
    if (current !== null) return current;
    if (refused !== null && performance.now() - refused.at < limits.ssh.pause) return Promise.reject(refused.error);
    const opening = begin();
    current = opening;
    const gone = (): void => {
      if (current === opening) current = null;
    };
    opening.then(
      ({ ended }) => ended.then(gone),
      (error: unknown) => {
        gone();
        refused = { error, at: performance.now() };
      },
    );
    return opening;
  }

  /** In the middle nobody is asked: the screen has the terminal. */
  async function unasked(): Promise<Master> {
    const whole = AbortSignal.timeout(limits.ssh.open);
    try {
      return await openMaster(way, folders, { tell: null, signal: whole });
    } catch (error) {
      if (!whole.aborted) throw error;
      throw new SshFailure(way, 'failed', `it was not through after ${limits.ssh.open / 1000} s`);
    }
  }

  const through = (signal: AbortSignal): Promise<Master> =>
    unlessAborted(master(unasked), signal).catch((error: unknown) => {
      throw failureOf(error, signal);
    });

  return {
    way,
    async open(asking) {
      await master(() => openMaster(way, folders, asking));
    },
    async connect(server, signal) {
      const { args, said, ours } = await through(signal);
      return new Channel(['-o', 'LogLevel=ERROR', '-W', dialledFrom(way, server), ...args], (code, last) => {
        // The user's own may be gone: which one to take is asked anew.
        if (!ours) current = null;
        return refusal(way, code, last, said());
      });
    },
    shell: {
      name: way.host,
      run: async (words, signal) => runThere(way, (await through(signal)).args, words, signal),
    },
    close() {
      void current?.then(({ end }) => end()).catch(() => {});
      current = null;
    },
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Why no connection came about. `last`: of the ssh that has asked for it; `before`: of the one that it goes through. */
function refusal(way: Way, code: number, last: string, before: string): SshFailure {
  if (!/Session open refused|stdio forwarding failed/i.test(last)) return sshFailure(way, code, last);
  // sshd's own word (channels.c); where the user's ssh has heard it, it is not told to us.
  const reason = [...`${before}\n${last}`.matchAll(/open failed: ([^\n\r]*)/g)].at(-1)?.[1] ?? 'it was refused';
  if (reason.includes('prohibited')) return new SshFailure(way, 'forbidden', reason);
  return new SshFailure(way, 'unanswered', reason.replace(/^connect failed: /, '').toLowerCase());
}
