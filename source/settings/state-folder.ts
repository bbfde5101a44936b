import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what must be remembered on this machine goes: `$XDG_STATE_HOME/xenfai`, or XENFAI_STATE_DIR as it is. */
export const stateFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  env['XENFAI_STATE_DIR'] || join(env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'xenfai');
