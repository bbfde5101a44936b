import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../source/text/width.ts';
import { Canvas, type ScreenSize } from '../../../source/tui/cells/canvas.ts';
import { certain, parseRow } from '../../../source/tui/cells/row.ts';
import { cellsOf, emulator, shownWhole, tell } from './emulator.ts';

// What the canvas says is told to a terminal emulator, whose cells are then compared with those of another one that
// was told the whole frame.

const looks = ['', '1', '2', '3', '4', '7', '9', '31', '36', '90', '44', '1;32', '2;7', '38;5;200', '48;2;1;2;3'];
// Only what string-width and the emulator agree on: that is what an oracle is good for.
const texts = ['a', 'bc', ' ', '   ', '─', '│', '✓', '❯', 'é', '界', '世界', 'e\u0301', '한', 'x界y', 'long words '];

const stretch = fc
  .tuple(fc.constantFrom(...looks), fc.constantFrom(...texts))
  .map(([look, text]) => ({ text: look === '' ? text : `\u001b[${look}m${text}\u001b[0m`, width: widthOf(text) }));
const frameOf = ({ columns, rows }: ScreenSize): fc.Arbitrary<string> =>
  fc
    .array(fc.array(stretch, { maxLength: 12 }), { minLength: rows, maxLength: rows })
    .map((drawn) => drawn.map((parts) => rowOf(parts, columns)).join('\n'));

/** As Ink cuts it: nothing is wider than the screen. */
function rowOf(parts: readonly { readonly text: string; readonly width: number }[], columns: number): string {
  let room = columns;
  return parts.reduce((row, { text, width }) => {
    if (width > room) return row;
    room -= width;
    return row + text;
  }, '');
}

