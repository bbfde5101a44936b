import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from '../../source/limits/limits.ts';
import { LineHistory } from '../../source/transport/line-history.ts';
import { LineRelay } from '../../source/transport/line-relay.ts';
import { until } from '../harness.ts';

let folder: string;
let relay: LineRelay;
let readers: Socket[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-relay-'));
  readers = [];
  relay = await LineRelay.open(join(folder, 'socket'), 4711, () => '');
});
afterEach(async () => {
  for (const reader of readers) reader.destroy();
  await relay.close();
  rmSync(folder, { recursive: true });
});

function reader(): { readonly socket: Socket; text: string; closed: boolean } {
  const socket = connect(join(folder, 'socket'));
  const made = { socket, text: '', closed: false };
  readers.push(socket);
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    made.text += chunk;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    made.closed = true;
  });
  return made;
}

test('who reads too slowly is dropped, and holds up nobody', async () => {
  const [slow, quick] = [reader(), reader()];
  await until(() => slow.text.length > 0 && quick.text.length > 0);
  slow.socket.pause();
  const line = `1 ${'x'.repeat(limits.message.size)}\n`;
  let passed = 0;
  for (; passed < 2 * limits.message.behind; passed += 1000 * line.length) {
    const wanted = quick.text.length + 1000 * line.length;
    relay.pass(line.repeat(1000));
    await until(() => quick.text.length === wanted);
  }
  slow.socket.resume();
  await until(() => slow.closed);
  expect(slow.text.length).toBeLessThan(passed);
  expect(quick.closed).toBe(false);
});

test('who says anything is dropped', async () => {
  const talker = reader();
  talker.socket.write('web01 TASKERROR partition 710\n');
  await until(() => talker.closed);
});

test('no more are let in than anybody has terminals open', async () => {
  const many = Array.from({ length: limits.message.readers + 5 }, reader);
  await until(() => many.filter(({ text }) => text !== '').length === limits.message.readers);
  await until(() => many.filter(({ closed }) => closed).length === 5);
});

test('a history keeps the last mebibyte, and knows what it has heard', () => {
  const [one, other] = [new LineHistory(), new LineHistory()];
  const line = 'x'.repeat(limits.message.size);
  for (let i = 0; i < 3000; i += 1) one.stamp(`${i} ${line}`);
  const all = one.all();
  expect(all.length).toBeLessThanOrEqual(limits.message.kept);
  expect(all.length).toBeGreaterThan(limits.message.kept - 2 * limits.message.size);
  const passed = all.trimEnd().split('\n');
  expect(passed.at(-1)).toMatch(/^\d{16} 2999 x/);
  expect(passed.map((stamped) => other.unstamp(stamped)?.line.split(' ')[0]).at(-1)).toBe('2999');
  expect(passed.some((stamped) => other.unstamp(stamped) !== null)).toBe(false);
  expect(['', 'x', '-1 x', '1e99 x', ' x', `${'9'.repeat(17)} x`].map((noise) => other.unstamp(noise))).toEqual(
    Array(6).fill(null),
  );
  // Its own next line comes after what it was told.
  expect(Number(other.stamp('more').split(' ')[0])).toBeGreaterThan(Number(passed.at(-1)?.split(' ')[0]));
});
