import type { Finding } from '../problem/finding.ts';
import type { Repair } from './place.ts';

const said: Readonly<Record<Repair, string>> = {
  finished:
    'An earlier run was killed while its files took their places, the pair there may have been mixed: it was finished first.',
  'taken-back':
    'An earlier run was killed while it put the old files back, the pair there may have been mixed: the old ones are back.',
  cleared: 'An earlier run was killed before it replaced anything: its temporary files were removed.',
};

/** What a person should know of a repair: a mixed pair may have been fetched meanwhile, one that was never there not. */
export const repairFinding = (repair: Repair): Finding => ({
  severity: repair === 'cleared' ? 'info' : 'warning',
  code: `repaired-${repair}`,
  message: said[repair],
});
