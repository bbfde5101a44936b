import { built, Terminal } from '../test/end-to-end/terminal.ts';
import type { BenchmarkRow } from './measure.ts';

/**
 * The least a terminal must be told to get from one screen to the other: for each row that differs, a jump to the
 * first changed cell (7 bytes as CSI row;column H) and the text from the first to the last difference; colours free.
 */
function leastBytes(before: readonly string[], after: readonly string[]): number {
  let bytes = 0;
  for (const [index, row] of after.entries()) {
    const old = before[index] ?? '';
    if (row === old) continue;
    const width = Math.max(row.length, old.length);
    const [a, b] = [old.padEnd(width), row.padEnd(width)];
    let first = 0;
    while (a[first] === b[first]) first += 1;
    let last = width - 1;
    while (a[last] === b[last]) last -= 1;
    bytes += 7 + Buffer.byteLength(b.slice(first, last + 1));
  }
  return bytes;
}

/** Until nothing was drawn for a while: what is counted must belong to the key. */
async function quiet(terminal: Terminal): Promise<void> {
  for (let bytes = -1; bytes !== terminal.bytes; ) {
    bytes = terminal.bytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function press(terminal: Terminal, key: string, wanted: RegExp): Promise<{ ours: number; least: number }> {
  await quiet(terminal);
  const before = terminal.lines();
  const bytes = terminal.bytes;
  terminal.press(key);
  await terminal.shows(wanted);
  await quiet(terminal);
  return { ours: terminal.bytes - bytes, least: leastBytes(before, terminal.lines()) };
}

const row = (what: string, { ours, least }: { ours: number; least: number }): BenchmarkRow => ({
  what,
  ours: `${ours} B`,
  theirs: `${least} B`,
  ratio: `${(ours / least).toFixed(2)}x`,
  rival: 'smallest difference of the two screens, without colours',
});

/** Bytes to the terminal for one key press, at 80x24. */
export async function bytesPerKey(): Promise<BenchmarkRow[]> {
  // The clock on the screen stands still: what is counted is the key.
  const terminal = new Terminal([built, 'demo', '--vms', '9'], { env: { XENFAI_CLOCK: '2010-11-15T10:53:00Z' } });
  try {
    await terminal.shows('Which XenServer?');
    terminal.press('enter', 'enter', 'enter');
    await terminal.shows('That is the one attempt.');
    terminal.press('enter');
    await terminal.shows(/❯ Debian Lenny/);
    const list = await press(terminal, 'down', /❯ CentOS 4\.5/);
    terminal.press('up');
    await terminal.shows(/❯ Debian Lenny/);
    terminal.press('enter');
    await terminal.shows('Copy the template');
    const letter = await press(terminal, 'x', /FAI lennyx/);
    return [row('bytes for a move in the template list', list), row('bytes for a letter in a form', letter)];
  } finally {
    terminal.kill();
  }
}
