import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { xenfai } from '../harness.ts';

// What somebody names as a file or a folder may be anything. Each says what it is, and none is waited for.

const folder = mkdtempSync(join(tmpdir(), 'xenfai-given-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
function pipe(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  return path;
}

pipe(at('pipe'));
mkdirSync(at('folder'));
symlinkSync('/nowhere/at/all', at('link'));
writeFileSync(at('huge'), '');
truncateSync(at('huge'), 8 * 1024 ** 3);
writeFileSync(at('kernel'), 'x');

const lenny = ['--release', 'lenny', '--arch', 'i386'];
const stage = (...args: string[]): string[] => ['stage', '--root', at('folder'), ...lenny, ...args];
/** A flag that names a file of any size; then those for which a pipe will do, too. */
const regular: Readonly<Record<string, (path: string) => string[]>> = {
  '--kernel': (path) => stage('--kernel', path),
  '--deb': (path) => stage('--deb', path),
  '--iso': (path) => stage('--iso', path),
};
const small: Readonly<Record<string, (path: string) => string[]>> = {
  '--manifest': (path) => ['create', '--template', 'T', '--manifest', path],
  '--password-file': (path) => ['status', '--host', 'http://127.0.0.1:1', '--password-file', path],
};
const menu = { '--disk-config': (path: string) => ['check', '--disk-config', path] };

const strange: readonly (readonly [name: string, told: string, flags: typeof regular])[] = [
  ['nothing', 'there is no such file', { ...regular, ...small, ...menu }],
  ['link', 'it is a link to /nowhere/at/all: there is no such file', { ...regular, ...small, ...menu }],
  ['folder', 'it is a folder, not a file', { ...regular, ...small }],
  ['pipe', 'it is a pipe, not a file', regular],
  ['/dev/zero', 'it is a device, not a file', regular],
  ['/dev/zero', 'it has more than', small],
  ['huge', 'it has more than', small],
];

describe.each(strange)('%s: %s', (name, told, flags) => {
  const path = name.startsWith('/') ? name : at(name);
  test.each(Object.entries(flags))('%s', async (_, line) => {
    const ran = await xenfai(null, line(path));
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(path);
    expect(ran.err).toContain(told);
    expect(ran.err).not.toMatch(/[A-Z]{5,}:/);
  });
});

test.each([
  ['huge', 'too large for an initrd: it has 8 GiB'],
  ['pipe', 'it is a pipe, not a file'],
])('an initrd that is %s', async (name, told) => {
  const nfsroot = at(`nfsroot-${name}`);
  mkdirSync(join(nfsroot, 'boot'), { recursive: true });
  writeFileSync(join(nfsroot, 'boot/vmlinuz-2.6.32'), 'x');
  symlinkSync(at(name), join(nfsroot, 'boot/initrd.img-2.6.32'));
  expect(await xenfai(null, stage('--nfsroot', nfsroot))).toMatchObject({
    code: 2,
    err: expect.stringContaining(told),
  });
});

test.each([
  ['pipe', 'is not an nfsroot: it is a pipe, not a folder'],
  ['kernel', 'is not an nfsroot: it is a file, not a folder'],
  ['nothing', 'cannot be read: there is no such file'],
  ['folder', 'is not an nfsroot: it has no folder boot'],
])('an nfsroot that is a %s', async (name, told) => {
  const ran = await xenfai(null, stage('--nfsroot', at(name)));
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(`${at(name)} ${told}`) });
});

test('a pipe for a kernel in an nfsroot', async () => {
  const path = pipe(at('piped/boot/vmlinuz-2.6.32'));
  writeFileSync(at('piped/boot/initrd.img-2.6.32'), 'x');
  const ran = await xenfai(null, stage('--nfsroot', at('piped')));
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(`${path} cannot be read: it is a pipe`) });
});

test('a pipe where the kernel is to be put: nothing is written, and it is said what stands there', async () => {
  const root = at('root');
  const target = pipe(join(root, 'dists/lenny/main/installer-i386/current/images/netboot/xen/vmlinuz'));
  const ran = await xenfai(null, [
    'stage',
    '--root',
    root,
    ...lenny,
    '--kernel',
    at('kernel'),
    '--initrd',
    at('kernel'),
    '--force',
  ]);
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(`${target} is a pipe, not a file.`) });
  expect(readdirSync(dirname(target))).toEqual(['vmlinuz']);
});

describe('fai-files', () => {
  const faiFiles = (space: string, ...more: string[]) =>
    xenfai(null, ['fai-files', space, '--repository', 'http://r/d', '--json', ...more]);

  test.each([
    ['pipe', 'is a pipe, not a folder'],
    ['link', 'is a link to /nowhere/at/all, which is not there'],
  ])('a config space that is a %s', async (name, told) => {
    const ran = await faiFiles(at(name));
    expect(ran).toMatchObject({ code: 2, json: { error: { message: `${at(name)} ${told}.` } } });
  });

  test('a pipe in the place of a folder or a file is told, before anything is written', async () => {
    const space = at('space');
    pipe(join(space, 'files'));
    pipe(join(space, 'xenserver/NFSROOT'));
    const ran = await faiFiles(space);
    const told = new Map<string, string>(
      ran.json.files.map((file: { path: string; change: string; why?: string }) => [
        file.path,
        file.why ?? file.change,
      ]),
    );
    expect(told.get('files/boot/grub/menu.lst/XENPV')).toContain('is a pipe, not a folder');
    expect(told.get('xenserver/NFSROOT')).toBe('something else is in its place');
    expect(ran.code).toBe(8);
  });

  test("pipes among FAI's settings are not read", async () => {
    for (const name of ['NFSROOT', 'apt/sources.list']) pipe(join(at('etc'), name));
    expect((await faiFiles(at('fresh'), '--etc', at('etc'))).code).toBe(0);
  });
});

test.runIf(process.getuid?.() !== 0)('what this user may not read', async () => {
  writeFileSync(at('secret'), 'x');
  chmodSync(at('secret'), 0);
  const ran = await xenfai(null, stage('--kernel', at('secret')));
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('you may not read it') });
});
