// `npm run test:xen [-- PART…]`: the whole way with real guests on a real Xen, which runs here in an emulated machine.
// Parts: images, and those of parts/; what one of them stands on is done before it. Without qemu it is skipped, which is
// said. What fails is tried once more, in a new dom0. What runs, runs in a network that is only a loopback, and in a
// process namespace: nothing is heard from outside, and nothing is left behind.

import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildImages, cacheFolder, missing } from './images.ts';
import { partNames, withGround } from './parts/index.ts';
import { writeSpace } from './space.ts';

const hour = 3_600_000;
const known = ['images', ...partNames];

const asked = process.argv.slice(2);
const strange = asked.find((part) => !known.includes(part));
if (strange !== undefined) fail(`There is no ${strange}; there is ${known.join(', ')}.`, 2);
const why = missing();
if (why !== null)
  fail(`SKIPPED: real guests on a real Xen were not tried. ${why}`, process.env['CI'] === 'true' ? 1 : 0);

const began = Date.now();
const over = new AbortController();
const signal = AbortSignal.any([AbortSignal.timeout(hour), over.signal]);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => over.abort(new Error(name)));

const folder = join(cacheFolder, 'last');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
say(`logs in ${folder}, images in ${cacheFolder}`);
try {
  const space = join(folder, 'space');
  writeSpace(space, 'http://archive.example/debian');
  await buildImages(space, say, signal);
  const parts = withGround(asked.length === 0 ? partNames : asked.filter((part) => part !== 'images'));
  if (parts.length > 0 && !(await walk('first', parts))) {
    signal.throwIfAborted();
    say('FAILED, and tried once more');
    if (!(await walk('second', parts))) throw new Error('it has failed twice');
  }
  say('all done');
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();

/** One attempt at all these parts; false when one of them failed. */
async function walk(name: string, parts: readonly string[]): Promise<boolean> {
  const logs = join(folder, name);
  mkdirSync(logs);
  const namespaces = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const inside = 'ip link set lo up && exec "$@"';
  const line = ['sh', '-c', inside, 'sh', process.execPath, join(import.meta.dirname, 'walk.ts'), logs, ...parts];
  // unshare does not hear the milder signals while its child lives.
  const killed = { signal, killSignal: 'SIGKILL' } as const;
  const child = spawn('unshare', [...namespaces, ...line], { ...killed, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface(child.stdout).on('line', say);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}

/** With minutes and seconds since the run began. */
function say(text: string): void {
  const seconds = Math.floor((Date.now() - began) / 1000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  for (const line of text.trimEnd().split('\n')) console.log(`${time} ${line}`);
}

function fail(text: string, code: number): never {
  console.error(text);
  process.exit(code);
}
