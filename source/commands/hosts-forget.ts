import { typedHost } from '../hosts/certificate.ts';
import { exit } from '../problem/exit.ts';
import { authorityIn } from './host-operand.ts';
import { loadSettings } from './settings.ts';
import { command } from './spec.ts';

export const hostsForget = command({
  name: 'hosts forget',
  about: 'what was agreed to of a host counts no more: its certificate is asked about anew',
  takes: (take) => ({ address: take.one('HOST') }),
  examples: [['xenfai hosts forget xvm03', 'it is to be looked at again']],
  without: ['--yes', '--read-only', '--low-bandwidth', '--screen-reader'],
  exits: [],
  access: 'none',
  run: async ({ address, dryRun }, around) => {
    const settings = await loadSettings(around);
    const { authority } = authorityIn(address, settings);
    const known = settings.hosts().some(({ host }) => host === authority);
    if (!dryRun) await settings.forget(authority);
    const host = typedHost(authority);
    return {
      exit: exit.done,
      json: { host, changed: known && !dryRun, ...(dryRun ? { dryRun } : {}) },
      lines: [known ? `${host} ${dryRun ? 'would be' : 'is'} forgotten.` : `${host} was not known.`],
    };
  },
});
