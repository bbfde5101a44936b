import { parseTarget, type Target, typedTarget } from '../hosts/address.ts';
import type { Settings } from '../settings/settings.ts';
import { authorityOf, serverOf } from '../transport/server-name.ts';
import { usage } from './usage.ts';

interface HostOperand extends Target {
  readonly authority: string;
}

/** A host as it is named behind a command: a profile, or an address of https. Errors: exit 2. */
export function authorityIn(text: string, settings: Settings): HostOperand {
  const profile = settings.profile(text);
  const { url, way } = parseTarget(profile === undefined ? text : typedTarget(profile.address, profile.via));
  if (url.protocol !== 'https:') return usage(`${text} is plain http: there is no certificate to trust.`);
  return { url, way, authority: authorityOf(serverOf(url)) };
}
