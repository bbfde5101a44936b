import { simulatorFlags } from './simulator-flags.ts';
import { command } from './spec.ts';
import { between, port, wholeNumber } from './values.ts';

export const simulate = command({
  name: 'simulate',
  about: 'a simulated XenServer and install repository to practise and test on, until interrupted',
  takes: (take) => ({
    ...simulatorFlags(take),
    tlsPort: take.as('--tls-port <n>', 'of the API by TLS, as the release speaks it: TLS 1.0 up to 6.2', port),
    hosts: take.as('--hosts <n>', 'in one pool: 127.0.0.1, 127.0.0.2 and so on, on the same ports', between(1, 64)),
    account: take.each('--account <name:role>', "one more that may log in, by root's password"),
    keepCertificate: take.text('--keep-certificate <file>', 'the same key and certificate at each start, kept there'),
    fault: take.each(
      '--fault <fault>',
      'KIND[=MS][@CALL][:N]: at each call, or at the Nth, of this name; KIND is lose, drop, delay, truncate, corrupt, 500, html, restart, forget-sessions, forget-tasks or move',
    ),
    faultSeed: take.as('--fault-seed <n>', 'any fault at any call, the same for the same seed', wholeNumber),
    faultRate: take.as('--fault-rate <n>', 'at so many calls of a hundred; 5', between(1, 100)),
  }),
  examples: [
    ['xenfai simulate --vms 30 --port 8080', 'prints one line of JSON when it is ready'],
    ['xenfai simulate --release 8.2', 'a host of another release, with its own templates and rules'],
    ['xenfai simulate --tls-port 8443', 'its certificate is a new one at each start'],
    ["xenfai simulate --fault 'drop@VM.start:1' --fault 'delay=500@event.*'", 'an answer lost, and late events'],
  ],
  without: ['--yes', '--dry-run', '--read-only', '--low-bandwidth', '--screen-reader'],
  exits: [],
  access: 'none',
  run: async (given, _, doors) => ({ exit: await doors.simulate(given), streamed: true, json: {}, lines: [] }),
});
