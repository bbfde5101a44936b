import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { isReadableOn, readWay, type Way } from '../transport/ssh/way.ts';

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

/** A host, and the machine that ssh leads to on the way there; null: it is reached from here. */
export interface Target {
  readonly url: URL;
  readonly way: Way | null;
}

/**
 * An address with its way behind it, where it has one: "xvm03 via root@xvm03", "10.1.1.3 via ops@jump:2222".
 * Errors: exit 2.
 */
export function parseTarget(text: string): Target {
  const [address = '', written, ...more] = text.trim().split(/\s+via\s+/);
  const way = written === undefined ? null : readWay(written);
  if (more.length > 0 || (written !== undefined && way === null))
    return fail({
      code: 'bad-address',
      exit: exit.usage,
      message: `"${text}": behind "via" user@host is wanted, as ssh takes it.`,
    });
  return { url: parseAddress(address), way };
}

/** As it is typed, to be read again. */
export const typedTarget = (address: string, way: string | undefined): string =>
  way === undefined ? address : `${address} via ${way}`;

/** Plain http sends the password readable: worth a word unless it never crosses a network by itself. */
export const sendsPasswordInClear = ({ url, way }: Target): boolean => isReadableOn(way, url);
