// `npm run test:xen [-- PART…]`: the whole way with real guests on a real Xen, which runs here in an emulated machine.
// Parts: images, boot, install, rearm; those before one that is asked for are done with it where it needs them.
// Without qemu it is skipped, which is said. One part that fails is tried once more, in a new dom0.

import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDom0 } from './dom0.ts';
import { buildImages, cacheFolder, missing } from './images.ts';
import { keep, parts } from './parts.ts';
import { openSite, type Run, type Site, writeSpace } from './site.ts';

const hour = 3_600_000;
const known = ['images', ...Object.keys(parts)];
/** The disk that `rearm` erases is made by `install`. */
const before: Readonly<Record<string, readonly string[]>> = { rearm: ['install'] };

const asked = process.argv.slice(2);
const strange = asked.find((part) => !known.includes(part));
if (strange !== undefined) fail(`There is no ${strange}; there is ${known.join(', ')}.`, 2);
const why = missing();
if (why !== null)
  fail(`SKIPPED: real guests on a real Xen were not tried. ${why}`, process.env['CI'] === 'true' ? 1 : 0);

const began = Date.now();
const limit = AbortSignal.timeout(hour);
const over = new AbortController();
const signal = AbortSignal.any([limit, over.signal]);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => over.abort(new Error(name)));

/** With minutes and seconds since the run began. */
function say(text: string): void {
  const seconds = Math.floor((Date.now() - began) / 1000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  for (const line of text.trimEnd().split('\n')) console.log(`${time} ${line}`);
}

const wanted =
  asked.length === 0
    ? known
    : known.filter((part) => asked.some((name) => [name, ...(before[name] ?? [])].includes(part)));
const folder = mkdtempSync(join(tmpdir(), 'xenfai-xen-'));
say(`logs in ${folder}, images in ${cacheFolder}`);
try {
  const space = join(folder, 'space');
  writeSpace(space, 'http://archive.example/debian');
  await buildImages(space, say, signal);
  const walk = wanted.filter((part) => part !== 'images');
  if (walk.length > 0) await attempt(walk, 'first').catch((error: unknown) => again(walk, error));
  say('all done');
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Whatever still runs, in the machine and around it.
over.abort(new Error('the run is over'));
process.exit();

async function again(walk: readonly string[], error: unknown): Promise<void> {
  signal.throwIfAborted();
  say(`FAILED, and tried once more: ${error instanceof Error ? error.message : String(error)}`);
  await attempt(walk, 'second');
}

async function attempt(walk: readonly string[], name: string): Promise<void> {
  const run: Run = { folder: join(folder, name), signal, say };
  mkdirSync(run.folder);
  say('dom0 starts');
  const dom0 = await startDom0(cacheFolder, run.folder, signal);
  say('dom0 is up');
  let site: Site | null = null;
  try {
    site = await openSite(dom0, run);
    for (const part of walk) {
      say(`== ${part}`);
      await parts[part]?.(site, run);
    }
  } finally {
    if (site !== null) keep(site, run, 'web01');
    await site?.stop();
    await dom0.stop();
  }
}

function fail(text: string, code: number): never {
  console.error(text);
  process.exit(code);
}
