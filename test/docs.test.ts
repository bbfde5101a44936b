import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

// CONTRIBUTING and README send people to files and through heads: they must be there.

const root = resolve(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/** Paths of this project in backticks: `source/text/clean.ts`, `.ci/run`. A path with a star names many. */
const pathsIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/`((?:source|test|attacks|benchmarks|scripts|screenshots|\.ci)\/[^`\s]*)/g)]
      .map(([, path = '']) => path)
      .filter((path) => !path.includes('*')),
  ),
];

describe('CONTRIBUTING', () => {
  const paths = pathsIn(read('CONTRIBUTING.md'));

  test('names files', () => expect(paths.length).toBeGreaterThan(80));

  test.each(paths)('%s is there', (path) => expect(existsSync(join(root, path))).toBe(true));

  test('has every room in its table', () => {
    const layout = /const levels[^=]*= (\[[\s\S]*?\n\]);/.exec(read('test/layout.test.ts'))?.[1] ?? '';
    const rooms = [...layout.matchAll(/'([a-z]+)'/g)].map(([, room]) => room ?? '');
    expect(rooms.length).toBeGreaterThan(10);
    expect(rooms.filter((room) => !paths.includes(`source/${room}/`))).toEqual([]);
  });

  test('asks ten questions', () => {
    const questions = read('CONTRIBUTING.md').match(/^\| … .*\? \| `?.*`source\//gm) ?? [];
    expect(questions).toHaveLength(10);
  });
});

/** The way a heading is called in a link, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

test.each(['README.md', 'CONTRIBUTING.md'])('links inside %s lead somewhere', (name) => {
  const text = read(name);
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

describe('docs/terminal.md', () => {
  const rows = [...read('docs/terminal.md').matchAll(/^\| (\d+) \|.*\| `([^`]+)`: ([^|]+?) \|$/gm)];

  test('has the twenty-five, in order', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  test.each(rows.map(([, number, path, name]) => [number, path, name] as const))(
    '%s is shown by %s: %s',
    (_, path = '', name = '') => {
      const titles = [...read(path).matchAll(/(?:test|describe)(?:\.each[\s\S]*?\])?\)?\(\s*(['"`])(.*?)\1,/g)];
      expect(titles.some(([, , title = '']) => title.startsWith(name))).toBe(true);
    },
  );
});
