import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { freePort } from '../free-port.ts';
import { built, Terminal } from './terminal.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The built program with a fleet on its screen, as somebody opens it who has nothing kept: the host named, the port its own. */
export async function openFleet(
  { host, password }: Pick<Simulator, 'host' | 'password'>,
  size: Size,
  env: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  const folder = () => mkdtempSync(join(tmpdir(), 'xenfai-'));
  const terminal = new Terminal([built], {
    ...size,
    env: {
      XENFAI_HOST: host,
      XENFAI_PASSWORD: password,
      XENFAI_CONFIG_DIR: folder(),
      XDG_RUNTIME_DIR: folder(),
      FAI_MONITOR_PORT: String(await freePort()),
      ...env,
    },
  });
  await terminal.shows('FAI messages on port');
  return terminal;
}
