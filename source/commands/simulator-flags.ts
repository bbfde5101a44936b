import type { Take } from './take.ts';
import { between, port, positive, wholeNumber } from './values.ts';

/** A world of that many VMs takes some seconds to make, and a gigabyte. */
const mostVms = 20_000;

/** What the demo and the simulated host take alike. */
export const simulatorFlags = (take: Take) => ({
  release: take.text(
    '--release <version>',
    'of the host: 5.6.0 (the default), 5.6-fp1, 6.0, 6.1, 6.2, 6.5, 7.2, 7.6, 8.0, 8.1, 8.2 or 8.3',
  ),
  port: take.as('--port <n>', 'of the API', port),
  repositoryPort: take.as('--repository-port <n>', 'of the install repository', port),
  monitorPort: take.as(
    '--monitor-port <n>',
    "where FAI's messages go when a kernel line names no port",
    between(1, 65_535),
  ),
  vms: take.as('--vms <n>', 'VMs that are there already, in mixed states', between(0, mostVms)),
  latency: take.as('--latency <ms>', 'before each answer', wholeNumber),
  speed: take.as('--speed <x>', 'how much faster than life guests are', positive),
  quirk: take.each('--quirk <name>', 'lose-pv-args'),
  seed: take.as('--seed <n>', 'the same seed makes the same world', wholeNumber),
});

export type SimulatorFlags = ReturnType<typeof simulatorFlags>;
