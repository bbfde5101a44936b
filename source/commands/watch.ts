import { findVm } from '../hosts/vm.ts';
import { withHost } from './connect.ts';
import { command } from './spec.ts';
import { patienceFlag } from './watch-flags.ts';
import { watchVms } from './watching.ts';

export const watch = command({
  name: 'watch',
  about: 'a line for each change of an install, until all VMs named have ended; puts on record what it came to',
  takes: (take) => ({ names: take.some('VM'), ...patienceFlag(take) }),
  examples: [
    ['xenfai watch web01', 'exit 0: installed, just now or long ago; 11: it is not, and will not be by itself'],
    [
      'xenfai watch web01 web02 --patience 30',
      '9: one of the two is not; 7: a name is wrong, and nothing is watched',
    ],
    ['xenfai watch web01 --json', 'one document a line: at, name, uuid, state, task, percent, code, text, known'],
  ],
  exits: [7, 9, 11],
  access: 'write',
  run: (options, around) =>
    withHost(options, around, async (connection) => {
      const { session } = connection.host;
      const found = await Promise.all([...new Set(options.names)].map((name) => findVm(session, name)));
      const vms = new Map(found.map(({ record: { uuid, name_label: name } }) => [uuid, { uuid, name }]));
      return watchVms([...vms.values()], options, connection, around);
    }),
});
