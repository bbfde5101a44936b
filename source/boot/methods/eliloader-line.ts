import type { Finding } from '../../problem/finding.ts';
import type { Loader } from '../releases.ts';

/** The fields of a VM that end up on eliloader's command line, and with it on the kernel's. */
export interface LineRecord {
  readonly PV_args: string;
  readonly PV_legacy_args: string;
  readonly PV_bootloader_args: string;
  readonly other_config: Readonly<Record<string, string>>;
}

interface LoaderOptions {
  /** Of --args and its other spellings. */
  readonly args: readonly string[];
  readonly unknown: boolean;
  /** Words after the options. */
  readonly stray: boolean;
}

/** PV_bootloader_args as getopt reads them: split at single blanks, options up to the first other word. */
function readLoaderArgs(text: string): LoaderOptions {
  const words = text === '' ? [] : text.split(' ');
  const end = words.findIndex((word) => !word.startsWith('-') || word === '-');
  const options = end < 0 ? words : words.slice(0, end);
  const values = options.map((word) => /^--(?:args|extra_args|default_args)=(.*)$/s.exec(word)?.[1]);
  const known = options.filter((word, at) => values[at] !== undefined || /^(-q+|--quiet|--logging)$/.test(word));
  return {
    args: values.flatMap((value) => (value ? [value] : [])),
    unknown: known.length < options.length,
    stray: end >= 0,
  };
}

/**
 * PV_bootloader_args go onto eliloader's command line before the disk. Its getopt takes -q, --quiet and --logging, and
 * --args, which adds to the kernel line; anything else is a usage error, but for stray words, which the loader of 2012
 * and later takes for further disks and ignores (linux-guest-loader: main). --vm would make it read another VM's
 * settings: not taken here.
 */
export function takesLoaderArgs(args: string, loader: Loader): boolean {
  const { unknown, stray } = readLoaderArgs(args);
  return !unknown && (!stray || loader !== 2010);
}

/**
 * The line that the kernel will get when eliloader boots it, blanks included, for its length counts. PV_legacy_args
 * come before PV_args; the loader's own words come last up to 7.0, where it prints the whole line
 * (handle_first_boot), and first from 7.1 on, where xenopsd adds the VM's (bootloader.ml: extract).
 */
export function lineAsBooted(record: LineRecord, loader: Loader): string {
  const { PV_legacy_args: legacy, PV_args: args, PV_bootloader_args: options } = record;
  const own = ` ${ownWords(record.other_config, loader)
    .map((word) => ` ${word}`)
    .join('')}`;
  const given = (words: readonly string[]): string => words.map((word) => (word === '' ? '' : `${word} `)).join('');
  const more = readLoaderArgs(options).args;
  return loader === 'none' || loader >= 2016
    ? `${given(more)}${own} ${legacy} ${args}`
    : given([legacy, args, ...more]) + own;
}

type Keys = LineRecord['other_config'];

const wantsVnc = (keys: Keys): boolean => ['1', 'true'].includes(keys['install-vnc'] ?? '');
const vncPassword = (keys: Keys): string => keys['install-vncpasswd'] ?? '';
const knowsInstallArgs = (loader: Loader): boolean => loader !== 'none' && loader >= 2015;

/** What eliloader adds by itself: for the installers of others, but on every line. */
function ownWords(keys: Keys, loader: Loader): string[] {
  const args = knowsInstallArgs(loader) ? keys['install-args'] : undefined;
  return [
    ...(wantsVnc(keys) ? ['vnc'] : []),
    ...(vncPassword(keys) === '' ? [] : [`vncpassword=${vncPassword(keys)}`]),
    ...(args === undefined ? [] : [args]),
  ];
}

/** Words that come onto the line from elsewhere than PV_args. The words themselves are judged with the line. */
export function lineWordFindings(record: LineRecord, loader: Loader): Finding[] {
  const keys = record.other_config;
  const findings: Finding[] = [];
  const warning = (code: string, message: string, advice: string) =>
    findings.push({ severity: 'warning', code, message, try: advice });
  if (record.PV_legacy_args !== '') {
    const message = `PV-legacy-args come before PV-args on the kernel line: ${JSON.stringify(record.PV_legacy_args)}.`;
    warning('legacy-args', message, 'Empty them: FAI needs none.');
  }
  if (wantsVnc(keys) || vncPassword(keys) !== '') {
    const which = vncPassword(keys) === '' ? 'install-vnc' : 'install-vncpasswd';
    const message = `${which} is set: eliloader adds ${which === 'install-vnc' ? 'vnc' : 'the password'} to the kernel line.`;
    warning('install-vnc', message, 'Remove install-vnc and install-vncpasswd from other-config: FAI knows neither.');
  }
  if (keys['install-args'] !== undefined) {
    const message = knowsInstallArgs(loader)
      ? `install-args is set: eliloader adds it to the kernel line: ${JSON.stringify(keys['install-args'])}.`
      : 'install-args is set: this loader does not know it, that of 7.0 and later adds it to the kernel line.';
    warning('install-args', message, 'Put the words into PV-args, and remove install-args from other-config.');
  }
  return findings;
}
