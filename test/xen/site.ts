import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { type Archive, startArchive } from './archive.ts';
import { addresses, type Dom0 } from './dom0.ts';
import { Recording } from './recording.ts';
import { xlGuests } from './xl-guests.ts';

/** Where an attempt keeps its logs, when it must be over, and how it says what goes on. */
export interface Run {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** A site with a XenServer that has real guests, an FAI server and an archive. */
export interface Site extends Run {
  readonly dom0: Dom0;
  readonly host: Simulator;
  readonly archive: Archive;
  readonly recording: Recording;
  /** Runs the built program against it, and says and records what it prints. */
  readonly xenfai: (...args: string[]) => Promise<Ran>;
  /** The built program's screen, which knows nothing of the host yet. */
  readonly screen: (columns: number, rows: number) => Terminal;
}

/** Release and architecture of all that is installed. */
export const target = ['--release', 'bookworm', '--arch', 'amd64'] as const;

/** The line of a guest's first boot: FAI's root and config space by NFS, its messages to this machine. */
export const kernelLine = (host: string): string =>
  [
    `console=hvc0 net.ifnames=0 root=${addresses.dom0}:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp hostname=${host}`,
    `FAI_ACTION=install FAI_FLAGS=verbose,sshd,reboot FAI_CONFIG_SRC=nfs://${addresses.dom0}/srv/fai/config`,
    `monserver=${addresses.machine} FAI_SENDID=mac LOGUSER= FAI_LOGPROTO=none`,
  ].join(' ');

/** A host whose guests run below this dom0, and an empty archive. */
export async function openSite(dom0: Dom0, run: Run): Promise<Site> {
  const { folder, signal, say } = run;
  const archive = await startArchive(folder, signal);
  const state = join(folder, 'state');
  const recording = new Recording(state, signal);
  const guests = xlGuests(dom0, (text) => {
    say(text);
    recording.note(text);
  });
  const host = await startSimulator({ vms: 0, loginDelay: 0, guests });
  const ours = { XENFAI_CONFIG_DIR: join(folder, 'settings'), XENFAI_STATE_DIR: state };
  const env = { ...process.env, ...ours, XENFAI_HOST: host.host, XENFAI_PASSWORD: host.password };
  const xenfai = (...args: string[]): Promise<Ran> => {
    say(`$ xenfai ${args.join(' ')}`);
    const child = spawn(process.execPath, [built, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        out += String(bytes);
        say(`  ${String(bytes).trimEnd().replaceAll('\n', '\n  ')}`);
      });
    }
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        recording.ran(args, out, code ?? 1);
        resolve({ code: code ?? 1, out });
      });
    });
  };
  const screen = (columns: number, rows: number): Terminal => new Terminal([built], { columns, rows, env: ours });
  return { ...run, dom0, host, archive, recording, xenfai, screen };
}

/** Throws unless it ended with this code. */
export async function ends(wanted: number, ran: Promise<Ran>): Promise<Ran> {
  const { code, out } = await ran;
  if (code !== wanted) throw new Error(`exit ${code}, not ${wanted}`);
  return { code, out };
}

export const good = (ran: Promise<Ran>): Promise<Ran> => ends(0, ran);

/** Throws unless the text holds it. */
export function holds(text: string, wanted: RegExp, what: string): void {
  if (!wanted.test(text)) throw new Error(`${what} does not hold ${wanted}`);
}
