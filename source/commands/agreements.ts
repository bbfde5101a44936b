import { configFolder } from '../settings/config-folder.ts';
import type { Agreements } from '../transport/trust.ts';

/**
 * What this user has agreed to of hosts, from the settings. Read anew at each handshake, so that what was agreed to
 * meanwhile, here or in another window, counts; without https it is never read. Errors: exit 2, naming the file.
 */
export const agreementsOf =
  (env: Readonly<Record<string, string | undefined>>): Agreements =>
  async (authority) => {
    const [{ openSettings }, { agreementOf }] = [
      await import('../settings/settings.ts'),
      await import('../settings/known-host.ts'),
    ];
    const known = openSettings(configFolder(env), 'read')
      .hosts()
      .find(({ host }) => host === authority);
    return known === undefined ? null : agreementOf(known);
  };
