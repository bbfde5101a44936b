import { parseTarget, showAddress, type Target, typedTarget } from '../hosts/address.ts';
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
import { hostAtItsEnd } from '../transport/ssh/way.ts';
import type { Transport } from '../transport/transport.ts';
import type { Secret } from '../xapi/secret.ts';
import type { Given } from './global-flags.ts';
import { note } from './print.ts';
import { loadSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { trusting } from './trusting.ts';
import { networkAt, showHost } from './via.ts';

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
  const { url, profile, way } = await whichHost(options, around);
  const transport = await networkAt(way, around);
  if (transport.isReadable(url)) {
    note(around, `Warning: ${showHost(url, way)} is plain http: the password crosses the network unencrypted.`);
  }
  const { signal } = around;
  const login = {
    url,
    user: options.user ?? around.env['XENFAI_USER'] ?? profile?.user ?? defaults.user,
    password: await password(options, around, { url, profile, transport }),
    members: profile?.members,
    timeout: timeoutOf(options),
    access: options.access,
    transport,
    signal,
    now: () => around.now().getTime(),
  };
  const journal =
    options.access === 'write'
      ? fileJournal(journalPath(around.env), (text) => note(around, `Warning: ${text}`))
      : noJournal;
  // From here on every way leads through the logout.
  const host = await trusting(around, () => openHost(login));
  try {
    return await work({ host, profile, context: runContext(host, journal, around.signal) });
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(host.explain(error), { cause: error });
  } finally {
    await host.close();
  }
}

interface Named extends Target {
  readonly profile: Profile | null;
}

/**
 * --host or XENFAI_HOST: an address, or a profile's name; else --profile, else the machine that --via names, else the
 * profile used last. A profile's way is that of its address.
 */
async function whichHost(options: Given, around: Surroundings): Promise<Named> {
  const named = options.host ?? around.env['XENFAI_HOST'];
  const wanted = options.profile ?? around.env['XENFAI_PROFILE'];
  const at = (text: string, profile: Profile | null = null): Named => {
    const { url, way } = parseTarget(text);
    return { url, profile, way: options.via === undefined ? way : options.via };
  };
  const known = (profile: Profile): Named => at(typedTarget(profile.address, profile.via), profile);
  // An address needs no settings file: at 02:10 nothing is read that is not needed.
  if (named?.includes('://') && wanted === undefined) return at(named);
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
    return named === undefined ? known(profile) : at(named, profile);
  }
  if (named !== undefined) {
    const profile = settings.profile(named);
    return profile === undefined ? at(named) : known(profile);
  }
  if (options.via) return at(hostAtItsEnd(options.via));
  const [last] = settings.profiles();
  if (last !== undefined) return known(last);
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

interface Asked {
  readonly url: URL;
  readonly profile: Profile | null;
  readonly transport: Transport;
}

async function password(options: Given, around: Surroundings, { url, profile, transport }: Asked): Promise<Secret> {
  const given = await givenPassword(options, around);
  if (given !== null) return given;
  if (around.interactive) {
    // Nobody types a password for a host that may be another one.
    const { signal } = around;
    await trusting(around, () => reachHost(url, { transport, signal })).catch((error: unknown) => {
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
