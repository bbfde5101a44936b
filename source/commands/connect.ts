import { parseAddress, sendsPasswordInClear, showAddress } from '../hosts/address.ts';
import type { Host } from '../hosts/host.ts';
import { openHost } from '../hosts/host.ts';
import { readPassword } from '../hosts/password.ts';
import { reachHost } from '../hosts/trust.ts';
import { defaults } from '../limits/defaults.ts';
import { type RunContext, runContext } from '../operations/context.ts';
import { fileJournal, journalPath, noJournal } from '../operations/journal.ts';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import type { Profile } from '../settings/settings.ts';
import type { Secret } from '../xapi/secret.ts';
import type { Given } from './global-flags.ts';
import { note } from './print.ts';
import { loadSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { trusting } from './trusting.ts';

export interface Connection {
  readonly host: Host;
  readonly profile: Profile | null;
  /** For whatever is carried out on the host. */
  readonly context: RunContext;
}

/** Milliseconds that a call may take: --timeout is in seconds. */
export const timeoutOf = ({ timeout }: Pick<Given, 'timeout'>): number =>
  timeout === undefined ? defaults.timeout : Math.ceil(timeout * 1000);

/** Opens the host that flags, environment and profiles name, runs `work`, and logs out on every way. */
export async function withHost<T>(
  options: Given,
  around: Surroundings,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { url, profile } = await whichHost(options, around);
  if (sendsPasswordInClear(url)) {
    note(around, `Warning: ${showAddress(url)} is plain http: the password crosses the network unencrypted.`);
  }
  const { transport, signal } = around;
  const login = {
    url,
    user: options.user ?? around.env['XENFAI_USER'] ?? profile?.user ?? defaults.user,
    password: await password(options, around, url, profile),
    members: profile?.members,
    timeout: timeoutOf(options),
    access: options.access,
    transport,
    signal,
    now: () => around.now().getTime(),
  };
  const host = await trusting(around, () => openHost(login));
  const journal =
    options.access === 'write'
      ? fileJournal(journalPath(around.env), (text) => note(around, `Warning: ${text}`))
      : noJournal;
  try {
    return await work({ host, profile, context: runContext(host, journal, around.signal) });
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(host.explain(error), { cause: error });
  } finally {
    await host.close();
  }
}

/** --host or XENFAI_HOST: an address, or a profile's name; else --profile, else the profile used last. */
async function whichHost(options: Given, around: Surroundings): Promise<{ url: URL; profile: Profile | null }> {
  const named = options.host ?? around.env['XENFAI_HOST'];
  const wanted = options.profile ?? around.env['XENFAI_PROFILE'];
  // An address needs no settings file: at 02:10 nothing is read that is not needed.
  if (named?.includes('://') && wanted === undefined) return { url: parseAddress(named), profile: null };
  const settings = await loadSettings(around);
  if (wanted !== undefined) {
    const profile = settings.profile(wanted);
    if (profile === undefined) {
      return fail({
        code: 'no-such-profile',
        exit: exit.usage,
        message: `There is no profile "${wanted}".`,
        try: settings.profiles().map(({ name, address }) => `${name}: ${address}`),
      });
    }
    return { url: parseAddress(named ?? profile.address), profile };
  }
  const profile = named === undefined ? settings.profiles()[0] : settings.profile(named);
  if (profile !== undefined) return { url: parseAddress(profile.address), profile };
  if (named !== undefined) return { url: parseAddress(named), profile: null };
  return fail({
    code: 'no-host',
    exit: exit.usage,
    message: 'No host is named.',
    try: [{ act: 'give', setting: 'host' }, 'Or set XENFAI_HOST, or run xenfai once to save a profile.'],
  });
}

/** The password that a flag or the environment names; null: none does. */
export const givenPassword = (
  { passwordFile, passwordCommand }: Pick<Given, 'passwordFile' | 'passwordCommand'>,
  { env, signal }: Surroundings,
): Promise<Secret | null> =>
  readPassword({ file: passwordFile, command: passwordCommand, environment: env['XENFAI_PASSWORD'] }, signal);

async function password(options: Given, around: Surroundings, url: URL, profile: Profile | null): Promise<Secret> {
  const given = await givenPassword(options, around);
  if (given !== null) return given;
  if (around.interactive) {
    // Nobody types a password for a host that may be another one.
    await trusting(around, () => reachHost(url, around)).catch((error: unknown) => {
      // Another host of its pool may do its work.
      const away = error instanceof ProblemError && error.problem.exit === exit.unreachable;
      if (!away || profile?.members === undefined) throw error;
    });
    return around.askSecret(`Password for ${showAddress(url)}:`);
  }
  return fail({
    code: 'no-password',
    exit: exit.usage,
    message: 'No password was given, and there is no terminal to ask at.',
    try: ['Use --password-file F, --password-command CMD or XENFAI_PASSWORD.'],
  });
}
