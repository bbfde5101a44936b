import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import { shellWord } from '../text/shell.ts';
import { folderPlace } from './folder.ts';
import { backupOf, type Place, type Placed, type StagedFile } from './place.ts';
import { writeTar } from './tar.ts';

/** user@host and a folder there; null for a path of this machine. */
export function remoteOf(root: string): { readonly target: string; readonly folder: string } | null {
  const match = /^((?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._-]+|(?:[A-Za-z0-9._-]+@)?\[[0-9A-Fa-f:]+\]):(\/.*)$/.exec(root);
  if (match === null) return null;
  const [, target = '', folder = ''] = match;
  return target.startsWith('-') ? null : { target: target.replace(/[[\]]/g, ''), folder };
}

/**
 * A folder of another machine, by the system's ssh with its keys, agent and configuration. The files go over as one
 * tar archive into a folder of this run, are compared with their SHA-256 there, and only then take their places.
 * `batch`: nobody is there to answer ssh's questions.
 */
export function sshPlace(target: string, folder: string, batch: boolean): Place {
  return {
    name: `${target}:${folder}`,
    async put(files, signal) {
      const options = batch ? ['-o', 'BatchMode=yes'] : [];
      const args = [
        ...options,
        '-o',
        'ConnectTimeout=20',
        '-T',
        '--',
        target,
        `sh -c ${shellWord(script(folder, files))}`,
      ];
      const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
      let out = '';
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out = (out + chunk.toString('utf8')).slice(-65536);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        told = (told + chunk.toString('utf8')).slice(-4096);
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
      return files.map((file) => placed(file, out));
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

/** "same PATH", "pair PATH" (the same, kept beside the other), "kept PATH" or "new PATH" for each file, from the script. */
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

/**
 * What runs there, in any POSIX shell with coreutils and tar. Everything is unpacked and compared before the first
 * file is touched; a failure in the middle puts back what was replaced.
 */
function script(folder: string, files: readonly StagedFile[]): string {
  const word = shellWord;
  const sums = files.map(({ path, sha256 }) => `${sha256}  ${path}`).join('\n');
  const each = (command: (path: string) => string): string => files.map(({ path }) => command(word(path))).join('\n');
  return `set -eu
umask 022
cd -- ${word(folder)}
T=$(mktemp -d ./.xenfai-XXXXXX)
placed=
back() { for f in $placed; do if [ -e "$T/old/$f" ]; then mv -f -- "$T/old/$f" "$f"; else rm -f -- "$f"; fi; done; }
end() { code=$?; if [ $code -ne 0 ]; then back; fi; rm -rf -- "$T"; exit $code; }
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$T/new" "$T/old"
tar -xpf - -C "$T/new"
(cd "$T/new" && sha256sum -c --quiet - >&2) <<'SUMS'
${sums}
SUMS
keep() { rm -f -- "$1.bak"; ln -- "$1" "$1.bak" 2>/dev/null || cp -p -- "$1" "$1.bak"; }
same() { [ -e "$1" ] && cmp -s -- "$T/new/$1" "$1"; }
pair=
for f in ${files
    .filter(({ path }) => path.startsWith('dists/'))
    .map(({ path }) => word(path))
    .join(' ')}; do same "$f" || pair=1; done
place() {
  f=$1
  mkdir -p -- "$(dirname -- "$f")" "$(dirname -- "$T/old/$f")"
  chmod 0644 -- "$T/new/$f"
  if same "$f"; then
    case $f in dists/*) if [ -n "$pair" ]; then keep "$f"; echo "pair $f"; else echo "same $f"; fi ;; *) echo "same $f" ;; esac
    return
  fi
  if [ -e "$f" ]; then cp -p -- "$f" "$T/old/$f"; keep "$f"; echo "kept $f"; else echo "new $f"; fi
  placed="$placed $f"
  mv -f -- "$T/new/$f" "$f"
}
${each((path) => `place ${path}`)}
sync
`;
}

/** A root as people write it: a folder of this machine, or of another by ssh. */
export function placeAt(root: string, batch: boolean): Place {
  const remote = remoteOf(root);
  return remote === null ? folderPlace(root) : sshPlace(remote.target, remote.folder, batch);
}
