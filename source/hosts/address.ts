import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { isLoopback } from '../transport/loopback.ts';

/**
 * A host as people write it: "xvm03", "10.1.1.3:8443", "[fe80::1]", "http://xvm03". A bare address means https.
 * Errors: exit 2 for what is no address, for a path, and for credentials in it.
 */
export function parseAddress(text: string): URL {
  const bare = text.trim();
  const usage = (message: string) =>
    fail({
      code: 'bad-address',
      exit: exit.usage,
      message,
      try: ['Write a host name, or http://host for plain http.'],
    });
  if (bare === '' || /\s/.test(bare)) return usage(`"${text}" is not a host address.`);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? bare : `https://${bare}`;
  if (!URL.canParse(withScheme)) return usage(`"${text}" is not a host address.`);
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return usage(`${url.protocol}// is not how a XenServer speaks.`);
  if (url.username !== '' || url.password !== '') return usage('Leave user and password out of the address.');
  if (url.pathname !== '/' && url.pathname !== '') return usage(`"${text}" has a path; only the host is wanted.`);
  return url;
}

/** As shown and as pinned: "https://xvm03", "http://127.0.0.1:8080"; no trailing slash. */
export const showAddress = (url: URL): string => url.origin;

/** Plain http sends the password readable: worth a word unless it never leaves the machine. */
export const sendsPasswordInClear = (url: URL): boolean => url.protocol === 'http:' && !isLoopback(url);
