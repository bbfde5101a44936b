import { arm, armingFlags } from './arming.ts';
import { command } from './spec.ts';

export const rearm = command({
  name: 'rearm',
  about: 'the installer once more at the next boot',
  takes: armingFlags,
  examples: [
    ['xenfai rearm web01', 'shows the plan and asks'],
    ['xenfai rearm web01 --yes --start', 'one line, one VM, done'],
    ['xenfai rearm web01 --yes --force --start', 'the same for a VM that runs'],
    ['xenfai rearm web01 --yes --start --watch', 'ends when it is installed (0) or will not be (11)'],
  ],
  exits: [6, 7, 8, 9, 11],
  access: 'write',
  run: (options, around) => arm('rearm', options, around),
});