const sizes = fc.record({ columns: fc.integer({ min: 4, max: 24 }), rows: fc.integer({ min: 1, max: 5 }) });
/** A few frames in each of some sizes; often only a row or two differ from the frame before. */
const shows = fc.array(
  sizes.chain((size) =>
    fc.record({
      size: fc.constant(size),
      frames: fc.array(
        fc.record({ frame: frameOf(size), kept: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }) }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  ),
  { minLength: 1, maxLength: 3 },
);

const merge = (before: string, { frame, kept }: { frame: string; kept: readonly boolean[] }): string => {
  const old = before.split('\n');
  return frame
    .split('\n')
    .map((row, index) => (kept[index] === true ? (old[index] ?? row) : row))
    .join('\n');
};

describe('the canvas', () => {
  test('tells a terminal what makes it show exactly the frame, whatever it showed before', async () => {
    await fc.assert(
      fc.asyncProperty(shows, fc.boolean(), async (parts, disturbed) => {
        const canvas = new Canvas();
        const terminal = emulator({ columns: 10, rows: 3 });
        await tell(terminal, 'what a shell\r\nleft behind\r\non it');
        for (const { size, frames } of parts) {
          terminal.resize(size.columns, size.rows);
          let frame = '';
          for (const next of frames) {
            frame = frame === '' ? next.frame : merge(frame, next);
            await tell(terminal, canvas.draw(frame, size));
            expect(cellsOf(terminal)).toEqual(await shownWhole(frame, size));
          }
          if (!disturbed) continue;
          await tell(terminal, '\u001b[2;2H\u001b[31mnoise from elsewhere\r\n\n');
          canvas.forget();
          await tell(terminal, canvas.draw(frame, size));
          expect(cellsOf(terminal)).toEqual(await shownWhole(frame, size));
        }
      }),
      { numRuns: 120 },
    );
  });

  test('cuts the frame before to a terminal that has become smaller, which tells its size itself', async () => {
    const size = { columns: 12, rows: 3 };
    const canvas = new Canvas();
    const terminal = emulator(size);
    const frame = 'as wide as 12\n123456789012\n';
    await tell(terminal, canvas.draw(frame, size));
    Object.assign(size, { columns: 6, rows: 2 });
    terminal.resize(size.columns, size.rows);
    canvas.forget();
    await tell(terminal, canvas.draw(frame, size));
    expect(cellsOf(terminal)).toEqual(await shownWhole('as wid\n123456', size));
  });

  test('says nothing when the frame is what is shown', () => {
    const size = { columns: 20, rows: 2 };
    fc.assert(
      fc.property(frameOf(size), (frame) => {
        const canvas = new Canvas();
        canvas.draw(frame, size);
        expect(canvas.draw(frame, size)).toBe('');
        // The same cells, written otherwise.
        expect(canvas.draw(frame.replaceAll('\n', ' \n').replaceAll('\u001b[0m', '\u001b[m'), size)).toBe('');
      }),
    );
  });

  // The cursor stands behind the dot in the last row.
  test.each([
    ['a letter at the end of a word', ['name: lenny'], ['name: lennyx'], '\u001b[1;12Hx'],
    ['a pointer one row down', ['> one', '  two'], ['  one', '> two'], '\u001b[H \r\n>'],
    ['a row that becomes shorter', ['a long row'], ['a'], '\u001b[1;3H\u001b[K'],
    ['one cell that goes', ['abc'], ['ab'], '\u001b[1;3H '],
    ['two changes with little between', ['  a1b2c'], ['  a3b4c'], '\u001b[1;4H3b4'],
    ['two changes far apart', ['1 far away from 2'], ['3 far away from 4'], '\u001b[H3\u001b[15C4'],
    ['a look that goes', ['\u001b[36mabc\u001b[39m'], ['abc'], '\u001b[Habc'],
    [
      'a bar that moves on',
      ['\u001b[7m a \u001b[27m', ' b '],
      [' a ', '\u001b[7m b \u001b[m'],
      '\u001b[H a \r\n\u001b[7m b \u001b[m',
    ],
  ])('%s', (_, before, after, wanted) => {
    const canvas = new Canvas();
    const size = { columns: 40, rows: 9 };
    const frame = (rows: readonly string[], end: string): string =>
      `${[...rows, ...Array<string>(8 - rows.length).fill('')].join('\n')}\n             ${end}`;
    canvas.draw(frame(before, ''), size);
    canvas.draw(frame(before, '.'), size);
    expect(canvas.draw(frame(after, '.'), size)).toBe(wanted);
  });

  test('goes on where the cursor is', () => {
    const canvas = new Canvas();
    const size = { columns: 40, rows: 3 };
    canvas.draw('name: \u001b[7m \u001b[27m', size);
    expect(canvas.draw('name: a\u001b[7m \u001b[27m', size)).toBe('\ba\u001b[7m \u001b[m');
  });

  test('keeps every column where terminals disagree about a character before it', async () => {
    const size = { columns: 30, rows: 1 };
    const doubtful = ['👍', '👩‍👩‍👧', '☺️', '🇩🇪', 'नि', '⌚', 'a\u0300\u0301'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom('x', 'yz', ' ', ...doubtful), { maxLength: 8 }), { maxLength: 4 }),
        async (frames) => {
          const canvas = new Canvas();
          const terminal = emulator(size);
          for (const parts of frames) {
            const frame = parts.join('');
            await tell(terminal, canvas.draw(frame, size));
            const line = terminal.buffer.active.getLine(0);
            for (const [column, { text }] of parseRow(frame, size.columns).cells.entries())
              if (/[xyz]/.test(text)) expect(line?.getCell(column)?.getChars()).toBe(text);
          }
        },
      ),
    );
  });
});

test('what counts as certain takes one column here and in the emulator', async () => {
  const points = Array.from({ length: 0x3000 }, (_, point) => String.fromCodePoint(point));
  const all = points.filter((one) => certain.test(one));
  const terminal = emulator({ columns: all.length, rows: 1 });
  await tell(terminal, all.join(''));
  const line = terminal.buffer.active.getLine(0);
  expect(all.filter((one, column) => widthOf(one) !== 1 || line?.getCell(column)?.getChars() !== one)).toEqual([]);
});
