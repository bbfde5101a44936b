import { typedHost } from '../hosts/certificate.ts';
import { exit } from '../problem/exit.ts';
import type { KnownHost } from '../settings/known-host.ts';
import { shortTime } from '../text/time.ts';
import { loadSettings } from './settings.ts';
import { command } from './spec.ts';
import { table } from './table.ts';

export const hosts = command({
  name: 'hosts',
  about: 'hosts whose certificate was agreed to, and what is trusted there',
  takes: () => ({}),
  examples: [['xenfai hosts', 'each with its fingerprint or its CA file']],
  without: ['--yes', '--dry-run', '--read-only', '--low-bandwidth', '--screen-reader'],
  exits: [],
  access: 'none',
  run: async (_, around) => {
    const known = (await loadSettings(around)).hosts();
    return {
      exit: exit.done,
      json: { hosts: known.map(hostJson) },
      lines:
        known.length === 0
          ? ['Of no host a certificate was agreed to.']
          : table(['HOST', 'OLD TLS', 'SINCE', 'TRUSTED IS'], known.map(hostRow), { columns: around.stdoutColumns }),
    };
  },
});

/** What is told of it in JSON, with nothing left out. */
export const hostJson = ({ host, fingerprint, caFile, legacyTls, since }: KnownHost) => ({
  host: typedHost(host),
  fingerprint: fingerprint ?? null,
  caFile: caFile ?? null,
  legacyTls,
  since,
});

/** What is trusted, in words. */
export const trustedIs = ({ fingerprint, caFile = '' }: KnownHost): string =>
  fingerprint === undefined ? `what the CA in ${caFile} signs` : `SHA-256 ${fingerprint}`;

const hostRow = (known: KnownHost): string[] => [
  typedHost(known.host),
  known.legacyTls ? 'spoken' : 'refused',
  Number.isNaN(Date.parse(known.since)) ? '' : shortTime(known.since),
  trustedIs(known),
];
