import { afterEach, describe, expect, test } from 'vitest';
import { built, Terminal } from './terminal.ts';

let terminal: Terminal;
afterEach(() => terminal?.kill());

const home = '\u0006';

/** In the fleet of a host with forty VMs, of which 34 have to do with an install. */
async function open(columns: number, rows: number): Promise<void> {
  terminal = new Terminal([built, 'demo', '--vms', '40', '--seed', '3'], { columns, rows });
  await terminal.shows('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await terminal.shows('Connected');
  terminal.press(home);
  await terminal.shows(/34 VMs:.*1 of 34/);
}

const vmRows = (): string[] => terminal.lines().filter((line) => /^ {1,2}[ ❯][ •]vm\d/.test(line));
const names = (): string[] => vmRows().map((line) => line.match(/vm\d+/)?.[0] ?? '');

describe.each([
  [80, 24, 18],
  [160, 50, 34],
])('forty VMs at %ix%i', (columns, rows, shown) => {
  test('as many as there are rows for, the position, totals, filter, order and ticks', async () => {
    await open(columns, rows);
    expect(vmRows()).toHaveLength(shown);
    expect(terminal.wraps()).toBe(false);
    // What has been fired at and never heard of stands before what rests.
    expect(terminal.text()).toMatch(/❯ vm03 +\S+ fired/);

    // A burst loses no key.
    terminal.press('j'.repeat(9));
    await terminal.shows('10 of 34');
    terminal.press('G');
    await terminal.shows('34 of 34');
    expect(names().at(-1)).toBe('vm38');
    terminal.press('g');

    terminal.press('/', 'installed', 'enter');
    await terminal.shows(/\/installed.*1 of 7/);
    expect(vmRows()).toHaveLength(7);
    terminal.press('/', '-nowhere', 'enter');
    await terminal.shows('/installed-nowhere: Esc shows all of them');
    terminal.press('escape');
    await terminal.shows('of 34');

    terminal.press('R');
    await terminal.shows('STATE↓');
    terminal.press('R');
    await terminal.shows('STATE↑');

    terminal.press('g', 'space', 'space', 'j', 'V');
    await terminal.shows('4 ticked');
    expect(vmRows().filter((line) => line.includes('•'))).toHaveLength(4);
    terminal.press('A');
    await terminal.shows('Rearm and start');
    await terminal.shows('vm03, vm09, vm15, vm21');
    terminal.press('escape');
    await terminal.shows('Nothing was changed.');
    terminal.press('escape');
    await terminal.is('no ticks', (text) => !text.includes('ticked'));
    expect(terminal.text()).toContain('34 VMs:');
    terminal.press('e');
    await terminal.shows('None of those shown has failed, waits or is lost.');
  });
});

test('two hundred keys in one write, and in pieces that end between keys, lose none', async () => {
  terminal = new Terminal([built, 'demo', '--vms', '300', '--seed', '3']);
  await terminal.shows('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await terminal.shows('Connected');
  terminal.press(home);
  await terminal.shows(/\b1 of 2\d\d/);
  const [down, up] = ['\u001b[B', '\u001b[A'];
  terminal.press(`${down}j`.repeat(100));
  await terminal.shows('201 of 2');
  const keys = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? up : 'k'));
  for (let length = 1; keys.length > 0; length = (length % 13) + 1) {
    terminal.press(keys.splice(0, length).join(''));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await terminal.shows(/\b1 of 2\d\d/);
  // Letters, as fast as they come, into a field.
  const name = Array.from({ length: 200 }, (_, index) => index % 10).join('');
  terminal.press('/', name, 'enter');
  await terminal.is('all of the filter', (text) => text.replaceAll(/\s/g, '').includes(`/${name}`));
});
