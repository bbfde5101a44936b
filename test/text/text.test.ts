import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandNames } from '../../source/operations/vm-names.ts';
import { BadValue } from '../../source/problem/bad-value.ts';
import { cleanLine, cleanText, escapeForJson } from '../../source/text/clean.ts';
import { printShell, shellWord, xe } from '../../source/text/shell.ts';
import { formatBytes, parseSize } from '../../source/text/sizes.ts';
import { coarseAge } from '../../source/text/time.ts';
import { cutText, fitText, widthOf, wrapText } from '../../source/text/width.ts';

describe('cleaning foreign text', () => {
  test.each([
    ['web\u001b[31m01\u001b[0m', 'web01'],
    ['title\u001b]0;owned\u0007!', 'title!'],
    ['clip\u001b]52;c;aGFjaw==\u001b\\board', 'clipboard'],
    ['a\u009b31mb', 'ab'],
    ['bell\u0007\u0000', 'bell'],
    ['two\r\nlines\tand', 'two lines and'],
    ['evil\u202etxt.exe', 'eviltxt.exe'],
    ['Größe', 'Größe'],
  ])('%j becomes %j', (dirty, clean) => {
    expect(cleanLine(dirty)).toBe(clean);
  });

  test('never leaves a control character, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(cleanLine(text)).not.toMatch(/[\n\t]/);
      }),
    );
  });
});

describe('what is invisible', () => {
  const codes = [
    ...[0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x180e, 0x200b, 0x200d, 0x200f, 0x2028, 0x202e, 0x2060, 0x2069, 0x2800],
    ...[0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xe0001, 0xe0041, 0xe007f, 0xe0100],
  ];

  test.each(codes.map((code) => [code.toString(16), String.fromCodePoint(code)]))('U+%s goes', (code, character) => {
    expect(cleanText(`a${character}b`)).toBe('ab');
    const json = escapeForJson(JSON.stringify(`a${character}b`));
    expect(json).toMatch(/^"a(\\u[0-9a-f]{4}){1,2}b"$/);
    expect(Number.parseInt(code, 16)).toBe(JSON.parse(json).codePointAt(1));
  });

  test('the same JSON comes out, without a raw control, bidi mark or filler', () => {
    const special = fc.constantFrom(
      ...codes.map((code) => String.fromCodePoint(code)),
      '\\',
      '"',
      '\u0085',
      '\u009b',
    );
    const text = fc.array(fc.oneof(special, fc.string())).map((pieces) => pieces.join(''));
    const value = fc.dictionary(text, fc.array(text));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (data, indent) => {
        const json = JSON.stringify(data, null, indent);
        const escaped = escapeForJson(json);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
        expect(cleanText(escaped)).toBe(escaped);
      }),
    );
  });
});

describe('widths', () => {
  test('cutting keeps what fits', () => {
    expect(cutText('abcdef', 4)).toBe('abc…');
    expect(cutText('abc', 4)).toBe('abc');
    expect(cutText('abc', 0)).toBe('');
    expect(cutText('漢字漢字', 5)).toBe('漢字…');
  });

  test('60 CJK characters wrapped at 80 columns lose none', () => {
    const text = '漢'.repeat(60);
    const lines = wrapText(text, 80);
    expect(lines.join('')).toBe(text);
    expect(lines.map(widthOf)).toEqual([80, 40]);
  });

  // Combining marks and joined emoji may be wider when they are torn apart: what fits is asked of whole words.
  const words = fc.array(fc.stringMatching(/^[a-z漢字äé-]{1,30}$/u), { minLength: 1 }).map((list) => list.join(' '));

  test('wrapping loses nothing and fits', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 100 }), (text, width) => {
        const lines = wrapText(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('fitting gives exactly the width', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 60 }), (text, width) => {
        expect(widthOf(fitText(text, width))).toBe(width);
      }),
    );
  });
});

describe('shell words', () => {
  test('a shell gives back what went in', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('\0')),
        (text) => {
          expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('no value of an xe line is ever acted on by a shell', () => {
    fc.assert(
      fc.property(
        fc
          .oneof(fc.constantFrom('$(id)', '$VM', '`id`', '"; id; "'), fc.string())
          .filter((text) => !text.includes('\0')),
        (text) => {
          const line = printShell(xe('x', { 'name-label': text }));
          const seen = execFileSync('/bin/sh', ['-c', `xe() { printf %s "$2"; }; ${line}`], { encoding: 'utf8' });
          expect(seen).toBe(`name-label=${text}`);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('an xe line quotes its values and leaves variables to the shell', () => {
    expect(printShell(xe('vm-param-set', { uuid: { variable: 'VM' }, 'PV-args': "it's quiet" }))).toBe(
      `xe vm-param-set uuid="$VM" PV-args='it'\\''s quiet'`,
    );
  });
});

describe('sizes and times', () => {
  test.each([
    ['512M', 512 * 1024 ** 2],
    ['8G', 8 * 1024 ** 3],
    ['8GiB', 8 * 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['268435456', 268435456],
    ['0', null],
    ['8X', null],
    ['', null],
  ])('%s is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [8222656, '7.84 MiB'],
    [40810276, '38.9 MiB'],
    [8 * 1024 ** 3, '8 GiB'],
  ])('%s bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [-5, 'just now'],
    [59_999, 'just now'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_800_000, '2 h'],
    [356_400_000, '4 d'],
  ])('%s ms are coarsely %s', (ms, text) => expect(coarseAge(ms)).toBe(text));
});

describe('name patterns', () => {
  test.each([
    ['web', ['web']],
    ['web[01-03]', ['web01', 'web02', 'web03']],
    ['web[8-10]', ['web8', 'web9', 'web10']],
    ['db[1,3-4].x', ['db1.x', 'db3.x', 'db4.x']],
    ['r[1-2]n[1-2]', ['r1n1', 'r1n2', 'r2n1', 'r2n2']],
  ])('%s', (pattern, names) => expect(expandNames(pattern)).toEqual(names));

  test.each(['web[3-1]', 'web[01-03', 'web]', 'web[]', 'web[a-b]', 'web[1-100000]'])(
    '%s is refused in words',
    (pattern) => {
      expect(() => expandNames(pattern)).toThrow(BadValue);
    },
  );
});
