import { arm, armingFlags } from './arming.ts';
import { command } from './spec.ts';

export const repair = command({
  name: 'repair',
  about: 'a VM made by another tool gets what its template says, before its first boot',
  takes: armingFlags,
  examples: [['xenfai repair web01 --template "Debian Lenny FAI"', 'what XenCenter lost is written again']],
  exits: [6, 7, 8, 9, 11],
  access: 'write',
  run: (options, around) => arm('repair', options, around),
});
