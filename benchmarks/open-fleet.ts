import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../source/simulator/simulator.ts';
import { built, Terminal } from '../test/end-to-end/terminal.ts';

/** Where FAI's messages are heard. */
export const monitorPort = 14_711;

/** The built screen, at 80x24, in the fleet of a simulated host. */
export async function openFleet(
  { host, password }: Simulator,
  env: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-bench-'));
  const terminal = new Terminal([built], {
    env: {
      XENFAI_HOST: host,
      XENFAI_PASSWORD: password,
      XENFAI_CONFIG_DIR: folder,
      XENFAI_STATE_DIR: folder,
      FAI_MONITOR_PORT: String(monitorPort),
      ...env,
    },
  });
  // A host and its password lead there.
  await terminal.shows(/\d VMs:.*1 of \d/);
  return terminal;
}

/** The reference of a simulated VM. */
export function vmNamed({ world }: Simulator, name: string): string {
  const [ref = ''] = [...world.database.all('VM')].find(([, vm]) => vm['name_label'] === name) ?? [];
  return ref;
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
