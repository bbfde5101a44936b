import { connect } from 'node:net';
import { limits } from '../limits/limits.ts';

const greetingOf = /^xenfai-monitor 1 (\d{1,10}) (\d{1,5})$/;
/** Bytes of a line with its stamp. */
const longest = limits.message.size + 32;

interface Reader {
  /** The process on the other side passes the lines of the port on. */
  readonly onJoined: (pid: number) => void;
  readonly onLine: (stamped: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads what the process behind the socket passes on, until either ends. False when there is none, or when it does not
 * say in time what ours would say. Never rejects.
 */
export function readRelayed(path: string, port: number, { onJoined, onLine, signal }: Reader): Promise<boolean> {
  return new Promise((resolve) => {
    let joined = false;
    let text = '';
    const socket = connect(path);
    const stop = (): void => void socket.destroy();
    const limit = setTimeout(stop, limits.message.whole);
    signal.addEventListener('abort', stop, { once: true });
    socket.setEncoding('latin1');
    socket.on('error', stop);
    socket.on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (!take(line)) return stop();
      if (text.length > longest) stop();
    });
    socket.on('close', () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
      resolve(joined);
    });
    if (signal.aborted) stop();

    function take(line: string): boolean {
      if (joined) {
        if (line.length <= longest) onLine(line);
        return line.length <= longest;
      }
      const [, pid, of] = greetingOf.exec(line) ?? [];
      if (Number(of) !== port) return false;
      clearTimeout(limit);
      joined = true;
      onJoined(Number(pid));
      return true;
    }
  });
}

/** True when no process is behind a socket's file any more, and certainly so. */
export function isLeftBehind(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}
