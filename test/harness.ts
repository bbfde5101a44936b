import { PassThrough } from 'node:stream';
import type { Surroundings } from '../source/commands/options.ts';
import { runProgram } from '../source/commands/program.ts';
import { type Host, openHost } from '../source/hosts/host.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../source/simulator/simulator.ts';

export const pageArgs =
  'quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose,sshd FAI_ACTION=install';
export const goodArgs = `${pageArgs.replace('sshd', 'sshd,reboot')} ip=dhcp`;
export const lennyTemplate = 'Debian Lenny 5.0 (32-bit)';

export const simulator = (options: SimulatorOptions = {}): Promise<Simulator> =>
  startSimulator({ loginDelay: 0, speed: 1000, monitorPort: 1, ...options });

export const open = (sim: Simulator): Promise<Host> =>
  openHost({ url: new URL(sim.host), user: sim.username, password: sim.password, timeout: 10_000 });

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
    env: { XENFAI_CONFIG_DIR: '/nonexistent/xenfai', ...env, ...extra.env },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdout: new PassThrough(),
    stdoutIsTerminal: false,
    interactive: false,
    color: false,
    signal: new AbortController().signal,
    now: () => new Date(),
    ask: () => Promise.resolve(true),
    askSecret: () => Promise.resolve(''),
    // No test talks to another machine.
    dial: (host, port) => Promise.resolve(sim?.answers(host, port) ?? false),
    ...(({ env: _, ...rest }) => rest)(extra),
  };
  const nowhere = () => Promise.resolve(0);
  const code = await runProgram(args, '0', around, { screen: nowhere, demo: nowhere, simulate: nowhere });
  const text = out.join('\n');
  return { code, out: text, err: err.join('\n'), json: args.includes('--json') ? JSON.parse(text) : null };
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
