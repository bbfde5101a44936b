import { describe, expect, test } from 'vitest';
import { widthOf } from '../../source/text/width.ts';
import { ascii, colourless, type Glyphs, linuxConsole, unicode } from '../../source/tui/kit/theme.ts';

const sets: readonly (readonly [name: string, glyphs: Glyphs])[] = [
  ['unicode', unicode],
  ['console', linuxConsole],
  ['ascii', ascii],
];

describe.each(sets)('the %s signs', (_, glyphs) => {
  test('that can stand in one table are told apart', () => {
    const { pointer, on, off, ticked, ellipsis, bar, full, empty, open, rising, falling, folded } = glyphs;
    const states = Object.values(glyphs.install);
    const signs = [...states, pointer, on, off, ticked, ellipsis, bar, full, empty, open, rising, falling, folded];
    expect(signs.filter((sign, at) => signs.indexOf(sign) !== at)).toEqual([]);
  });

  test('of the steps and of a result are told apart', () => {
    const { done, wrong, current, open, bullet, folded, left, right } = glyphs;
    const signs = [done, wrong, current, open, bullet, folded, left, right];
    expect(new Set(signs).size).toBe(signs.length);
  });

  test('mean the same everywhere: done as installed, wrong as failed', () => {
    const { install, done, wrong, pointer, left, right, rising, falling } = glyphs;
    const { installed, failed, ...others } = install;
    expect([done, wrong]).toEqual([installed, failed]);
    const elsewhere = [done, wrong, pointer, left, right, rising, falling, '*'];
    expect(Object.values(others).filter((sign) => elsewhere.includes(sign))).toEqual([]);
  });

  test('of a row that stands for others is not the cursor', () => expect(glyphs.folded).not.toBe(glyphs.pointer));

  test('of states take one column', () => {
    for (const sign of Object.values(glyphs.install)) expect(widthOf(sign)).toBe(1);
  });
});

const all = ({ install, keys, paints: _, ...signs }: Glyphs): string =>
  [...Object.values(signs), ...Object.values(install), ...Object.values(keys)].join('');

test('nothing above ASCII where the locale is not UTF-8', () => {
  expect(all(ascii)).toMatch(/^[\x20-\x7e]*$/);
});

test('the Linux console gets nothing that the fonts of a PC lack', () => {
  const codePage437 = '☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼░▒▓│┤─█▄▌▐▀ΓΘΣΦΩαδεπστφ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■';
  expect([...all(linuxConsole)].filter((sign) => sign > '~' && !codePage437.includes(sign))).toEqual([]);
});

describe('colours', () => {
  /** The 16 colours of terminals as they are shipped: red, green, yellow, blue, magenta, cyan. */
  const palettes: Readonly<Record<string, readonly string[]>> = {
    'Linux console': ['aa0000', '00aa00', 'aa5500', '0000aa', 'aa00aa', '00aaaa'],
    'GNOME (Tango)': ['cc0000', '4e9a06', 'c4a000', '3465a4', '75507b', '06989a'],
    'macOS Terminal': ['990000', '00a600', '999900', '0000b2', 'b200b2', '00a6b2'],
    'Windows (Campbell)': ['c50f1f', '13a10e', 'c19c00', '0037da', '881798', '3a96dd'],
    PuTTY: ['bb0000', '00bb00', 'bbbb00', '0000bb', 'bb00bb', '00bbbb'],
  };
  const names = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan'];

  /** Relative luminance, as WCAG defines it. */
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string): number => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const worst = (color: string): number =>
    Math.min(
      ...Object.values(palettes).flatMap((palette) =>
        ['000000', 'ffffff'].map((back) => contrast(palette[names.indexOf(color)] ?? '', back)),
      ),
    );

  test('every one that is used can be read on white and on black', () => {
    const used = Object.values(unicode.paints).flatMap(({ color }) => (color === undefined ? [] : [color]));
    expect(used.length).toBeGreaterThan(3);
    for (const color of used) expect([color, worst(color) > 2.2]).toEqual([color, true]);
    // What it is measured against: yellow and blue could not.
    expect(worst('yellow')).toBeLessThan(2.1);
    expect(worst('blue')).toBeLessThan(2.1);
  });

  test('none of them is left where none is wanted', () => {
    expect(JSON.stringify(colourless(unicode).paints)).not.toContain('color');
  });
});
