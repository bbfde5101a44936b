import type { Act, Advice, Setting } from '../../problem/advice.ts';
import { isShellLine } from '../../problem/advice.ts';
import { cleanRow } from '../../text/clean.ts';
import { printShell, type ShellWord } from '../../text/shell.ts';

/** A key that does what an act says, and the step where it is; held against the real keys by a test. */
export interface KeyOfAct {
  readonly key: string;
  readonly label: string;
  readonly screen: 'template' | 'configure' | 'verify' | 'act' | 'fleet';
}

const steps: Readonly<Record<KeyOfAct['screen'], string>> = {
  template: 'in step 2',
  configure: 'in step 3',
  verify: 'in step 4',
  act: 'in step 5',
  fleet: 'in the fleet',
};

/** Acts that are a key of the screen. The others are a line of the command line. */
export const keysOfActs = {
  'list-vms': { key: 'o', label: 'others', screen: 'fleet' },
  'list-templates': { key: 'r', label: 'read again', screen: 'template' },
  force: { key: 'o', label: 'go on anyway', screen: 'verify' },
  'copy-template': { key: 'c', label: 'copy', screen: 'template' },
  'set-template': { key: 'enter', label: 'use', screen: 'template' },
  rearm: { key: 'a', label: 'rearm', screen: 'fleet' },
  repair: { key: 'p', label: 'repair', screen: 'fleet' },
  start: { key: 's', label: 'start', screen: 'fleet' },
  stop: { key: 'x', label: 'stop', screen: 'fleet' },
  stage: { key: 't', label: 'stage', screen: 'verify' },
  watch: { key: 'l', label: 'log', screen: 'fleet' },
} as const satisfies Readonly<Partial<Record<Act['act'], KeyOfAct>>>;

/** What the fields of the forms are called where that is not the word of the flag. */
const fields: Readonly<Partial<Record<Setting, string>>> = {
  sr: 'storage',
  args: 'kernel line',
  host: 'address',
  root: 'repository',
  kernel: 'source',
  iso: 'source',
  deb: 'source',
};

/** Advice for somebody at the screen: the key that does it, or the line for a shell, with every name quoted. */
export function adviceText(advice: Advice): string {
  if (typeof advice === 'string') return advice;
  if (isShellLine(advice)) {
    const where = advice.where === undefined ? '' : `in ${advice.where}: `;
    return `${where}${printShell(advice, cleanRow)}${advice.note === undefined ? '' : `   # ${advice.note}`}`;
  }
  const text = advice.act === 'give' ? giveText(advice.setting, advice.value) : actText(advice);
  return advice.note === undefined ? text : `${text}: ${advice.note}.`;
}

function giveText(setting: Setting, value: string | undefined): string {
  if (setting === 'force') return 'The plan asks first; y carries it out';
  if (setting === 'timeout') return 'Start xenfai with --timeout SECONDS';
  if (setting === 'via') return `Write " via ${value ?? 'USER@HOST'}" behind the address`;
  return `Change ${fields[setting] ?? setting}${value === undefined ? '' : ` to ${value}`}`;
}

function actText(act: Exclude<Act, { act: 'give' }>): string {
  switch (act.act) {
    case 'list-orphans':
      return 'xenfai status --orphans';
    case 'list-journal':
      return 'xenfai journal';
    case 'repeat':
      return 'Do the same once more: what is done already is seen, and left alone';
    case 'preview':
      return 'The plan is shown before anything is done';
    case 'check':
      return act.vm === undefined
        ? 'r fetches both files again in step 4'
        : printShell({ shell: ['xenfai', 'check', '--vm', typed(act.vm)] });
    case 'fai-files':
      return 'xenfai fai-files DIR --repository URL';
    case 'trust':
      return printShell({
        shell: [
          ...['xenfai', 'hosts', 'trust', act.host],
          ...(act.via === undefined ? [] : ['--via', act.via]),
          ...(act.fingerprint === undefined ? [] : ['--fingerprint', act.fingerprint]),
          ...(act.legacyTls ? ['--legacy-tls'] : []),
        ],
      });
    case 'copy-template':
    case 'set-template':
      return pressed(act.act, act.template);
    case 'rearm':
    case 'repair':
    case 'start':
    case 'stop':
    case 'watch':
      return pressed(act.act, act.vm);
    default:
      return pressed(act.act);
  }
}

/** A name that changes by being shown cannot be typed: its UUID is asked for in its place. */
const typed = (name: string): ShellWord => (cleanRow(name) === name && name !== '' ? name : { plain: 'UUID' });

function pressed(act: keyof typeof keysOfActs, name?: string): string {
  const { key, label, screen } = keysOfActs[act];
  return `${key === 'enter' ? 'Enter' : key} (${label}) ${steps[screen]}${name === undefined ? '' : `, for ${name}`}`;
}
