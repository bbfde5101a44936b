import { lstatSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { limits } from '../../limits/limits.ts';
import { controlPath } from './control-path.ts';
import { type Guarded, startGuarded } from './guarded.ts';
import { sshFailure } from './ssh-failure.ts';
import { sshWords, type Way } from './way.ts';

/** A connection of ssh that others go through without a question. */
export interface Master {
  /** What leads ssh there through it, the target included. */
  readonly args: readonly string[];
  /** The last lines it has said: what it could not open for others, too. */
  said(): string;
  /** False: the user has opened it; it is neither watched nor ended. */
  readonly ours: boolean;
  readonly ended: Promise<void>;
  end(): void;
}

export interface Asking {
  /** Gets each line that ssh says before it is through; its questions go to the terminal itself. Null: nobody is there. */
  readonly tell: ((line: string) => void) | null;
  readonly signal: AbortSignal;
}

/** Flags of every ssh: never a question in the middle, nothing of the user's forwarded. */
const quiet = ['-o', 'BatchMode=yes', '-o', 'ControlMaster=no', '-T', '-a', '-x'];

/** What follows `--` is no flag, whatever it begins with. */
const target = (way: Way): string[] => sshWords(way).toSpliced(-1, 0, '--');

/**
 * The user's own connection to there, where one is open (ControlMaster in their configuration); else one of ours, which
 * ends with this process. Errors: SshFailure; the signal's reason.
 */
export async function openMaster(way: Way, folders: readonly string[], asking: Asking): Promise<Master> {
  if (await isOpen(way, asking.signal)) {
    const args = [...quiet, ...target(way)];
    return { args, ours: false, said: () => '', ended: new Promise(() => {}), end: () => {} };
  }
  return ownMaster(way, folders, asking);
}

async function isOpen(way: Way, signal: AbortSignal): Promise<boolean> {
  const ssh = startGuarded('ssh', ['-O', 'check', ...target(way)]);
  const late = AbortSignal.any([signal, AbortSignal.timeout(limits.ssh.check)]);
  late.addEventListener('abort', () => ssh.end(), { once: true });
  ssh.output.resume();
  ssh.errors.resume();
  return (await ssh.ended) === 0;
}

async function ownMaster(way: Way, folders: readonly string[], { tell, signal }: Asking): Promise<Master> {
  signal.throwIfAborted();
  const { path, forget } = controlPath(folders);
  const { alive, missed, connect } = limits.ssh;
  const options = {
    ControlMaster: 'yes',
    ControlPersist: 'no',
    BatchMode: tell === null ? 'yes' : 'no',
    ConnectTimeout: connect,
    ServerAliveInterval: alive,
    ServerAliveCountMax: missed,
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    // What could not be opened for others is said at this level, and told as the cause.
    LogLevel: 'INFO',
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const ssh = startGuarded('ssh', ['-S', path, ...words, '-N', '-T', '-a', '-x', ...target(way)]);
  ssh.output.resume();
  const { said, quieten } = listen(ssh, tell);
  const codes: number[] = [];
  const ended = ssh.ended.then((code) => {
    codes.push(code);
    forget();
  });
  while (!isSocket(path)) {
    const [code] = codes;
    if (code !== undefined) throw sshFailure(way, code, said());
    if (signal.aborted) {
      ssh.end();
      // It gives the terminal back as it was.
      await ended;
      signal.throwIfAborted();
    }
    await setTimeout(limits.ssh.look);
  }
  quieten();
  // Where it is gone, no other connection is made in its place.
  const args = ['-S', path, ...quiet, '-o', 'ProxyCommand=false', ...target(way)];
  return { args, ours: true, said, ended, end: ssh.end };
}

/** Keeps the last of what ssh says, and tells each line until it is told to be quiet. */
function listen({ errors }: Guarded, tell: Asking['tell']): { said(): string; quieten(): void } {
  let said = '';
  let told: Asking['tell'] = tell;
  errors.setEncoding('utf8');
  errors.on('data', (text: string) => {
    said = (said + text).slice(-limits.ssh.said);
    for (const line of text.split(/\r?\n/)) if (line !== '') told?.(line);
  });
  return {
    said: () => said,
    quieten() {
      told = null;
    },
  };
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket();
  } catch {
    return false;
  }
}
