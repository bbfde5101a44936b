import { type ExitCode, exit } from '../problem/exit.ts';
import { wrapText } from '../text/width.ts';
import { everyFlag, hostFlags } from './global-flags.ts';
import type { CommandSpec } from './spec.ts';
import { declared, type FlagHelp, nameOf } from './take.ts';

/** What each exit code means. */
export const exitTexts: Readonly<Record<ExitCode, string>> = {
  [exit.done]: 'done, or nothing to do',
  [exit.fault]: 'a fault in xenfai',
  [exit.usage]: 'wrong usage, or no terminal where one is needed',
  [exit.unreachable]: 'cannot reach the host',
  [exit.loginRefused]: 'login refused',
  [exit.certificate]: 'certificate not trusted, or changed',
  [exit.checkFailed]: 'the repository check failed',
  [exit.notFound]: 'no such VM or template, or the name fits several',
  [exit.refused]: 'refused to protect something (vendor template, running VM, HVM, read-only)',
  [exit.someFailed]: 'some of several failed (all alike: their own code)',
  [exit.hostError]: 'the host reported an error',
  [exit.installFailed]: 'an install failed, was stopped, waits for a key, was lost or never begun (watch, --watch)',
  [exit.hungUp]: 'hung up',
  [exit.interrupted]: 'interrupted',
  [exit.terminated]: 'terminated',
};

const ofHosts: readonly ExitCode[] = [exit.unreachable, exit.loginRefused, exit.certificate, exit.hostError];
const ofAll: readonly ExitCode[] = [
  exit.done,
  exit.fault,
  exit.usage,
  exit.hungUp,
  exit.interrupted,
  exit.terminated,
];

/** The codes a command can end with, in their order. */
export const exitsOf = ({ access, exits }: CommandSpec): ExitCode[] =>
  [...ofAll, ...exits, ...(access === 'none' ? [] : ofHosts)].sort((a, b) => a - b);

/** A command with what it takes, as on its own line: `xenfai stop VM... [--force] [--reset]`. */
export function usageOf({ name, taken }: CommandSpec): string {
  const operands = taken.operands.map(({ name: operand, least, many }) => {
    const text = `${operand}${many ? '...' : ''}`;
    return least === 0 ? `[${text}]` : text;
  });
  const flags = taken.flags.map(({ flag, many }) => `[${written(flag)}]${many ? '...' : ''}`);
  return ['xenfai', ...(name === '' ? [] : [name]), ...operands, ...flags].join(' ');
}

/** `--memory <size>` as `--memory SIZE`. */
const written = (flag: string): string =>
  flag.replace(/<([^>]*)>|\[([^\]]*)\]/, (_, value?: string, maybe?: string) =>
    value === undefined ? `[${maybe?.toUpperCase()}]` : value.toUpperCase(),
  );

/** Longer lines are hard to read; on a narrower terminal they are as wide as it is. */
const widest = 100;
const least = 40;
const widthFor = (columns: number | null): number => Math.max(least, Math.min(widest, columns ?? widest));

type Row = readonly [label: string, text: string];

/** A label and its text, over as many rows as that needs. */
function rowsOf(rows: readonly Row[], width: number): string[] {
  const label = Math.max(0, ...rows.map(([text]) => text.length)) + 2;
  return rows.flatMap(([head, text]) =>
    wrapText(text, width - label - 2).map((part, i) => `  ${(i === 0 ? head : '').padEnd(label)}${part}`),
  );
}

const flagRows = (flags: readonly FlagHelp[], width: number): string[] =>
  rowsOf(
    flags.map(({ flag, help }) => [written(flag), help]),
    width,
  );

const section = (head: string, rows: readonly string[]): string[] => (rows.length === 0 ? [] : ['', head, ...rows]);

const everywhere = declared(everyFlag).flags;
const ofHostCommands = declared(hostFlags).flags;

export function helpOf(spec: CommandSpec, columns: number | null = null): string[] {
  const width = widthFor(columns);
  const own = new Set([...(spec.without ?? []), ...spec.taken.flags.map(({ flag }) => nameOf(flag))]);
  const shared = (spec.access === 'none' ? everywhere : [...ofHostCommands, ...everywhere]).filter(
    ({ flag }) => !own.has(nameOf(flag)),
  );
  return [
    ...usageRows(spec, width),
    '',
    ...wrapText(`${spec.about.charAt(0).toUpperCase()}${spec.about.slice(1)}.`, width),
    ...section('Flags:', flagRows(spec.taken.flags, width)),
    ...section('As everywhere:', flagRows(shared, width)),
    ...section('Examples:', exampleRows(spec.examples, width)),
    ...section('Exit codes:', exitRows(exitsOf(spec), width)),
  ];
}

const usageRows = (spec: CommandSpec, width: number): string[] =>
  wrapText(usageOf(spec), width - 2).map((row, i) => (i === 0 ? row : `  ${row}`));

/** A line to be copied stays whole. */
const exampleRows = (examples: CommandSpec['examples'], width: number): string[] =>
  examples.flatMap(([line, about]) => [`  ${line}`, ...wrapText(about, width - 6).map((row) => `      ${row}`)]);

const exitRows = (codes: readonly ExitCode[], width: number): string[] =>
  rowsOf(
    [...new Set(codes)].map((code) => [String(code), exitTexts[code]]),
    width,
  );

/** Help on a group of commands, such as template. */
export const groupHelp = (specs: readonly CommandSpec[], columns: number | null = null): string[] =>
  specs.flatMap((spec, i) => [
    ...(i === 0 ? [] : ['']),
    ...usageRows(spec, widthFor(columns)),
    ...wrapText(spec.about, widthFor(columns) - 2).map((row) => `  ${row}`),
  ]);

const ofAllExamples: CommandSpec['examples'] = [
  ['npm start, or xenfai demo', 'the whole way on a simulated host: nothing real is touched'],
  ['xenfai --host xvm03', 'from nothing to a running install, step by step; Ctrl-C leaves'],
  ['xenfai rearm web01 --yes --start --host xvm03 --password-file ~/.xenpw', 'one line, one VM, done'],
];

export function helpOnAll(specs: readonly CommandSpec[], columns: number | null = null): string[] {
  const width = widthFor(columns);
  const shortened = (about: string): string => about.split(/[;:]/)[0] ?? about;
  return [
    ...wrapText('Installs Debian on XenServer and XCP-ng virtual machines with FAI.', width),
    '',
    ...rowsOf(
      specs.map(({ name, about }) => [`xenfai ${name}`.trimEnd(), shortened(about)]),
      width,
    ),
    '',
    '  xenfai help COMMAND says what a command takes, with examples.',
    ...section('Everywhere:', flagRows([...ofHostCommands, ...everywhere], width)),
    ...section('Examples:', exampleRows(ofAllExamples, width)),
    ...section('Exit codes:', exitRows(Object.values(exit), width)),
  ];
}

/** The rows of README's table of commands. */
export const readmeRows = (specs: readonly CommandSpec[]): string[] =>
  specs.map((spec) => `| \`${usageOf(spec).replaceAll('|', '\\|')}\` | ${spec.about} |`);
