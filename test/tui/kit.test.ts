import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buttonField,
  editForm,
  type Field,
  firstError,
  focusOn,
  newForm,
  stringField,
} from '../../source/tui/kit/form.ts';
import { formRows } from '../../source/tui/kit/form-rows.ts';
import { cutLine, lineWidth } from '../../source/tui/kit/lines.ts';
import { byName, emptyList, move, windowOf } from '../../source/tui/kit/list.ts';
import { memoLast } from '../../source/tui/kit/memo.ts';
import { type ScreenColumn, tableRows } from '../../source/tui/kit/table.ts';
import { editText, insert, textField } from '../../source/tui/kit/text-field.ts';
import { ascii, type Glyphs, installLooks, unicode } from '../../source/tui/kit/theme.ts';

const textOf = (rows: readonly (readonly { readonly text: string }[])[]): string[] =>
  rows.map((row) => row.map(({ text }) => text).join(''));

describe('text fields', () => {
  test.each([
    [['ctrl-u'], ''],
    [['ctrl-w'], 'one '],
    [['home', 'delete'], 'ne two'],
    [['backspace', 'x'], 'one twx'],
    [['ctrl-a', 'ctrl-k'], ''],
    [['left', 'left', 'left', 'ctrl-k'], 'one '],
  ])('%j', (keys, value) => {
    const after = keys.reduce(
      (field, name) => editText(field, { name, text: name.length === 1 ? name : '' }) ?? field,
      textField('one two'),
    );
    expect(after.value).toBe(value);
  });

  test('pasted newlines and controls never stay', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(insert(textField('a'), text).value).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

interface Answers {
  readonly name: string;
  readonly color: string;
  readonly flags: string;
  readonly loud: boolean;
}

const options = ['red', 'green', 'blue'].map((value) => ({ value, label: value }));
const fields: readonly Field<Answers>[] = [
  stringField('name', {
    label: 'name',
    help: '',
    required: 'A name is missing.',
    check: ({ name }: Answers) => (name.includes('!') ? 'No shouting.' : null),
  }),
  { ...stringField('color', { label: 'color', help: '', kind: 'choice' }), options: () => options },
  { ...stringField('flags', { label: 'flags', help: '' }), kind: 'flags', options: () => options },
  {
    id: 'loud',
    label: 'loud',
    help: '',
    kind: 'toggle',
    value: ({ loud }) => (loud ? 'yes' : 'no'),
    change: (values, value) => ({ ...values, loud: value === 'yes' }),
  },
  buttonField('Go', ''),
];
const answers: Answers = { name: '', color: 'red', flags: 'blue', loud: false };

describe('forms', () => {
  const keys = (focus: string, ...names: string[]) =>
    names.reduce(
      (form, name) => editForm(fields, form, { name, text: name.length === 1 ? name : '' }),
      newForm(answers, focus),
    ).values;

  test('each kind of field takes its own keys', () => {
    expect(keys('name', 'a', 'b', 'left', 'c')).toMatchObject({ name: 'acb' });
    expect(keys('color', 'left', 'left')).toMatchObject({ color: 'green' });
    expect(keys('color', 'space')).toMatchObject({ color: 'green' });
    expect(keys('flags', 'space', 'right', 'space')).toMatchObject({ flags: 'blue,red,green' });
    expect(keys('flags', 'right', 'right', 'right', 'space')).toMatchObject({ flags: '' });
    expect(keys('loud', 'space')).toMatchObject({ loud: true });
    expect(keys('button', 'space', 'x')).toEqual(answers);
  });

  test.each(['login', 'other'])('a secret shows neither itself nor its length (focus on %s)', (focus) => {
    const login = [
      stringField<'login' | 'other', { login: string; other: string }>('login', {
        label: 'l',
        help: '',
        kind: 'secret',
      }),
      stringField<'login' | 'other', { login: string; other: string }>('other', { label: 'o', help: '' }),
    ];
    const size = { width: 80, height: 20, glyphs: unicode };
    const shown = (value: string) => formRows(login, newForm({ login: value, other: '' }, focus), size, true).rows;
    expect(shown('a')).toEqual(shown('a long one'));
    expect(JSON.stringify(shown('a long one'))).not.toContain('long');
  });

  test('the first thing that is wrong is found; an empty answer is not checked', () => {
    expect(firstError(fields, answers)).toEqual({ field: 'name', text: 'A name is missing.' });
    expect(firstError(fields, { ...answers, name: 'a!' })).toEqual({ field: 'name', text: 'No shouting.' });
    expect(firstError(fields, { ...answers, name: 'a' })).toBeNull();
  });

  test('what is wrong stands at its field, while one types, and goes when it is mended', () => {
    const size = { width: 78, height: 19, glyphs: unicode };
    const shown = (name: string) => textOf(formRows(fields, newForm({ ...answers, name }), size).rows);
    expect(shown('a!')[0]).toContain('No shouting.');
    expect(shown('a').join()).not.toContain('No shouting.');
    expect(shown('').join()).not.toContain('missing');
    const refused = { ...newForm(answers, 'name'), error: { field: 'name', text: 'A name is missing.' } };
    expect(textOf(formRows(fields, refused, size).rows)[0]).toContain('A name is missing.');
    expect(editForm(fields, refused, { name: 'a', text: 'a' }).error).toBeNull();
  });

  test('the focus stops at both ends, and is drawn whatever the height', () => {
    expect(focusOn(fields, newForm(answers), -3).focus).toBe('name');
    expect(focusOn(fields, newForm(answers), 99).focus).toBe('button');
    fc.assert(
      fc.property(fc.nat(4), fc.integer({ min: 2, max: 9 }), (index, height) => {
        const form = focusOn(fields, newForm(answers), index);
        const { rows, above, below } = formRows(fields, form, { width: 78, height, glyphs: unicode });
        expect(rows.length).toBeLessThanOrEqual(height);
        expect(above + rows.length + below).toBe(fields.length);
        expect(textOf(rows).filter((row) => row.startsWith('❯'))).toHaveLength(1);
      }),
    );
  });

  test('wide text keeps its cursor in sight and stays inside the row', () => {
    fc.assert(
      fc.property(fc.nat(120), fc.integer({ min: 40, max: 100 }), (cursor, width) => {
        const form = { ...newForm({ ...answers, name: '名'.repeat(120) }, 'name'), cursor };
        const [row = []] = formRows(fields, form, { width, height: 9, glyphs: unicode }).rows;
        expect(lineWidth(row)).toBeLessThanOrEqual(width);
        expect(cutLine(row, width, unicode).some(({ inverse }) => inverse)).toBe(true);
      }),
    );
  });
});

describe('lists', () => {
  test('a window always holds the selected row and never more rows than fit', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), fc.integer({ min: 1, max: 60 }), (count, at, height) => {
        const selected = Math.min(at, Math.max(0, count - 1));
        const [first, end] = windowOf(count, selected, height);
        expect(end - first).toBeLessThanOrEqual(height);
        if (count > 0) expect(selected >= first && selected < end).toBe(true);
      }),
    );
  });

  test('moves end at the ends; names are in the order of their numbers', () => {
    const ids = ['a', 'b', 'c'];
    const to = (selected: string, step: Parameters<typeof move>[1]) =>
      move({ ...emptyList, selected }, step, ids).selected;
    expect([to('a', 'up'), to('a', 'down'), to('b', 'end'), to('c', 'pageup'), to('gone', 'down')]).toEqual([
      'a',
      'b',
      'c',
      'a',
      'b',
    ]);
    // A menu may have a line without a name; it is not where a new list begins.
    expect(move(emptyList, 'down', ['a', 'b', '']).selected).toBe('b');
    expect(['web10', 'web9', 'web1'].sort(byName)).toEqual(['web1', 'web9', 'web10']);
  });

  test('what is remembered is made once for the same arguments', () => {
    let made = 0;
    const twice = memoLast((list: readonly number[], by: number) => {
      made += 1;
      return list.map((value) => value * by);
    });
    const list = [1, 2];
    expect(twice(list, 2)).toBe(twice(list, 2));
    twice(list, 3);
    expect(made).toBe(2);
  });
});

