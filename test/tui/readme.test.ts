import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exit } from '../../source/problem/exit.ts';
import { fleetKeys } from '../../source/tui/screens/fleet/keys.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

test('the README lists the keys of the fleet as the table has them', () => {
  const rows = fleetKeys.filter(({ movement }) => !movement).map(({ keys, help }) => `| \`${keys[0]}\` | ${help} |`);
  const block = /<!-- keys:[^\n]*\n([\s\S]*?)<!-- \/keys -->/.exec(readme)?.[1] ?? '';
  expect(block.trim().split('\n').slice(2)).toEqual(rows);
});

test('the README lists every exit code', () => {
  const missing = Object.values(exit).filter((code) => !new RegExp(`\\| .*\\b${code}\\b.* \\|`).test(readme));
  expect(missing).toEqual([]);
});

test('the README shows the two commands and its pictures exist', () => {
  for (const command of ['npm ci && npm start', 'npm ci && npm test']) expect(readme).toContain(command);
  for (const [, path] of readme.matchAll(/\]\((screenshots\/[^)]+)\)/g)) {
    expect(() => readFileSync(join(import.meta.dirname, '../..', path ?? ''))).not.toThrow();
  }
});
