import { type Act, type Advice, isShellLine, type Setting } from '../problem/advice.ts';
import { printShell, type ShellWord } from '../text/shell.ts';

/** What stands for the value of a setting in a line that somebody has to complete. */
const values: Readonly<Record<Setting, string | null>> = {
  template: 'NAME',
  repository: 'URL',
  release: 'NAME',
  arch: 'i386',
  args: 'LINE',
  kernel: 'PATH',
  initrd: 'PATH',
  proxy: 'URL',
  sr: 'NAME',
  network: 'NAME',
  memory: 'SIZE',
  disk: 'SIZE',
  host: 'ADDRESS',
  via: 'USER@HOST',
  timeout: 'SECONDS',
  force: null,
  'live-iso': 'NAME',
  root: 'DIR',
  url: 'URL',
  iso: 'FILE',
  deb: 'FILE',
};

/**
 * Advice as a line to be pasted, or a sentence: an act becomes the command of its kind. Every name is quoted;
 * `shown` is what becomes of a foreign word where the line is printed: a name that changes by it cannot be typed,
 * and its UUID is asked for in its place.
 */
export function adviceText(advice: Advice, shown: (word: string) => string = (word) => word): string {
  if (typeof advice === 'string') return advice;
  if (isShellLine(advice)) {
    const where = advice.where === undefined ? '' : `in ${advice.where}: `;
    return `${where}${printShell(advice, shown)}${behind(advice.note)}`;
  }
  const named = (name: string): ShellWord => (shown(name) === name && name !== '' ? name : { plain: 'UUID' });
  const what = advice.act === 'give' ? giveText(advice, shown) : actText(advice, named);
  return typeof what === 'string'
    ? what + (advice.note === undefined ? '' : `: ${advice.note}.`)
    : `${printShell({ shell: what }, shown)}${behind(advice.note)}`;
}

/** For a shell it is a comment. */
const behind = (note: string | undefined): string => (note === undefined ? '' : `   # ${note}`);

/** The words of a command, or a sentence about the command just given. */
function actText(
  act: Exclude<Act, { act: 'give' }>,
  named: (name: string) => ShellWord,
): readonly ShellWord[] | string {
  const about = (command: string, name: string, flags: readonly string[] = []): readonly ShellWord[] => [
    'xenfai',
    ...command.split(' '),
    ...flags,
    // A name may look like a flag.
    ...(name.startsWith('-') ? ['--'] : []),
    named(name),
  ];
  switch (act.act) {
    case 'list-vms':
      return ['xenfai', 'status', '--all'];
    case 'list-templates':
      return ['xenfai', 'templates'];
    case 'list-orphans':
      return ['xenfai', 'status', '--orphans'];
    case 'list-journal':
      return ['xenfai', 'journal'];
    case 'repeat':
      return 'Run the same command again: what is done already is seen, and left alone';
    case 'force':
      return 'Add --force to do it all the same';
    case 'preview':
      return 'Use --dry-run to see what would be done';
    case 'copy-template':
      return [...about('template copy', act.template), { plain: 'NEW-NAME' }];
    case 'set-template':
      return about('template set', act.template, ['--repository', 'URL', '--args', 'LINE']);
    case 'check':
      return ['xenfai', 'check', '--vm', act.vm === undefined ? 'NAME' : named(act.vm)];
    case 'rearm':
    case 'repair':
    case 'start':
      return about(act.act, act.vm);
    case 'stop':
      return about('stop', act.vm, act.force ? ['--force'] : []);
    case 'stage':
      return stageLine(act);
    case 'fai-files':
      return ['xenfai', 'fai-files', 'DIR', '--repository', 'URL'];
    case 'watch':
      return act.vm === undefined ? ['xenfai', 'status', '--watch'] : about('watch', act.vm);
    case 'trust':
      return trustLine(act);
  }
}

const trustLine = ({ host, via, fingerprint, legacyTls }: Extract<Act, { act: 'trust' }>): readonly ShellWord[] => [
  ...['xenfai', 'hosts', 'trust', host],
  ...(via === undefined ? [] : ['--via', via]),
  ...(fingerprint === undefined ? [] : ['--fingerprint', fingerprint]),
  ...(legacyTls ? ['--legacy-tls'] : []),
];

function stageLine({
  from,
  pool,
  repack,
  release = 'NAME',
  arch = 'i386',
}: Extract<Act, { act: 'stage' }>): readonly ShellWord[] {
  const source = from === 'iso' ? ['--iso', 'host'] : ['--nfsroot', '/srv/fai/nfsroot'];
  const more = [...(pool ? ['--pool'] : []), ...(repack ? ['--repack'] : [])];
  return ['xenfai', 'stage', ...source, '--root', 'DIR', '--release', release, '--arch', arch, ...more];
}

function giveText({ setting, value }: Extract<Act, { act: 'give' }>, shown: (word: string) => string): string {
  const stands = values[setting];
  if (stands === null) return `Give --${setting}`;
  return `Give ${printShell({ shell: [`--${setting}`, value ?? { plain: stands }] }, shown)}`;
}
