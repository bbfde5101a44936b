import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { built, Terminal } from './terminal.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(resolve(root, 'docs/first-hour.md'), 'utf8');

const names: Readonly<Record<string, string>> = {
  Enter: 'enter',
  Esc: 'escape',
  PgDn: 'pagedown',
  '^G': '\u0007',
};

interface Deed {
  readonly do: 'press' | 'look';
  readonly what: string;
}

/** What the page tells to do and to see, in its order. */
function deeds(): readonly Deed[] {
  return page.split('\n').flatMap((line): Deed[] => {
    const seen = /^> (.*)/.exec(line)?.[1];
    if (seen !== undefined) return [{ do: 'look', what: seen }];
    return [...line.matchAll(/<kbd>(.+?)<\/kbd>/g)].map(([, key = '']) => ({ do: 'press', what: names[key] ?? key }));
  });
}

test('docs/first-hour.md, word by word: each key it names, and each line it shows', async () => {
  const list = deeds();
  expect(list.filter((deed) => deed.do === 'press').length).toBeGreaterThan(20);
  // The page's minute would be one of waiting.
  const terminal = new Terminal([built, 'demo', '--speed', '20']);
  try {
    for (const deed of list) {
      if (deed.do === 'press') terminal.press(deed.what);
      else await terminal.shows(deed.what);
    }
    expect((await terminal.exit).exitCode).toBe(0);
  } finally {
    terminal.kill();
  }
});

test('its commands are those of the README', () => {
  const command = /```\n(npm .*)\n```/.exec(page)?.[1] ?? expect.fail('no command');
  expect(readFileSync(resolve(root, 'README.md'), 'utf8')).toContain(`\n${command}\n`);
});
