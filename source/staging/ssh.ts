import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import { shellWord } from '../text/shell.ts';
import { folderPlace } from './folder.ts';
import { backupOf, type Place, type Placed, type Repair } from './place.ts';
import { busyCode, remoteScript } from './remote-script.ts';
import type { StagedFile } from './staged-file.ts';
import { writeTar } from './tar.ts';
import type { FileWriter } from './writer.ts';

/** user@host and a folder there; null for a path of this machine. */
export function remoteOf(root: string): { readonly target: string; readonly folder: string } | null {
  const match = /^((?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._-]+|(?:[A-Za-z0-9._-]+@)?\[[0-9A-Fa-f:]+\]):(\/.*)$/.exec(root);
  if (match === null) return null;
  const [, target = '', folder = ''] = match;
  return target.startsWith('-') ? null : { target: target.replace(/[[\]]/g, ''), folder };
}

export interface SshOptions {
  readonly writer: FileWriter;
  /** Nobody is there to answer ssh's questions. */
  readonly batch: boolean;
}

/**
 * A folder of another machine, by the system's ssh with its keys, agent and configuration. The files go over as one
 * tar archive into a folder of this run, are compared with their SHA-256 there, and only then take their places.
 */
export function sshPlace(target: string, folder: string, { writer, batch }: SshOptions): Place {
  return {
    name: `${target}:${folder}`,
    async put(files, signal) {
      writer.allow();
      const options = batch ? ['-o', 'BatchMode=yes'] : [];
      const args = [
        ...options,
        '-o',
        `ConnectTimeout=${limits.ssh.connect}`,
        '-T',
        '--',
        target,
        `sh -c ${shellWord(remoteScript(folder, files))}`,
      ];
      const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
      let out = '';
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out = (out + chunk.toString('utf8')).slice(-limits.ssh.output);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        told = (told + chunk.toString('utf8')).slice(-limits.ssh.said);
      });
      child.stdin.on('error', () => {});
      const ended = once(child, 'close') as Promise<[number | null]>;
      const sent = writeTar(files, child.stdin, signal).then(
        () => child.stdin.end(),
        () => child.stdin.destroy(),
      );
      const [code] = await ended.catch((error: unknown) =>
        refuse(target, folder, error instanceof Error ? error.message : String(error), signal),
      );
      await sent;
      if (code !== 0) return refuse(target, folder, told, signal, code);
      return { placed: files.map((file) => placed(file, out)), repairs: repairsIn(out) };
    },
  };
}

function refuse(
  target: string,
  folder: string,
  told: string,
  signal: AbortSignal,
  code: number | null = null,
): never {
  signal.throwIfAborted();
  const last = told
    .trim()
    .split('\n')
    .map(cleanLine)
    .filter((line) => line !== '')
    .at(-1);
  if (code === busyCode) {
    return fail({
      code: 'busy',
      exit: exit.refused,
      message: `Another xenfai is putting files below ${target}:${folder}.`,
      ...(last === undefined ? {} : { cause: last }),
      try: ['Wait until it is done, and run this again.'],
    });
  }
  // ssh itself ends with 255; what else comes is our script's.
  const ssh = code === 255 || code === null;
  return fail({
    code: ssh ? 'ssh-failed' : 'not-written',
    exit: ssh ? exit.unreachable : exit.usage,
    message: ssh
      ? `ssh to ${target} failed.`
      : `The files could not be put below ${target}:${folder}; nothing there was changed.`,
    ...(last === undefined ? {} : { cause: last }),
    try: ssh
      ? [`ssh ${shellWord(target)} true must work without a question; keys and ports belong into ~/.ssh/config.`]
      : ['The folder must be there, and that user must be allowed to write to it.'],
  });
}

/** What the script has said of a file. */
function placed(file: StagedFile, out: string): Placed {
  const line = out.split('\n').find((text) => text.endsWith(` ${file.path}`)) ?? '';
  const word = line.split(' ')[0];
  return {
    path: file.path,
    bytes: file.size,
    sha256: file.sha256,
    changed: word !== 'same' && word !== 'pair',
    backup: word === 'kept' || word === 'pair' ? backupOf(file.path) : null,
  };
}

const repairsIn = (out: string): Repair[] =>
  (['finished', 'taken-back', 'cleared'] as const).filter((word) => out.split('\n').includes(`repaired ${word}`));

/** A root as people write it: a folder of this machine, or of another by ssh. */
export function placeAt(root: string, options: SshOptions): Place {
  const remote = remoteOf(root);
  return remote === null ? folderPlace(root, options.writer) : sshPlace(remote.target, remote.folder, options);
}
