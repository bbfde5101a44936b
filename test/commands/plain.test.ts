import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../source/commands/json.ts';
import { findingLines, planLines, problemLines } from '../../source/commands/plain.ts';
import { printResult } from '../../source/commands/print.ts';
import { table } from '../../source/commands/table.ts';
import type { Plan } from '../../source/operations/plan.ts';
import { exit } from '../../source/problem/exit.ts';
import { widthOf } from '../../source/text/width.ts';

test('columns line up in what a terminal gives them', () => {
  const rows = table(
    ['NAME', 'STATE'],
    [
      ['日本語', 'armed'],
      ['e\u0301', 'fired'],
      ['a\u001b[2Jb\nc', 'x'],
    ],
  );
  expect(rows.map((row) => widthOf(row.slice(0, row.search(/STATE|armed|fired|x/))))).toEqual([8, 8, 8, 8]);
  expect(rows.join('')).not.toContain('\u001b');
});

test('200,000 rows are a table, too', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [`vm${i}`, 'armed']);
  expect(table(['NAME', 'STATE'], rows)).toHaveLength(200_001);
});

test('a problem is told in lines, and not without end', () => {
  const lines = problemLines({
    code: 'x',
    exit: exit.hostError,
    message: `a\u001b[31m\nb ${'x'.repeat(300_000)}`,
    cause: 'why',
    url: 'http://x',
    try: [{ act: 'list-vms' }, 'Wait.'],
  });
  expect(lines[0]).toMatch(/^xenfai: a b x/);
  expect(lines[0]?.length).toBeLessThan(3000);
  expect(lines.slice(1)).toEqual(['  why: why', '  url: http://x', '  try: xenfai status --all', '  try: Wait.']);
  const finding = { severity: 'warning', code: 'w', message: 'm', try: { act: 'rearm', vm: 'a b' } } as const;
  expect(findingLines([finding])).toEqual(['warning  m', "         try: xenfai rearm 'a b'"]);
});

test('what is erased stands before the steps', () => {
  const plan: Plan = {
    id: 'run',
    operation: 'rearm',
    target: { kind: 'made', name: 'web' },
    actions: [{ do: 'set-field', field: 'PV_args', before: 'a', after: 'b\nc' }],
    erases: [{ device: '0', name: 'root', bytes: 8 * 1024 ** 3, sr: 'Fast' }],
    sources: [],
    notes: [],
  };
  const [head, erases, step, xe] = planLines(plan);
  expect([head, erases]).toEqual(['rearm web', '  the next boot ERASES disk 0 (8 GiB on Fast, "root") of web']);
  expect(step).toContain('a -> b c');
  expect(xe?.trim()).toMatch(/^xe vm-param-set uuid="\$VM" PV-args='b c'$/);
});

test('one document on stdout that no terminal minds; for people, clean rows and stderr', () => {
  const out: string[] = [];
  const err: string[] = [];
  const around = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const name = 'a\u009b1m\u202e\u007fb';
  const problem = { code: 'p', exit: exit.refused, message: name } as const;
  const result = { exit: 8, json: { name }, lines: [name], problems: [problem], aside: [name] };
  const printed = (json: boolean) => {
    out.length = 0;
    err.length = 0;
    printResult(result, json, around);
  };
  printed(true);
  expect(err).toEqual([]);
  expect(out.join('')).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(out[0] ?? '')).toEqual({ ok: false, name });
  printed(false);
  expect([...out, ...err].join('')).not.toMatch(/[\u007f-\u009f\u202e]/);
  expect(err[1]).toMatch(/^xenfai: /);
  expect(JSON.parse(jsonText({ name }))).toEqual({ name });
});

test('on a terminal no row of a table is wider than it, and names stay apart; elsewhere they are whole', () => {
  const long = (end: string): string => `${'web-frontend-'.repeat(200)}${end}`;
  const rows = ['01', '02'].map((end) => [long(end), 'half-armed', 'halted', 'repository args', 'u'.repeat(36)]);
  const head = ['NAME', 'STATE', 'POWER', 'DETAIL', 'UUID'];
  const fitted = table(head, [...rows, ['web', 'armed', 'halted', '-', 'u'.repeat(36)]], {
    columns: 80,
    spare: [4],
  });
  for (const row of fitted) expect(widthOf(row)).toBeLessThanOrEqual(80);
  expect(fitted[0]).toMatch(/^NAME +STATE +POWER +DETAIL$/);
  expect(fitted[1]).toMatch(/-01 +half-armed {2}halted {2}repository args$/);
  expect(fitted[2]).toMatch(/-02 +half-armed/);
  const whole = table(head, [...rows, ['web', 'armed', 'halted', '-', '']]);
  expect(whole[1]).toContain(long('01'));
  // The others do not wait for it.
  expect(widthOf(whole[3] ?? '')).toBeLessThan(120);
  const short = table(head, [['web', 'armed', 'halted', '-', 'u'.repeat(36)]], { columns: 80, spare: [4] });
  expect(short[1]).toContain('u'.repeat(36));
});

test('what stands last may stand below: whole, and no row wider than the terminal; columns that may go do so in turn', () => {
  const error = 'failed at VM.start: the host has not enough memory for it; taken back. '.repeat(4).trim();
  const head = ['WHEN', 'WHO', 'HOST', 'TARGET', 'END'];
  const row = (name: string, end: string) => [
    '2026-05-01T10:00:00Z',
    'root@jump',
    'https://xen01.example.org',
    name,
    end,
  ];
  const rows = [
    row('web-frontend-production-of-the-shop-01', error),
    row('web-frontend-production-of-the-shop-02', 'done'),
  ];
  const fitted = table(head, rows, { columns: 78, names: 3, spare: [2, 1], below: true });
  for (const line of fitted) expect(widthOf(line)).toBeLessThanOrEqual(78);
  expect(fitted[0]).toMatch(/^WHEN +WHO +TARGET +END$/);
  expect(fitted[1]).toMatch(/-01$/);
  expect(
    fitted
      .slice(2, -1)
      .map((line) => line.trim())
      .join(' '),
  ).toBe(error);
  expect(fitted.at(-1)).toMatch(/-02 +done$/);
  expect(table(head, rows, { columns: 40, names: 3, spare: [2, 1], below: true })[0]).toMatch(/^WHEN +TARGET +END$/);
});

test('no table is wider than its terminal, whatever stands in it', () => {
  const cells = fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(cells, { maxLength: 5 }),
      fc.integer({ min: 40, max: 120 }),
      fc.boolean(),
      (rows, columns, below) => {
        for (const line of table(['WHEN', 'TARGET', 'STATE', 'END'], rows, { columns, names: 1, spare: [0], below }))
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});
