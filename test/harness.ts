import './scratch.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runProgram } from '../source/commands/program.ts';
import type { Surroundings } from '../source/commands/surroundings.ts';
import { type Host, openHost } from '../source/hosts/host.ts';
import { type Clock, realClock } from '../source/simulator/clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../source/simulator/simulator.ts';
import { network } from '../source/transport/network.ts';
import type { Transport } from '../source/transport/transport.ts';
import type { Access } from '../source/xapi/access.ts';
import { Secret } from '../source/xapi/secret.ts';

export const pageArgs =
  'quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose,sshd FAI_ACTION=install';
export const goodArgs = `${pageArgs.replace('sshd', 'sshd,reboot')} ip=dhcp`;
export const lennyTemplate = 'Debian Lenny 5.0 (32-bit)';

export const simulator = (options: SimulatorOptions = {}): Promise<Simulator> =>
  startSimulator({ loginDelay: 0, speed: 1000, monitorPort: 1, ...options });

/** A clock whose guests do nothing until they are released: what is asserted of a VM that has just started stays so. */
export function heldClock(): Clock & { readonly release: () => void } {
  const clock = realClock(1000);
  let held: (() => void)[] | null = [];
  return {
    now: clock.now,
    afterGuestTime(milliseconds, action) {
      let cancel: (() => void) | null = null;
      let wanted = true;
      const begin = () => {
        if (wanted) cancel = clock.afterGuestTime(milliseconds, action);
      };
      if (held === null) begin();
      else held.push(begin);
      return () => {
        wanted = false;
        cancel?.();
      };
    },
    release() {
      const waiting = held ?? [];
      held = null;
      for (const begin of waiting) begin();
    },
  };
}

/** The network of this machine, but that no test talks to another one, or takes a port that others rely on. */
export const transportOf = (sim: Simulator | null): Transport => ({
  ...network,
  dial: (host, port) => Promise.resolve(sim?.answers(host, port) ?? false),
  hearLines: (_, listener) => network.hearLines(0, listener),
});

export const open = (sim: Simulator, access: Access = 'write'): Promise<Host> =>
  openHost({
    url: new URL(sim.host),
    user: sim.username,
    password: new Secret(sim.password),
    timeout: 10_000,
    access,
    transport: transportOf(sim),
    now: Date.now,
  });

/** Where the journal of the tests goes. */
export const stateFolder = mkdtempSync(join(tmpdir(), 'xenfai-state-'));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of every command
  readonly json: any;
}

/** Runs one command line in this process, as a script without a terminal would. */
export async function xenfai(
  sim: Simulator | null,
  args: readonly string[],
  extra: Partial<Surroundings> = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const env = sim === null ? {} : { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password };
  const around: Surroundings = {
    env: { XENFAI_CONFIG_DIR: '/nonexistent/xenfai', XENFAI_STATE_DIR: stateFolder, ...env, ...extra.env },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdout: new PassThrough(),
    stdoutIsTerminal: false,
    stdoutColumns: null,
    interactive: false,
    signal: new AbortController().signal,
    unread: new AbortController().signal,
    now: () => new Date(),
    ask: () => Promise.resolve(true),
    askSecret: () => Promise.resolve(new Secret('')),
    transport: transportOf(sim),
    ...(({ env: _, ...rest }) => rest)(extra),
  };
  const nowhere = () => Promise.resolve(0);
  const code = await runProgram(args, '0', around, { screen: nowhere, demo: nowhere, simulate: nowhere });
  const text = out.join('\n');
  // What goes on tells one document a line.
  const json = !args.includes('--json')
    ? null
    : out.length !== 1
      ? out.map((line) => JSON.parse(line))
      : JSON.parse(text);
  return { code, out: text, err: err.join('\n'), json };
}

/** A template of one's own, prepared as the page says. */
export async function prepareTemplate(sim: Simulator, name = 'FAI', args = goodArgs): Promise<void> {
  await xenfai(sim, ['template', 'copy', lennyTemplate, name]);
  const set = await xenfai(sim, ['template', 'set', name, '--repository', sim.repository, '--args', args]);
  if (set.code !== 0) throw new Error(set.err);
}

/** Waits for something to come true by looking; the test's own timeout is the limit. */
export async function until<T>(
  look: () => Promise<T | false | null | undefined> | T | false | null | undefined,
): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
