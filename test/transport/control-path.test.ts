import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { controlPath } from '../../source/transport/ssh/control-path.ts';

/** A socket there, left behind by a process that was killed. */
async function leave(path: string): Promise<void> {
  const server = createServer().listen(path);
  await once(server, 'listening');
  server.unref();
}

// The temporary folder of the tests may be deep.
const short = (): string => mkdtempSync('/tmp/xf-');

test('a path of its own in a folder of ours, and nothing is left of it', async () => {
  const folder = short();
  const [one, other] = [controlPath([folder]), controlPath([folder])];
  expect(dirname(one.path)).toBe(folder);
  expect(one.path).not.toBe(other.path);
  await leave(one.path);
  one.forget();
  one.forget();
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('no folder that others can look into, none whose paths are too long: one of its own then', async () => {
  const open = short();
  chmodSync(open, 0o755);
  const { path, forget } = controlPath([open, join(open, 'x'.repeat(90))]);
  expect(dirname(dirname(path))).toBe(tmpdir());
  if (path.length < 100) await leave(path);
  forget();
  expect(existsSync(dirname(path))).toBe(false);
  rmSync(open, { recursive: true });
});
