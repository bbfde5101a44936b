import { parseAddress } from '../hosts/address.ts';
import type { Settings } from '../settings/settings.ts';
import { authorityOf, serverOf } from '../transport/server-name.ts';
import { usage } from './usage.ts';

/** A host as it is named behind a command: a profile, or an address of https. Errors: exit 2. */
export function authorityIn(text: string, settings: Settings): { readonly url: URL; readonly authority: string } {
  const url = parseAddress(settings.profile(text)?.address ?? text);
  if (url.protocol !== 'https:') return usage(`${text} is plain http: there is no certificate to trust.`);
  return { url, authority: authorityOf(serverOf(url)) };
}
