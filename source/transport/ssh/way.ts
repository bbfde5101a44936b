import { isLoopback } from '../loopback.ts';

/** A machine that ssh leads to, and from which hosts are reached: the host itself, or one that stands before it. */
export interface Way {
  /** As ssh takes it: `root@xs1`, or a name of its configuration. An IPv6 address has no brackets. */
  readonly target: string;
  /** `target` without the user. */
  readonly host: string;
  /** Null: what ssh's configuration says, else 22. */
  readonly port: number | null;
}

/**
 * `[user@]host[:port]`; null for what is none. Only letters that nothing on the way to another machine gives a meaning
 * to, ssh's own `%` and a shell in its configuration (ProxyCommand) included; and no flag of ssh.
 */
export function readWay(text: string): Way | null {
  const match =
    /^(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?(?:([A-Za-z0-9_][A-Za-z0-9._-]*)|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?$/.exec(
      text,
    );
  if (match === null) return null;
  const [, user, name, address, digits] = match;
  const host = name ?? address ?? '';
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { target: user === undefined ? host : `${user}@${host}`, host, port };
}

/** As it is written. */
export function showWay({ target, host, port }: Way): string {
  const written = host.includes(':') ? target.replace(host, `[${host}]`) : target;
  return port === null ? written : `${written}:${port}`;
}

/** What ssh is called with to get there. */
export const sshWords = ({ target, port }: Way): readonly string[] => [
  ...(port === null ? [] : ['-p', String(port)]),
  target,
];

const nameOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** Whether the way leads right to the host of a URL, and not to a machine that stands before it. */
export const leadsTo = ({ host }: Way, url: URL): boolean =>
  isLoopback(url) || host.toLowerCase() === nameOf(url).toLowerCase();

/** Whether what is said to a server of that URL, a password above all, can be read on its way. Null: it goes from here. */
export const isReadableOn = (way: Way | null, url: URL): boolean =>
  url.protocol === 'http:' && !(way === null ? isLoopback(url) : leadsTo(way, url));

/** The host that somebody means who names nothing but the way. */
export const hostAtItsEnd = ({ host }: Way): string => (host.includes(':') ? `[${host}]` : host);

/**
 * Where the machine at its end dials a server. Where that is itself, at its own loopback: it need not know the name that
 * we call it by.
 */
export function dialledFrom({ host }: Way, server: { readonly host: string; readonly port: number }): string {
  const itself = host.toLowerCase() === server.host.toLowerCase();
  const name = itself ? 'localhost' : server.host;
  return `${name.includes(':') ? `[${name}]` : name}:${server.port}`;
}
