import {
  closeSync,
  constants,
  fsyncSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import module from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { makeFolder } from './folder.ts';
import { openOwn, readOwnBytes } from './own-file.ts';

// What V8 has compiled of us is kept for the next start, in a folder that is this user's alone: half of a short command's
// time. Node keeps modules as they are before anything of them runs. What every command runs is scripts (made by
// scripts/make-script.mjs), of which we keep the functions that were called, too: a file for each script and command.

/** A script beside the module that asks for it. */
export interface KeptScript {
  readonly name: string;
  /** Of its text: V8 itself compares no more than its length. */
  readonly hash: string;
  readonly url: string;
}

/** Where it is kept, and for which command; null: nowhere. */
let place: { readonly folder: string; readonly command: string } | null = null;
/** Those that ran, and of which nothing was kept. */
const unkept: { readonly path: string; readonly script: Script }[] = [];

/** Milliseconds after which a file of another build goes. */
const month = 30 * 86_400_000;

/** What one kept file may have at most; ten times what they have. */
const most = 16 * 1024 * 1024;

/** From now on what is compiled is kept. `command`: the first word of the command line. */
export function keepCompiled(env: Readonly<Record<string, string | undefined>>, command = 'screen'): void {
  const home = env['XDG_CACHE_HOME'] || (env['HOME'] && `${env['HOME']}/.cache`);
  if (!home?.startsWith('/') || env['NODE_COMPILE_CACHE']) return;
  try {
    const folder = `${home}/xenfai`;
    const { uid } = makeFolder(folder);
    // What is compiled is carried out: root, sent to somebody's home, does not believe what lies there.
    if (uid !== process.getuid?.()) return;
    module.enableCompileCache?.(folder);
    if (/^[a-z][a-z-]{0,30}$/.test(command)) place = { folder, command };
  } catch {
    // A home that is not there, or not ours to write: it is only slower.
  }
}

/** What a script exports. `parts`: what it imports, by the names it has for them; `importPart`: what it imports later. */
export function runScript(
  { name, hash, url }: KeptScript,
  parts: Readonly<Record<string, unknown>>,
  importPart: (part: string) => Promise<unknown>,
): Readonly<Record<string, unknown>> {
  const file = fileURLToPath(url);
  const path = place === null ? null : `${place.folder}/${name}-${hash}-${process.version}-${place.command}`;
  const kept = path === null ? undefined : keptIn(path);
  // The bundle is ASCII: that is read as it is.
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: kept });
  if (path !== null && script.cachedDataRejected !== false) unkept.push({ path, script });
  const own = { exports: {} };
  // Node before 22.3 has no quicker way to its own modules.
  const require = process.getBuiltinModule ?? module.createRequire(url);
  script.runInThisContext()(own, (id: string) => parts[id] ?? require(id), url, importPart);
  return own.exports;
}

function keptIn(path: string): Buffer | undefined {
  try {
    return readOwnBytes(path, most);
  } catch {
    return undefined;
  }
}

/** Writes down what was compiled, when all is done; a command that has failed may have run only half of itself. */
export function writeKept(): void {
  for (const { path, script } of unkept) {
    try {
      removeOlder(path);
      // In one piece or not at all: V8 does not see what is wrong inside a file.
      const draft = `${path}.${process.pid}`;
      const file = openOwn(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
      try {
        const data = script.createCachedData();
        for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    } catch {
      // The next start is only slower.
    }
  }
}

/** Those of the same script in an older build. Of two builds in use, each would remove the other's. */
function removeOlder(path: string): void {
  const [name = '', hash = ''] = basename(path).split('-');
  const since = Date.now() - month;
  for (const other of readdirSync(dirname(path)).map((one) => join(dirname(path), one)))
    if (basename(other).startsWith(`${name}-`) && !basename(other).includes(hash) && statSync(other).mtimeMs < since)
      rmSync(other);
}
