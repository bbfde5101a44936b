import { built, Terminal } from '../test/end-to-end/terminal.ts';
import { bytesOf, bytesRow } from './least-bytes.ts';
import type { BenchmarkRow } from './measure.ts';

const press = (terminal: Terminal, key: string, wanted: RegExp) =>
  bytesOf(terminal, () => terminal.press(key), wanted);

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
    terminal.press('o');
    await terminal.shows('CentOS 4.5');
    const list = await press(terminal, 'down', /❯ CentOS 4\.5/);
    terminal.press('up');
    await terminal.shows(/❯ Debian Lenny/);
    terminal.press('enter');
    await terminal.shows('Copy the template');
    const letter = await press(terminal, 'x', /FAI lennyx/);
    return [
      bytesRow('bytes for a move in the template list', list),
      bytesRow('bytes for a letter in a form', letter),
    ];
  } finally {
    terminal.kill();
  }
}
