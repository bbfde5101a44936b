import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutApart } from '../../source/text/apart.ts';
import { widthOf } from '../../source/text/width.ts';

describe('names cut to a width', () => {
  test.each<[string, readonly string[], number, readonly string[]]>([
    ['that fit stay as they are', ['web01', 'db'], 12, ['web01', 'db']],
    ['alone are cut at the end', ['web-frontend-production'], 12, ['web-fronten…']],
    [
      'keep their numbers',
      ['web-frontend-production-01', 'web-frontend-production-02', 'web-frontend-production-11'],
      14,
      ['web-fronte…-01', 'web-fronte…-02', 'web-fronte…-11'],
    ],
    [
      'keep what differs where they begin',
      ['web01.production.example.com', 'web02.production.example.com'],
      12,
      ['web01.produ…', 'web02.produ…'],
    ],
    [
      'keep what differs in the middle',
      ['customer-a-web-1-of-the-north-of-the-land', 'customer-a-web-2-of-the-north-of-the-land'],
      14,
      ['cus…-1-of-the…', 'cus…-2-of-the…'],
    ],
    [
      'never look like one that fits',
      ['web-fron…-01', 'web-frontend-01', 'web-frontend-02'],
      12,
      ['web-fron…-01', 'web-fro…d-01', 'web-fro…d-02'],
    ],
  ])('%s', (_, names, width, wanted) => {
    const cuts = cutApart(names, width);
    expect(names.map((name) => cuts.get(name) ?? name)).toEqual(wanted);
  });

  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc
      .tuple(fc.constantFrom('web', 'db-', '名前-'), fc.constantFrom('-front-of-the-house', ''), fc.nat(40))
      .map((parts) => parts.join('')),
    fc
      .array(fc.constantFrom('a', 'b', '-', '…', '1', '名'), { minLength: 8, maxLength: 24 })
      .map((parts) => parts.join('')),
  );

  test('fit, and two different ones never look the same', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), fc.integer({ min: 8, max: 24 }), (names, width) => {
        const cuts = cutApart(names, width);
        const shown = new Map(names.map((one) => [one, cuts.get(one) ?? one]));
        expect(new Set(shown.values()).size).toBe(shown.size);
        for (const text of shown.values()) expect(widthOf(text)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 300 },
    );
  });
});
