import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allCommands, commandNames } from '../../source/commands/commands.ts';
import { exitsOf, exitTexts, helpOf, readmeRows } from '../../source/commands/help.ts';
import { declared } from '../../source/commands/take.ts';
import { widthOf } from '../../source/text/width.ts';
import { xenfai } from '../harness.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

test('the README has the commands as their specs say', async () => {
  const block = /<!-- commands:[^\n]*\n([\s\S]*?)<!-- \/commands -->/.exec(readme)?.[1] ?? '';
  expect(block.trim().split('\n').slice(2)).toEqual(readmeRows(await allCommands()));
});

test('each command is found under its own name, and has an example that it can read', async () => {
  const specs = await allCommands();
  expect(specs.map(({ name }) => name).filter((name) => name !== '')).toEqual(commandNames);
  for (const spec of specs) {
    expect([spec.name, spec.examples.length > 0]).toEqual([spec.name, true]);
    for (const [line] of spec.examples) {
      const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
      const own = ['xenfai', ...(spec.name === '' ? [] : spec.name.split(' '))];
      expect(words.slice(0, own.length)).toEqual(own);
      expect(() => spec.read(words.slice(own.length))).not.toThrow();
    }
  }
});

test('help has flags, examples and exit codes, in 100 columns but for lines to be copied', async () => {
  for (const spec of await allCommands()) {
    const text = helpOf(spec);
    for (const { flag } of spec.taken.flags) expect(text.join('\n')).toContain(flag.split(' ')[0]);
    for (const code of exitsOf(spec)) expect(text.join('\n')).toContain(exitTexts[code]);
    expect(text.filter((row) => widthOf(row) > 100 && !/^ {2}xenfai /.test(row))).toEqual([]);
  }
  const help = await xenfai(null, ['help', 'rearm']);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toMatch(/^xenfai rearm VM\.\.\. \[--repository URL\]/);
  expect(help.out).toContain('xenfai rearm web01 --yes --start');
  const hosts = await xenfai(null, ['help', 'hosts']);
  for (const name of ['xenfai hosts\n', 'xenfai hosts trust HOST', 'xenfai hosts forget HOST'])
    expect(hosts.out).toContain(name);
  const simulate = await xenfai(null, ['simulate', '--help']);
  expect(simulate.out).not.toMatch(/--(password-file|host|yes|dry-run|read-only) /);
  const all = await xenfai(null, ['--help']);
  expect(all.out).toContain('the wizard and the fleet');
  for (const name of commandNames) expect(all.out).toContain(`xenfai ${name}`);
});

test.each([80, 60])(
  'on a terminal of %d columns no row of a help is wider, but for lines to be copied',
  async (columns) => {
    for (const name of ['', ...commandNames, 'template']) {
      const { out } = await xenfai(null, ['help', ...name.split(' ').filter(Boolean)], { stdoutColumns: columns });
      const wide = out.split('\n').filter((row) => widthOf(row) > columns && !/^ {2}xenfai /.test(row));
      expect([name, wide]).toEqual([name, []]);
    }
  },
);

test('what a command takes is known without a line', () => {
  const { operands, flags } = declared((take) => [take.some('VM'), take.on('--force', 'x')]);
  expect({ operands, flags }).toEqual({
    operands: [{ name: 'VM', least: 1, many: true }],
    flags: [{ flag: '--force', help: 'x', many: false }],
  });
});
