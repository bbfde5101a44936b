import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProblemError } from '../../source/problem/problem.ts';
import { readFingerprint } from '../../source/settings/known-host.ts';
import { openSettings } from '../../source/settings/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = () => join(folder, 'config.json');

test('profiles are kept, the last used first, for their owner alone', async () => {
  const settings = openSettings(folder);
  await settings.save({ name: 'a', address: 'https://a', user: 'root' });
  await settings.save({ name: 'b', address: 'https://b', user: 'root' });
  await settings.save({ name: 'a', address: 'https://a', user: 'admin' });
  expect(
    openSettings(folder)
      .profiles()
      .map(({ name, user }) => `${name} ${user}`),
  ).toEqual(['a admin', 'b root']);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['config.json']);
});

test('a typo in the file costs nothing: it stays, and is named', () => {
  writeFileSync(file(), '{"profiles": [{"name": "mine",}]}');
  const problem = (() => {
    try {
      openSettings(folder);
      return null;
    } catch (error) {
      return error instanceof ProblemError ? error.problem : error;
    }
  })();
  expect(problem).toMatchObject({ code: 'config-unreadable', exit: 2 });
  expect(JSON.stringify(problem)).toContain(file());
  expect(readFileSync(file(), 'utf8')).toContain('"mine",');
});

test('reading settings write nothing, not even a file', async () => {
  await openSettings(folder, 'read').save({ name: 'a', address: 'https://a', user: 'root' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is a file is the user’s business', () => {
  writeFileSync(join(folder, 'x'), '');
  expect(() => openSettings(join(folder, 'x'))).toThrow(ProblemError);
});

test('two processes that save at the same time lose nothing', async () => {
  const script = `
    const { openSettings } = await import(${JSON.stringify(join(import.meta.dirname, '../../source/settings/settings.ts'))});
    const settings = openSettings(${JSON.stringify(folder)});
    for (let i = 0; i < 40; i += 1) await settings.save({ name: process.argv[1] + i, address: 'https://x', user: 'root' });`;
  const run = (id: string) =>
    new Promise((resolve) => {
      spawn(process.execPath, ['--input-type=module', '-e', script, id], { stdio: 'inherit' }).on('close', resolve);
    });
  expect(await Promise.all(['a', 'b'].map(run))).toEqual([0, 0]);
  expect(openSettings(folder).profiles()).toHaveLength(80);
});

test('a folder that is not there is not made by reading, and one that cannot be made hinders no reading', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'xenfai-')), 'not-there');
  expect(openSettings(folder).profiles()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(openSettings('/proc/xenfai').profiles()).toEqual([]);
});

describe('what was agreed to of hosts', () => {
  const fingerprint = `${'AB:'.repeat(31)}AB`;
  const agreed = { host: 'xvm03:443', fingerprint, legacyTls: false, since: '2026-05-01T10:00:00.000Z' };

  test('is kept one for each host and port, beside the profiles, for its owner alone, and taken back', async () => {
    const settings = openSettings(folder, 'read');
    await openSettings(folder).save({ name: 'a', address: 'https://a', user: 'root' });
    await settings.trust(agreed);
    await settings.trust({ ...agreed, host: 'xvm03:8443', legacyTls: true });
    const { fingerprint: _, ...rest } = agreed;
    await settings.trust({ ...rest, caFile: '/ca.pem' });
    expect(settings.hosts().map(({ host, caFile, legacyTls }) => [host, caFile, legacyTls])).toEqual([
      ['xvm03:8443', undefined, true],
      ['xvm03:443', '/ca.pem', false],
    ]);
    expect(settings.profiles()).toHaveLength(1);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect([await settings.forget('xvm03:443'), await settings.forget('xvm03:443')]).toEqual([true, false]);
    expect(settings.hosts()).toHaveLength(1);
  });

  test.each([
    ['with both', { ...agreed, caFile: '/ca.pem' }],
    ['with neither', { host: 'xvm03:443' }],
    ['with a fingerprint that is none', { ...agreed, fingerprint: 'AB' }],
    ['without a host', { fingerprint }],
  ])('%s is nothing', (_, entry) => {
    writeFileSync(file(), JSON.stringify({ hosts: [entry, { ...agreed, host: 'other:443' }] }));
    expect(
      openSettings(folder)
        .hosts()
        .map(({ host }) => host),
    ).toEqual(['other:443']);
  });

  test.each([
    fingerprint,
    fingerprint.toLowerCase(),
    fingerprint.replaceAll(':', ''),
    `sha256 Fingerprint=${fingerprint}`,
    `SHA256:${fingerprint}`,
  ])('%s is read', (text) => {
    expect(readFingerprint(text)).toBe(fingerprint);
  });

  test.each(['', 'AB', `${fingerprint}:AB`, `G${fingerprint.slice(1)}`])('"%s" is not', (text) => {
    expect(readFingerprint(text)).toBeNull();
  });
});
