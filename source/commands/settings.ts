import { configFolder } from '../settings/config-folder.ts';
import type { Settings } from '../settings/settings.ts';
import type { Surroundings } from './surroundings.ts';

/** This user's settings; read only when somebody needs them. Errors: exit 2, naming the file. */
export async function loadSettings(
  around: Pick<Surroundings, 'env'>,
  access: 'read' | 'write' = 'read',
): Promise<Settings> {
  const { openSettings } = await import('../settings/settings.ts');
  return openSettings(configFolder(around.env), access);
}
