import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adviceText } from '../../source/commands/advice.ts';
import type { Act, Advice } from '../../source/problem/advice.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { cleanRow } from '../../source/text/clean.ts';
import { xe } from '../../source/text/shell.ts';
import { goodArgs, lennyTemplate, simulator, xenfai } from '../harness.ts';

// What is advised is made to be pasted. Here it is, into a real shell, with xe and xenfai as programs that only write
// down how they were called.

const folder = mkdtempSync(join(tmpdir(), 'xenfai-pasted-'));
const calls = join(folder, 'calls');
for (const name of ['xe', 'xenfai']) {
  writeFileSync(
    join(folder, name),
    `#!/bin/sh\nprintf '%s\\0' ${name} "$@" >> "${calls}"\nprintf '\\n' >> "${calls}"\n`,
  );
  chmodSync(join(folder, name), 0o755);
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines in one shell; how the programs were called. */
function paste(lines: readonly string[]): string[][] {
  rmSync(calls, { force: true });
  const env = { ...process.env, PATH: `${folder}:/usr/bin:/bin` };
  spawnSync('/bin/sh', { input: `${lines.join('\n')}\n`, cwd: folder, env });
  // Whatever the foreign text wanted: it was not run.
  expect(existsSync(join(folder, 'PWN'))).toBe(false);
  if (!existsSync(calls)) return [];
  return readFileSync(calls, 'utf8')
    .split('\0\n')
    .filter((call) => call !== '')
    .map((call) => call.split('\0'));
}

const command = /^(?:in dom0: )?(?:VM=\$\()?(xe|xenfai) /;
/** The lines of an output that somebody could paste. */
const pasted = (text: string): string[] =>
  text
    .split('\n')
    .map((row) => row.trim().replace(/^try: /, ''))
    .filter((row) => command.test(row))
    .map((row) => row.replace(/^in dom0: /, ''));

const hostile = ['x$(touch PWN)', 'x`touch PWN`', `x'; touch PWN; '`, 'x"; touch PWN; "', '--yes; touch PWN'];

let sim: Simulator;
beforeEach(async () => {
  sim = await simulator({ vms: 6 });
});
afterEach(() => sim.stop());

const rename = (className: string, from: string, to: string): void => {
  for (const [ref, record] of sim.world.database.all(className))
    if (record['name_label'] === from) sim.world.database.set(className, ref, 'name_label', to);
};

describe.each(hostile)('%s as the name', (name) => {
  test('of a template, of VMs, of a storage: what is printed runs nothing of it, and names it', async () => {
    expect((await xenfai(sim, ['template', 'copy', lennyTemplate, '--', name])).code).toBe(0);
    rename('VM', 'vm1', name);
    rename('SR', 'Local storage', name);
    const set = ['template', 'set', '--repository', sim.repository, '--args', goodArgs, '--dry-run', '--', name];
    const lines = [
      ['create', 'a', `--template=${name}`],
      set,
      set.filter((word) => word !== '--dry-run'),
      ['create', 'a', `--template=${name}`, '--sr', 'nowhere'],
      ['create', `--template=${name}`, '--dry-run', '--', `${name} 2`],
      ['create', `--template=${name}`, '--', name],
      ['rearm', '--dry-run', '--release', name, '--', name],
      ['start', '--force', '--', name],
      ['rearm', '--yes', '--', name],
      ['check', `--vm=${name}`],
      ['status', '--orphans'],
      ['status', '--', `${name} is nobody`],
    ];
    const seen: string[][] = [];
    for (const line of lines) {
      const { out, err } = await xenfai(sim, line);
      seen.push(...paste(pasted(`${out}\n${err}`)));
    }
    const holds = (program: string, word: string, value: string) =>
      seen.some((call) => call[0] === program && call.includes(word) && call.some((one) => one.includes(value)));
    // Not prepared: the template is to be set; taken: that VM may be armed again; running: it may be stopped.
    expect(holds('xenfai', 'set', name)).toBe(true);
    expect(holds('xenfai', 'rearm', name)).toBe(true);
    expect(holds('xenfai', 'stop', name)).toBe(true);
    expect(holds('xe', 'vm-install', `new-name-label=${name} 2 xenfai:`)).toBe(true);
  });
});

const acts = (name: string): Act[] => [
  { act: 'copy-template', template: name },
  { act: 'set-template', template: name },
  { act: 'check', vm: name },
  { act: 'rearm', vm: name, note: 'installs it again' },
  { act: 'repair', vm: name },
  { act: 'start', vm: name },
  { act: 'stop', vm: name, force: true },
  { act: 'watch', vm: name },
];

test('any name is one word of its command; what looks like a flag is none', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      const name = cleanRow(text).replaceAll('\0', '');
      fc.pre(name !== '');
      const all = acts(name).map((act) => adviceText(act, cleanRow));
      for (const call of paste(all)) {
        expect(call).toContain(name);
        if (name.startsWith('-') && !call.includes('--vm')) expect(call[call.indexOf(name) - 1]).toBe('--');
      }
    }),
    { numRuns: 20 },
  );
});

test('a name that cannot be shown as it is is asked for by its UUID; a word is cleaned before it is quoted', () => {
  const name = `a\u001b' '$(touch PWN)`;
  for (const act of acts(name)) expect(adviceText(act, cleanRow)).toMatch(/ UUID/);
  const line: Advice = { ...xe('vm-param-set', { uuid: name, 'name-label': '$(touch PWN)' }), where: 'dom0' };
  const text = adviceText(line, cleanRow).replace('in dom0: ', '');
  expect(cleanRow(text)).toBe(text);
  expect(paste([text, text])).toHaveLength(2);
});

test.each<[Advice, string]>([
  ['Wait a minute.', 'Wait a minute.'],
  [{ act: 'list-vms' }, 'xenfai status --all'],
  [{ act: 'give', setting: 'sr' }, 'Give --sr NAME'],
  [{ act: 'give', setting: 'sr', value: 'Local storage' }, "Give --sr 'Local storage'"],
  [{ act: 'give', setting: 'force', note: 'switches it off' }, 'Give --force: switches it off.'],
  [{ shell: ['xe', 'host-list'], where: 'dom0', note: 'shows it' }, 'in dom0: xe host-list   # shows it'],
  [{ act: 'rearm', vm: '-x' }, 'xenfai rearm -- -x'],
  [{ act: 'stage', from: 'iso', pool: true }, 'xenfai stage --iso host --root DIR --release NAME --arch i386 --pool'],
  [
    { act: 'stage', release: 'book worm', arch: 'amd64' },
    "xenfai stage --nfsroot /srv/fai/nfsroot --root DIR --release 'book worm' --arch amd64",
  ],
])('%j', (advice, text) => {
  expect(adviceText(advice)).toBe(text);
});
