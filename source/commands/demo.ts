import { simulatorFlags } from './simulator-flags.ts';
import { command } from './spec.ts';

export const demo = command({
  name: 'demo',
  about: 'the same on a simulated host: nothing real is touched',
  takes: simulatorFlags,
  examples: [
    ['xenfai demo', 'from the first step'],
    ['xenfai demo --vms 30', 'with a fleet that is there already'],
  ],
  without: ['--json', '--yes', '--dry-run'],
  exits: [],
  access: 'none',
  run: async (given, _, doors) => ({ exit: await doors.demo(given), streamed: true, json: {}, lines: [] }),
});
