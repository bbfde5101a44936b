import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { limits } from '../limits/limits.ts';
import { LineHistory } from './line-history.ts';
import { LineRelay } from './line-relay.ts';
import { listenForLines } from './line-server.ts';
import { portHolder } from './port-holder.ts';
import { isLeftBehind, readRelayed } from './relayed-lines.ts';
import { ownSocket, removeSocket, socketsFor } from './socket-folder.ts';
import type { LineListener, PortState } from './transport.ts';

/**
 * Hears the lines that are sent to a port, until the signal ends it. Of all processes of one user, the one that has the
 * port passes them on to the others through a socket in one of the folders; when it ends, however it ends, another takes
 * the port. The port is the lock: the kernel gives it to one only, and takes it back from the dead. Only who has
 * received a line from the network passes it on, so there is no loop. Never rejects.
 */
export async function hearLines(port: number, folders: readonly string[], listener: LineListener): Promise<void> {
  const { signal } = listener;
  const shared: SharedPort = { port, folders, listener, history: new LineHistory(), tell: changes(listener.onState) };
  for (let tries = 0; !signal.aborted; tries += 1) {
    const failure = await hold(shared);
    if (failure === null) return;
    const { error } = failure;
    if (isTaken(error) && (await join(shared))) {
      tries = 0;
      continue;
    }
    // Who has the port may have let go of it just now, or be about to pass lines on.
    const settled = !isTaken(error) || tries >= limits.message.settlings;
    if (settled && !signal.aborted) {
      shared.tell(
        isTaken(error) ? { state: 'taken', port, holder: portHolder(port) } : { state: 'refused', port, error },
      );
    }
    const pause = settled ? limits.message.retry : limits.message.settling;
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

interface SharedPort {
  readonly port: number;
  readonly folders: readonly string[];
  readonly listener: LineListener;
  readonly history: LineHistory;
  readonly tell: (state: PortState) => void;
}

/** Has the port until the signal ends it, and passes on what comes in; else why it could not be had. */
async function hold(shared: SharedPort): Promise<{ readonly error: unknown } | null> {
  const { port, folders, history, tell } = shared;
  const { onLine, signal } = shared.listener;
  let relay: LineRelay | null = null;
  try {
    const server = await listenForLines(port, (line) => {
      const stamped = history.stamp(line);
      relay?.pass(stamped);
      onLine(line, 0);
    });
    relay = await openRelay(server.port, folders, history);
    if (!signal.aborted) {
      tell({ state: 'listening', port: server.port });
      await once(signal, 'abort');
    }
    // The port first: who gets nothing passed on any more asks for it at once.
    await server.close();
    await relay?.close();
    return null;
  } catch (error) {
    return { error };
  }
}

/** Null where there is no folder for it: then nobody else hears anything. */
async function openRelay(port: number, folders: readonly string[], history: LineHistory): Promise<LineRelay | null> {
  try {
    const path = ownSocket(folders, port);
    for (const old of socketsFor(folders, port)) if (await isLeftBehind(old)) removeSocket(old);
    return path === null ? null : await LineRelay.open(path, port, () => history.all());
  } catch {
    return null;
  }
}

/** Hears what another process passes on, until that ends; false where none does. */
async function join({ port, folders, listener, history, tell }: SharedPort): Promise<boolean> {
  for (const path of socketsFor(folders, port)) {
    const joined = await readRelayed(path, port, {
      signal: listener.signal,
      onJoined: (pid) => tell({ state: 'shared', port, pid }),
      onLine(stamped) {
        const fresh = history.unstamp(stamped);
        if (fresh !== null) listener.onLine(fresh.line, fresh.age);
      },
    });
    if (joined) return true;
  }
  return false;
}

/** Tells a state when it is another than before. */
function changes(tell: (state: PortState) => void): (state: PortState) => void {
  let before = '';
  return (state) => {
    const now = JSON.stringify(state);
    if (now !== before) tell(state);
    before = now;
  };
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
