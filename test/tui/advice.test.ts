import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Act, Setting } from '../../source/problem/advice.ts';
import { cleanRow } from '../../source/text/clean.ts';
import { xe } from '../../source/text/shell.ts';
import { adviceText, type KeyOfAct, keysOfActs } from '../../source/tui/app/advice.ts';
import type { Binding } from '../../source/tui/kit/binding.ts';
import { actMenuKeys } from '../../source/tui/screens/act/keys.ts';
import { configureKeys } from '../../source/tui/screens/configure/keys.ts';
import { fleetKeys } from '../../source/tui/screens/fleet/keys.ts';
import { templateKeys } from '../../source/tui/screens/template/keys.ts';
import { verifyKeys } from '../../source/tui/screens/verify/keys.ts';

// What the screen advises can be done there: each key it names is one of its keys.

type AnyBinding = Pick<Binding<never, unknown>, 'keys' | 'label'>;
const bindings: Readonly<Record<KeyOfAct['screen'], readonly AnyBinding[]>> = {
  template: templateKeys,
  configure: configureKeys,
  verify: verifyKeys,
  act: actMenuKeys,
  fleet: fleetKeys,
};

test.each(Object.entries<KeyOfAct>(keysOfActs))('%s is a key of its screen', (_, { key, label, screen }) => {
  const binding = bindings[screen].find(({ keys }) => keys.includes(key));
  expect(binding?.label).toBe(label);
});

const name = 'web 01';
const acts: Readonly<Record<Exclude<Act['act'], 'give'>, Act>> = {
  'list-vms': { act: 'list-vms' },
  'list-templates': { act: 'list-templates' },
  'list-orphans': { act: 'list-orphans' },
  'list-journal': { act: 'list-journal' },
  repeat: { act: 'repeat' },
  force: { act: 'force' },
  preview: { act: 'preview' },
  'copy-template': { act: 'copy-template', template: name },
  'set-template': { act: 'set-template', template: name },
  check: { act: 'check', vm: name },
  rearm: { act: 'rearm', vm: name },
  repair: { act: 'repair', vm: name },
  start: { act: 'start', vm: name },
  stop: { act: 'stop', vm: name, force: true },
  stage: { act: 'stage', from: 'iso' },
  'fai-files': { act: 'fai-files' },
  watch: { act: 'watch', vm: name },
  trust: { act: 'trust', host: 'xvm03', fingerprint: 'AB:CD', legacyTls: true },
};

describe('every act has something to do', () => {
  test.each(Object.entries(acts))('%s', (kind, act) => {
    const text = adviceText(act);
    expect(text).not.toMatch(/undefined|\[object/);
    expect(text.length).toBeGreaterThan(10);
    if ('vm' in act || 'template' in act) expect(text).toContain(name);
    const key = Object.entries<KeyOfAct>(keysOfActs).find(([one]) => one === kind)?.[1];
    if (key !== undefined) expect(text.toLowerCase()).toMatch(new RegExp(`^${key.key} \\(${key.label}\\) in `));
    expect(adviceText({ ...act, note: 'that helps' })).toBe(`${text}: that helps.`);
  });
});

const settings: Readonly<Record<Setting, string>> = {
  template: 'Change template',
  repository: 'Change repository',
  release: 'Change release',
  arch: 'Change arch',
  args: 'Change kernel line',
  kernel: 'Change source',
  initrd: 'Change initrd',
  proxy: 'Change proxy',
  sr: 'Change storage',
  network: 'Change network',
  memory: 'Change memory',
  disk: 'Change disk',
  host: 'Change address',
  via: 'Write " via USER@HOST" behind the address',
  timeout: 'Start xenfai with --timeout SECONDS',
  force: 'The plan asks first; y carries it out',
  'live-iso': 'Change live-iso',
  root: 'Change repository',
  url: 'Change url',
  iso: 'Change source',
  deb: 'Change source',
};
test.each(Object.entries(settings))('to give %s', (setting, text) => {
  expect(adviceText({ act: 'give', setting: setting as Setting })).toBe(text);
});

/** The words that a shell makes of a line: bare ones and single quotes, as POSIX reads them. Throws on anything else. */
function words(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  while (rest !== '') {
    const [whole = '', text = ''] = /^((?:[A-Za-z0-9_@%+=:,./-]|'[^']*'|\\')+)(?: |$)/.exec(rest) ?? [];
    if (whole === '') throw new Error(`no word: ${rest}`);
    found.push(text.replace(/'([^']*)'|\\'/g, (_, quoted: string | undefined) => quoted ?? "'"));
    rest = rest.slice(whole.length);
  }
  return found;
}

const hostile = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\u001b', '-', ';', ' ', '(', 'x'),
  }),
);

test('a foreign name is one word of a printed line', () => {
  fc.assert(
    fc.property(hostile, (foreign) => {
      const shown = cleanRow(foreign);
      const printed = adviceText({ ...xe('vm-start', { uuid: foreign }), where: 'dom0' });
      expect(cleanRow(printed)).toBe(printed);
      expect(words(printed.replace('in dom0: ', ''))).toEqual(['xe', 'vm-start', `uuid=${shown}`]);
      const check = words(adviceText({ act: 'check', vm: foreign }));
      expect(check.slice(0, 2)).toEqual(['xenfai', 'check']);
      // A name that is changed by showing it cannot be typed.
      const typed = shown === foreign ? shown : 'UUID';
      expect(check.slice(2)).toEqual(['--vm', typed]);
    }),
  );
});
