import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where settings are kept: XENFAI_CONFIG_DIR as it is, else where each system has them; `~/.config/xenfai` on Linux. */
export function configFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['XENFAI_CONFIG_DIR']) return env['XENFAI_CONFIG_DIR'];
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library/Preferences/xenfai');
    case 'win32':
      return join(env['APPDATA'] || join(homedir(), 'AppData/Roaming'), 'xenfai/Config');
    default:
      return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'xenfai');
  }
}
