import { login } from '../guest.ts';
import { good, type Site } from '../site.ts';

/** The installed VM once more, by one line. */
export async function rearm(site: Site): Promise<void> {
  await good(site.xenfai('rearm', 'web01', '--start', '--watch', '--force', '--patience', '30', '--yes'));
  await login(site);
}
