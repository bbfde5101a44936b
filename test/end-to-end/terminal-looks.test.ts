import { afterEach, describe, expect, test } from 'vitest';
import { built, Terminal } from './terminal.ts';

// What stands on terminals that can do less, or that somebody has set up otherwise.

let terminal: Terminal;
afterEach(() => terminal?.kill());

const demo = (env: Readonly<Record<string, string>>, ...args: string[]): Terminal =>
  new Terminal([built, 'demo', '--vms', '6', ...args], { env });

/** The text of the cells that are drawn inverse, row by row. */
function inverse(): string[] {
  const { active } = terminal.emulator.buffer;
  return Array.from({ length: terminal.emulator.rows }, (_, row) => {
    const line = active.getLine(row);
    return Array.from({ length: terminal.emulator.cols }, (__, column) => line?.getCell(column))
      .map((cell) => (cell?.isInverse() ? cell.getChars() || ' ' : ''))
      .join('');
  }).filter((text) => text !== '');
}

/** From the first screen through each step to the menu of what can be done. */
async function walk(pointer: string): Promise<string[]> {
  const seen: string[] = [];
  const sees = async (wanted: string) => {
    await terminal.shows(wanted);
    seen.push(terminal.text());
  };
  await sees('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await sees('Connected');
  terminal.press('enter');
  await sees(`${pointer} Debian Lenny`);
  terminal.press('?');
  await sees('Keys here');
  return seen;
}

test('CI=1 on a terminal shows the screen', async () => {
  terminal = demo({ CI: '1' });
  await terminal.shows('Which XenServer?');
  expect(terminal.buffer.type).toBe('alternate');
  terminal.press('?');
  await terminal.shows('Keys here');
});

describe.each([
  ['NO_COLOR', { NO_COLOR: '1' }, []],
  ['--no-color', {}, ['--no-color']],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, []],
] as const)('%s', (_, env, flags) => {
  test('no colours, and a cursor that one can see', async () => {
    terminal = demo(env, ...flags);
    await terminal.shows('Which XenServer?');
    terminal.press('tab');
    await terminal.is('the cursor behind root', () => inverse().length === 1);
    terminal.press('left', 'x');
    await terminal.shows('roox');
    await terminal.is('the cursor on the letter that follows', () => inverse().join() === 't');
    expect(terminal.raw).not.toMatch(/\u001b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7])m/);
    expect(terminal.raw).not.toContain('Warning');
  });
});

test('LANG=C: ASCII on every screen', async () => {
  terminal = demo({ LANG: 'C', LC_ALL: 'C' });
  for (const text of await walk('>')) expect(text).toMatch(/^[\x00-\x7f]*$/);
});

test('TERM=linux: what a font of the console has', async () => {
  terminal = demo({ TERM: 'linux' });
  for (const text of await walk('>')) expect(text.replace(/[─│█░→←↑↓·]/g, '')).toMatch(/^[\x00-\x7f]*$/);
});
