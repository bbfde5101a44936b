import type { Access } from '../xapi/access.ts';
import type { Take } from './take.ts';
import { seconds, wayOrNone } from './values.ts';

/** The flags of every command that talks to a host. */
export const hostFlags = (take: Take) => ({
  host: take.text('--host <address>', 'URL or profile; a bare name means https'),
  via: take.as(
    '--via <user@host>',
    'by ssh, where only its port is open; without --host it is the host; or none',
    wayOrNone,
  ),
  profile: take.text('--profile <name>', 'a saved host'),
  user: take.text('--user <name>', 'root, unless said otherwise'),
  passwordFile: take.text('--password-file <file>', 'first line of a file; - is stdin'),
  passwordCommand: take.text('--password-command <command>', 'what this command prints'),
  /** Seconds a call may take. */
  timeout: take.as('--timeout <seconds>', 'for one call to the host, and for a whole check', seconds),
});

/** The flags of every command. */
export const everyFlag = (take: Take) => ({
  json: take.on('--json', 'one JSON document on stdout'),
  noColor: take.on('--no-color', 'no colours'),
  lowBandwidth: take.on('--low-bandwidth', 'the screen changes less often'),
  screenReader: take.on('--screen-reader', 'instead of the screen: lines, with numbered answers'),
  yes: take.on('--yes', 'do not ask'),
  dryRun: take.on('--dry-run', 'show what would be done'),
  readOnly: take.on('--read-only', 'change nothing'),
});

export const globalFlags = (take: Take) => ({ ...hostFlags(take), ...everyFlag(take) });

export type GlobalFlags = ReturnType<typeof globalFlags>;

/** What every command is given: the flags of all, and what it may do, which follows from them and from the command. */
export interface Given extends GlobalFlags {
  readonly access: Access;
}
