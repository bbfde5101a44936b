import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownSocket, removeSocket, socketFolders, socketsFor } from '../../source/transport/socket-folder.ts';
import { until } from '../harness.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'xenfai-sockets-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const name = `xenfai-monitor-4711-${process.pid}`;
const below = (...path: string[]): string => join(base, ...path);

test('the session’s folder comes first, then the machine’s, then one of our own for this machine', () => {
  const own = join('/state', 'sockets', hostname());
  const user = `/run/user/${process.getuid?.()}`;
  expect(socketFolders({ XDG_RUNTIME_DIR: '/run/x' }, '/state')).toEqual(['/run/x/xenfai', `${user}/xenfai`, own]);
  expect(socketFolders({ XDG_RUNTIME_DIR: user }, '/state')).toEqual([`${user}/xenfai`, own]);
  expect(socketFolders({ XDG_RUNTIME_DIR: '' }, '/state')).toEqual([`${user}/xenfai`, own]);
});

test('a folder is made for us alone, with those above it', () => {
  expect(ownSocket([below('a', 'b')], 4711)).toBe(below('a', 'b', name));
  for (const folder of ['a', 'a/b']) expect(lstatSync(below(folder)).mode & 0o777).toBe(0o700);
});

test('what somebody else could write to is passed over', () => {
  const good = below('good');
  mkdirSync(good, { mode: 0o700 });
  mkdirSync(below('read'), { mode: 0o750 });
  chmodSync(below('read'), 0o750);
  symlinkSync(good, below('link'));
  writeFileSync(below('file'), '');
  mkdirSync(below('open'));
  chmodSync(below('open'), 0o1777);
  const bad = ['read', 'link', 'file', 'open', 'open/xenfai', 'link/xenfai', `${'x'.repeat(100)}`];
  for (const folder of bad) expect([folder, ownSocket([below(folder)], 4711)]).toEqual([folder, null]);
  expect(ownSocket([...bad.map((folder) => below(folder)), good], 4711)).toBe(join(good, name));
  expect(socketsFor([...bad.map((folder) => below(folder)), '/nonexistent'], 4711)).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)('a folder of somebody else is passed over', () => {
  mkdirSync(below('bob'), { mode: 0o700 });
  chownSync(below('bob'), 1234, 1234);
  expect(ownSocket([below('bob')], 4711)).toBe(null);
  expect(ownSocket([below('bob', 'xenfai')], 4711)).toBe(null);
});

test('only sockets of that port are found, and only sockets are taken away', async () => {
  const folder = below('xenfai');
  const path = ownSocket([folder], 4711) ?? '';
  const server = createServer().listen(path);
  await until(() => server.listening);
  for (const other of ['xenfai-monitor-4712-1', 'xenfai-monitor-4711-1']) writeFileSync(join(folder, other), '');
  symlinkSync(path, join(folder, 'xenfai-monitor-4711-2'));
  expect(socketsFor([folder], 4711)).toEqual([path]);
  for (const file of ['xenfai-monitor-4711-1', 'xenfai-monitor-4711-2', name]) removeSocket(join(folder, file));
  expect(lstatSync(join(folder, 'xenfai-monitor-4711-1')).isFile()).toBe(true);
  expect(lstatSync(join(folder, 'xenfai-monitor-4711-2')).isSymbolicLink()).toBe(true);
  expect(() => lstatSync(path)).toThrow('ENOENT');
  server.close();
});
