import { join } from 'node:path';
import { baseFolder } from './home-folder.ts';

/** Where what must be remembered on this machine goes: `$XDG_STATE_HOME/xenfai`, or XENFAI_STATE_DIR as it is. */
export const stateFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  env['XENFAI_STATE_DIR'] || join(baseFolder(env['XDG_STATE_HOME'], '.local/state'), 'xenfai');
