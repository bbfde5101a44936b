import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

// The layout of the design: arrows go down this list only, and never sideways.
const levels: readonly (readonly string[])[] = [
  ['commands', 'tui'],
  ['operations', 'watch', 'staging'],
  ['hosts'],
  ['xapi', 'repository', 'settings'],
  ['transport', 'boot', 'fai'],
  ['formats'],
  ['problem'],
  ['text'],
];

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'source');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const roomOf = (file: string): string => relative(source, file).split('/')[0] ?? '';

function importsOf(file: string): { path: string; typeOnly: boolean }[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g);
  return [...found].map((match) => ({
    path: resolve(dirname(file), match[2] ?? match[3] ?? ''),
    typeOnly: match[1] !== undefined,
  }));
}

const levelOf = (room: string): number => levels.findIndex((level) => level.includes(room));

describe('the arrows between rooms', () => {
  const edges = filesBelow(source).flatMap((file) =>
    importsOf(file).map(({ path }) => ({ file, from: roomOf(file), to: roomOf(path), path })),
  );

  test('there are edges to look at', () => {
    expect(edges.length).toBeGreaterThan(200);
  });

  test('go down the list only', () => {
    const wrong = edges
      .filter(({ from, to }) => from !== to && from !== 'simulator')
      .filter(({ from, to }) => levelOf(to) <= levelOf(from) || levelOf(from) < 0)
      .map(({ file, path }) => `${relative(root, file)} -> ${relative(root, path)}`);
    expect(wrong).toEqual([]);
  });

  test('from the simulator lead to xapi’s types and the kernel verdict only', () => {
    const wrong = edges
      .filter(({ from, to }) => from === 'simulator' && to !== 'simulator')
      .filter(({ path }) => !/boot\/(kernel-verdict|releases)\.ts$/.test(path))
      .map(({ file, path }) => `${relative(root, file)} -> ${relative(root, path)}`);
    expect(wrong).toEqual([]);
  });

  test('to the simulator come from the front door only', () => {
    expect(edges.filter(({ from, to }) => to === 'simulator' && from !== 'simulator')).toEqual([]);
    expect(importsOf(join(root, 'cli.tsx')).some(({ path }) => roomOf(path) === 'simulator')).toBe(true);
  });

  test('commands know nothing of React or Ink', () => {
    const wrong = filesBelow(join(source, 'commands')).filter((file) =>
      /from '(react|ink)/.test(readFileSync(file, 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test('boot, fai, problem and text do no I/O', () => {
    const io = /from 'node:(fs|net|http|https|child_process|os|process|dns|tls)/;
    const wrong = ['boot', 'fai', 'problem', 'text']
      .flatMap((room) => filesBelow(join(source, room)))
      .filter((file) => io.test(readFileSync(file, 'utf8')));
    expect(wrong).toEqual([]);
  });
});

test('no file is longer than 300 lines', () => {
  const long = filesBelow(source).filter((file) => readFileSync(file, 'utf8').split('\n').length > 300);
  expect(long.map((file) => relative(root, file))).toEqual([]);
});

test('the client has no word for the simulator', () => {
  const client = filesBelow(source).filter((file) => roomOf(file) !== 'simulator');
  const wrong = client.filter((file) =>
    /simulat/i.test(
      readFileSync(file, 'utf8').replace(/simulate|Simulator(Flags)?|simulated|simulator/g, (word) =>
        file.endsWith('commands/program.ts') || file.endsWith('commands/options.ts') ? '' : word,
      ),
    ),
  );
  expect(wrong.map((file) => relative(root, file))).toEqual([]);
});

test('the version is the same in the front door and in package.json', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(readFileSync(join(root, 'cli.tsx'), 'utf8')).toContain(`const version = '${version}';`);
});
