import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Channel } from '../../source/transport/ssh/channel.ts';
import { until } from '../harness.ts';

// A connection through ssh, with a program in its place that does what it is told.

let folder: string;
const path = process.env['PATH'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-channel-'));
  process.env['PATH'] = `${folder}:${path}`;
});
afterEach(() => {
  process.env['PATH'] = path;
});

const failure = (code: number, said: string) => new Error(`${code}: ${said.trim()}`);

function channel(script: string): Channel {
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return new Channel(['-W', 'localhost:80'], failure);
}

const closed = (one: Channel): Promise<void> => new Promise((resolve) => one.once('close', resolve));

test('bytes go both ways, and its words are ssh’s own', async () => {
  const one = channel('echo "$@"; exec cat');
  one.write('hello\n');
  let heard = '';
  one.on('data', (bytes: Buffer) => {
    heard += bytes.toString();
  });
  await until(() => heard.includes('hello'));
  expect(heard).toBe('-W localhost:80\nhello\n');
  one.destroy();
  await closed(one);
});

test('one that is idle when ssh ends is closed, and is no connection to anybody any more', async () => {
  const one = channel('echo reply; read -r line');
  const end = closed(one);
  one.on('data', () => one.write('more\n'));
  await end;
  expect(one.destroyed).toBe(true);
});

test('ssh that ends before the first byte came: why is its own word', async () => {
  const one = channel('echo "no way" >&2; exit 255');
  const [error] = await once(one, 'error');
  expect(error).toEqual(new Error('255: no way'));
});

test('written to one whose ssh is gone: an end, and no fault', async () => {
  const one = channel('exit 255');
  one.on('error', () => {});
  for (let i = 0; i < 100; i += 1) one.write('x'.repeat(65_536));
  await closed(one);
  one.write('more');
});

test('given up, it takes its ssh along', async () => {
  const file = join(folder, 'pid');
  const one = channel(`echo $$ > ${file}; exec sleep 1000`);
  const pid = await until(() => existsSync(file) && Number(readFileSync(file, 'utf8')));
  one.destroy();
  await until(() => !isThere(pid));
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
