import { ApiError } from './api-error.ts';
import { text } from './calls/context.ts';
import { traceback } from './python-fetch.ts';
import type { LoaderGeneration } from './releases/release-list.ts';
import type { Fields } from './types.ts';

const longOptions = ['vm=', 'logging', 'quiet', 'args=', 'extra_args=', 'default_args='];

/**
 * eliloader's command line, made by xapi (bootloader.ml:bootloader_args) and read by eliloader with Python's getopt.
 * PV_bootloader_args are split at each blank and go between the options and the disk, so what getopt does not know,
 * and every word that is no option, ends in a usage error; from 2012 on, words that are none may stand there. `line`: the
 * kernel's arguments, as eliloader was given them; from 2016 on xapi adds them itself, behind those of eliloader.
 */
export function loaderLine(
  vm: Fields,
  disk: string,
  generation: Exclude<LoaderGeneration, 'none'>,
): { line: string } {
  const own = text(vm['PV_bootloader_args']);
  const lines = [`--default_args=${text(vm['PV_legacy_args'])}`, `--extra_args=${text(vm['PV_args'])}`];
  const given = [
    '-q',
    ...(generation >= 2016 ? [] : lines),
    `--vm=${text(vm['uuid'])}`,
    ...(own === '' ? [] : own.split(' ')),
    disk,
  ].filter((word) => !['--default_args=', '--extra_args=', '--args='].includes(word));
  const { options, rest } = getopt(given);
  if (rest.length > 1 && generation < 2012) throw usage();
  if (rest.length === 0) throw generation < 2012 ? traceback('IndexError: list index out of range') : usage();
  const asked = options.findLast(([name]) => name === '--vm')?.[1];
  if (asked !== text(vm['uuid'])) throw traceback(`XenAPI.Failure: ['UUID_INVALID', 'VM', '${asked}']`);
  const args = options.filter(([name]) => name.endsWith('args')).map(([, value]) => value);
  return { line: args.join(' ') };
}

/** Python's getopt: options end at the first word that is none; long ones may be cut short while they are unique. */
function getopt(words: readonly string[]): { options: [name: string, value: string][]; rest: string[] } {
  const rest = [...words];
  const options: [string, string][] = [];
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    if (!word.startsWith('--')) {
      if (/[^q]/.test(word.slice(1))) throw usage();
      continue;
    }
    const [, start = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const name = longOption(start);
    const takes = name.endsWith('=');
    if (!takes && value !== undefined) throw usage();
    const argument = takes && value === undefined ? rest.shift() : (value ?? '');
    if (argument === undefined) throw usage();
    options.push([`--${name.replace('=', '')}`, argument]);
  }
  return { options, rest };
}

function longOption(start: string): string {
  const fits = longOptions.filter((option) => option.startsWith(start));
  const [only] = fits.length === 1 ? fits : fits.filter((option) => option.replace('=', '') === start);
  if (only === undefined) throw usage();
  return only;
}

/** Printed on stderr; up to 6.0 its first line is the error's code. */
const usage = (): ApiError => new ApiError(usageError, '');

export const usageError = 'Invalid usage. Usage: eliloader --vm <vm> <image>';
