import { afterEach, expect, test } from 'vitest';
import { built, Terminal } from './terminal.ts';

// Somebody who has read nothing, and presses Enter.

let terminal: Terminal;
afterEach(() => terminal?.kill());

test.each([
  [80, 24],
  [160, 50],
])('Enter alone leads from the demo to a VM that installs, at %ix%i', async (columns, rows) => {
  terminal = new Terminal([built, 'demo'], { columns, rows });
  await terminal.shows('Which XenServer?');
  expect(terminal.text()).toContain('xenfai installs Debian on virtual machines');
  await terminal.shows('^C quit');
  const seen: string[] = [];
  // Where Enter does nothing yet it is not among the keys.
  const offersEnter = () => / Enter /.test(terminal.lines().at(-1) ?? '');
  while (!terminal.text().includes('● 6 Fleet')) {
    const before = terminal.text();
    seen.push(before);
    expect(seen.length).toBeLessThan(40);
    terminal.press('enter');
    const goesOn = (text: string) => text.includes('● 6 Fleet') || (text !== before && offersEnter());
    await terminal.is('something else that goes on by Enter', goesOn);
    expect(terminal.wraps()).toBe(false);
  }
  const steps = ['Connected', 'Which template?', 'Both files are what this host can boot', 'New and empty'];
  expect(steps.filter((step) => !seen.some((text) => text.includes(step)))).toEqual([]);
  // Nothing that was there has been touched.
  expect(seen.filter((text) => /ERASES/.test(text))).toEqual([]);
  await terminal.shows(/❯ web01 +▶ installing/);
});
