import type { GlobalFlags } from './global-flags.ts';
import type { SimulatorFlags } from './simulator-flags.ts';

/** Of TLS, which only the simulated host has. */
export interface TlsFlags {
  readonly tlsPort: number | undefined;
  readonly keepCertificate: string | undefined;
}

/** What only the front door can start: the screen, and the simulator. Each answers with an exit code. */
export interface Doors {
  readonly screen: (flags: GlobalFlags) => Promise<number>;
  readonly demo: (flags: GlobalFlags & SimulatorFlags) => Promise<number>;
  readonly simulate: (flags: SimulatorFlags & TlsFlags) => Promise<number>;
}
