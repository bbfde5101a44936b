import { join } from 'node:path';
import { baseFolder, homeFolder } from './home-folder.ts';

/** Where settings are kept: XENFAI_CONFIG_DIR as it is, else where each system has them; `~/.config/xenfai` on Linux. */
export function configFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['XENFAI_CONFIG_DIR']) return env['XENFAI_CONFIG_DIR'];
  switch (process.platform) {
    case 'darwin':
      return join(homeFolder(), 'Library/Preferences/xenfai');
    case 'win32':
      return join(env['APPDATA'] || join(homeFolder(), 'AppData/Roaming'), 'xenfai/Config');
    default:
      return join(baseFolder(env['XDG_CONFIG_HOME'], '.config'), 'xenfai');
  }
}
