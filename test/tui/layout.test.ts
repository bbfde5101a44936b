import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

// Inside the screen: a screen stands on app, app on kit; a screen meets another at its place only.

const tui = resolve(import.meta.dirname, '../../source/tui');
const files = readdirSync(tui, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

const textOf = (file: string): string => readFileSync(file, 'utf8');
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => resolve(dirname(file), path));
const named = (file: string): string => relative(tui, file);

const edges = files.flatMap((file) =>
  importsOf(file)
    .filter((path) => path.startsWith(tui))
    .map((path) => ({ from: named(file), to: named(path) })),
);
const roomOf = (file: string): string => file.split('/')[0] ?? '';
const told = ({ from, to }: { from: string; to: string }): string => `${from} -> ${to}`;

test('arrows go from the screens to app to kit', () => {
  const order = ['aloud.ts', 'screen.tsx', 'aloud', 'screens', 'app', 'kit', 'cells'];
  const wrong = edges.filter(({ from, to }) => order.indexOf(roomOf(from)) > order.indexOf(roomOf(to)));
  expect(edges.length).toBeGreaterThan(100);
  expect(wrong.map(told)).toEqual([]);
});

test('a screen imports nothing of another but its place', () => {
  const screenOf = (file: string): string => file.split('/')[1] ?? '';
  const wrong = edges.filter(
    ({ from, to }) =>
      from.startsWith('screens/') &&
      to.startsWith('screens/') &&
      from !== 'screens/index.ts' &&
      screenOf(from) !== screenOf(to) &&
      !to.endsWith('/place.ts'),
  );
  expect(wrong.map(told)).toEqual([]);
});

test('no file imports itself by way of others, type imports included', () => {
  const next = new Map(files.map((file) => [file, importsOf(file).filter((path) => path.startsWith(tui))]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].map(named).join(' -> '));
    if (path.includes(file) || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test('only the screen of a folder knows its effects: no reducer, key or view does', () => {
  const wrong = edges.filter(({ from, to }) => /effects\.ts$/.test(to) && !/(screen|effects)\.ts$/.test(from));
  expect(wrong.map(told)).toEqual([]);
});

test('ink and react stay in components and in the hook', () => {
  const wrong = files.filter((file) => !file.endsWith('.tsx') && /from '(ink|react)/.test(textOf(file)));
  expect(wrong.map(named)).toEqual(['app/input.ts', 'app/use-job-control.ts', 'app/use-program.ts']);
});

test('nothing but the door stands outside a room', () => {
  expect(files.map(named).filter((file) => !file.includes('/'))).toEqual(['aloud.ts', 'screen.tsx']);
});
