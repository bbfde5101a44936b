import { simulatorFlags } from './simulator-flags.ts';
import { command } from './spec.ts';

export const simulate = command({
  name: 'simulate',
  about: 'a simulated XenServer 5.6 and install repository to practise and test on, until interrupted',
  takes: simulatorFlags,
  examples: [['xenfai simulate --vms 30 --port 8080', 'prints one line of JSON when it is ready']],
  without: ['--yes', '--dry-run', '--read-only', '--low-bandwidth', '--screen-reader'],
  exits: [],
  access: 'none',
  run: async (given, _, doors) => ({ exit: await doors.simulate(given), streamed: true, json: {}, lines: [] }),
});