describe('tables', () => {
  interface Row {
    readonly name: string;
    readonly size: number;
  }
  let drawn = 0;
  const columns: readonly ScreenColumn<Row, void>[] = [
    { head: 'NAME', width: { least: 6, most: 20 }, cell: ({ name }) => name },
    { head: 'SIZE', width: 6, cell: ({ size }) => String(size) },
    {
      head: 'REST',
      cell: () => 'rest',
      draw: () => {
        drawn += 1;
        return [{ text: 'rest' }];
      },
    },
  ];

  test('only the rows that fit are drawn, the one with the cursor among them', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ name: `vm${index}`, size: index }));
    drawn = 0;
    const shown = textOf(
      tableRows(
        { columns, rows, around: undefined, at: 4000, heads: true },
        { width: 60, height: 20, glyphs: unicode },
      ),
    );
    expect([shown.length, drawn]).toEqual([20, 19]);
    expect(shown[0]).toMatch(/^ {2}NAME +SIZE +REST/);
    expect(shown.filter((row) => row.startsWith('❯ vm4000'))).toHaveLength(1);
  });

  test('no row is wider than the table, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 40, max: 120 }), (names, width) => {
        const rows = names.map((name) => ({ name, size: 1 }));
        const size = { width, height: 9, glyphs: unicode };
        for (const row of tableRows({ columns, rows, around: undefined, at: 0, heads: false }, size))
          expect(lineWidth(cutLine(row, width, unicode))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe.each<[string, Glyphs]>([
  ['unicode', unicode],
  ['ascii', ascii],
])('the signs of %s', (name, glyphs) => {
  test('no two states share one, and none is that of a cursor or a step to do', () => {
    const signs = Object.values(glyphs.install);
    expect(new Set(signs).size).toBe(signs.length);
    expect(Object.keys(glyphs.install).sort()).toEqual(Object.keys(installLooks).sort());
    const others = [glyphs.pointer, glyphs.current, glyphs.open, glyphs.on, glyphs.off, glyphs.full, glyphs.empty];
    expect(signs.filter((sign) => others.includes(sign))).toEqual([]);
    if (name === 'ascii') expect(JSON.stringify(glyphs)).toMatch(/^[\x20-\x7e]*$/);
  });
});
