import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';

// What the build does for a quick start, and what would undo it.

const root = resolve(import.meta.dirname, '..');

test('what stands for string-width in the bundle says what string-width says', async () => {
  const { default: widthOf }: { default: (text: string) => number } = await import(
    join(root, 'scripts/string-width.mjs')
  );
  const points = Array.from({ length: 0x3000 }, (_, point) => String.fromCharCode(point));
  expect(points.filter((one) => widthOf(one) !== stringWidth(one))).toEqual([]);
  const mixed = fc.string({
    unit: fc.oneof(fc.constantFrom(...points), fc.constantFrom('世', '👍', '\ufe0f', '\u200d')),
  });
  fc.assert(
    fc.property(mixed, (text) => {
      expect(widthOf(text)).toBe(stringWidth(text));
    }),
  );
});

describe('zod', () => {
  const imports = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(root, 'source', file), 'utf8').matchAll(/import (.*) from '(zod.*)'/g)].map(
        ([, what = '', from = '']) => ({ file, what, from }),
      ),
    );

  test('is imported as a namespace: as an object it brings 350 kB that nobody uses', () => {
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter(({ what }) => !/^\* as z$|^type /.test(what))).toEqual([]);
  });

  test('is its small edition, which takes a seventh of the time to make a schema, but where its words are told', () => {
    expect(imports.filter(({ from }) => from !== 'zod/mini').map(({ file }) => file)).toEqual([
      'commands/manifest.ts',
    ]);
  });
});

test('the list of emoji is made by the first text that needs it', () => {
  const lists = readdirSync(join(root, 'dist')).flatMap((file) =>
    [...readFileSync(join(root, 'dist', file), 'utf8').matchAll(/.{40}\\p\{RGI_Emoji\}/g)].map(String),
  );
  expect(lists).toEqual([expect.stringContaining('.made??=new RegExp(')]);
});

test('nothing in the bundle imports node:http, which would load undici', () => {
  const chunks = readdirSync(join(root, 'dist')).filter((file) => file.endsWith('.js'));
  const wrong = chunks.filter((file) =>
    /(from|import)\s*["'](node:)?http["']/.test(readFileSync(join(root, 'dist', file), 'utf8')),
  );
  expect(chunks.length).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
});

describe('the first frame', () => {
  const chunks = readdirSync(join(root, 'dist')).filter((file) => file.endsWith('.js'));
  /** With the script that it hands on, if it is only the module for one. */
  const textOf = (file: string): string =>
    [file, file.replace(/js$/, 'cjs')]
      .map((name) => join(root, 'dist', name))
      .filter(existsSync)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
  /** What a file cannot be read without, itself included. */
  const reached = (file: string, seen: Set<string>): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const [, next = ''] of textOf(file).matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) reached(next, seen);
    return seen;
  };
  const parts = /^(cli|front|always|screen-.*|settings-.*)\.js$/;
  const read = chunks
    .filter((file) => parts.test(file))
    .reduce((seen, file) => reached(file, seen), new Set<string>());

  test('is made of what there is', () => {
    expect(read.size).toBeGreaterThan(5);
    expect([...read].filter((file) => !chunks.includes(file))).toEqual([]);
  });

  test.each([
    ['what writes settings', /ajv/],
    ['what encodes calls', /methodCall/],
    ['what reads answers', /disallowed character/],
  ])('does not wait for %s', (_, sign) => {
    expect(chunks.some((file) => sign.test(textOf(file)))).toBe(true);
    expect([...read].filter((file) => sign.test(textOf(file)))).toEqual([]);
  });

  test('is not spread over many files', () => expect(read.size).toBeLessThan(30));
});

test('a rearm reads five files', () => {
  const read = ['cli', 'front', 'always', 'change', 'calls'].map((name) => `${name}.js`);
  const imported = read.flatMap((file) =>
    [...readFileSync(join(root, 'dist', file), 'utf8').matchAll(/from"\.\/([\w-]+\.js)"/g)].map(([, next]) => next),
  );
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((file) => !read.includes(file ?? ''))).toEqual([]);
});

test('a rearm reads nothing that looks into kernels', () => {
  const elf = /127,69,76,70\]\)\)/;
  const holding = readdirSync(join(root, 'dist')).filter((file) =>
    elf.test(readFileSync(join(root, 'dist', file), 'utf8')),
  );
  expect(holding.length).toBeGreaterThan(0);
  expect(holding.filter((file) => /^(front|always|change|calls)\./.test(file))).toEqual([]);
});

test('nothing exports what it assigns later: a module that hands on a script would not see it', () => {
  const files = readdirSync(join(root, 'source'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  expect(files.filter((file) => /^export let /m.test(readFileSync(join(root, 'source', file), 'utf8')))).toEqual([]);
});

test('no script imports by itself, which Node refuses: its module does it', () => {
  const scripts = readdirSync(join(root, 'dist')).filter((file) => file.endsWith('.cjs'));
  expect(scripts.length).toBeGreaterThan(0);
  for (const file of scripts)
    expect(readFileSync(join(root, 'dist', file), 'utf8').match(/\bimport\(.{0,40}/g), file).toBeNull();
});
