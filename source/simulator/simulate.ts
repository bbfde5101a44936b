import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Account, isRole, roles } from './account.ts';
import { realClock } from './clock.ts';
import { faultForm, faultKinds, readFault } from './faults.ts';
import { releaseNamed, releases } from './releases/profile.ts';
import { type Simulator, type SimulatorOptions, simulatorPassword, startSimulator } from './simulator.ts';
import type { Quirk } from './world.ts';

/** Flags of `demo` and `simulate`, as the command line has them. */
export interface SimulateFlags {
  readonly port?: number | undefined;
  readonly repositoryPort?: number | undefined;
  readonly tlsPort?: number | undefined;
  readonly keepCertificate?: string | undefined;
  readonly monitorPort?: number | undefined;
  readonly vms?: number | undefined;
  readonly hosts?: number | undefined;
  readonly account?: readonly string[] | undefined;
  readonly latency?: number | undefined;
  readonly speed?: number | undefined;
  readonly quirk?: readonly string[] | undefined;
  readonly fault?: readonly string[] | undefined;
  readonly faultSeed?: number | undefined;
  /** Calls of a hundred that go wrong by chance. */
  readonly faultRate?: number | undefined;
  readonly seed?: number | undefined;
  readonly release?: string | undefined;
}

const quirks: readonly string[] = ['lose-pv-args'] satisfies Quirk[];

/** The problem with the flags in words, or null. */
export function flagProblem({ quirk = [], fault = [], account = [], speed, release }: SimulateFlags): string | null {
  const wrong = fault.find((text) => readFault(text) === null);
  if (wrong !== undefined)
    return `"${wrong}" is no fault: ${faultForm} is wanted, and as KIND one of ${Object.keys(faultKinds).join(', ')}.`;
  const nobody = account.find((text) => readAccount(text) === null);
  if (nobody !== undefined)
    return `"${nobody}" is no account: NAME:ROLE is wanted, and as ROLE one of ${roles.join(', ')}.`;
  const unknown = quirk.find((name) => !quirks.includes(name));
  if (unknown !== undefined) return `There is no quirk ${unknown}; there is ${quirks.join(', ')}.`;
  if (speed !== undefined && !(speed > 0)) return '--speed must be a number above 0.';
  if (release !== undefined && releaseNamed(release) === null) {
    return `There is no simulated release ${release}; there is ${releases.join(', ')}.`;
  }
  return null;
}

/** `CORP\anna:vm-operator`, with root's password; null when it is none. */
function readAccount(text: string): Account | null {
  const [, name = '', role = ''] = /^(.+):([a-z-]+)$/.exec(text) ?? [];
  return isRole(role) ? { name, password: simulatorPassword, role } : null;
}

/** The demo's: other people's installs are on their way, unless a fleet was asked for. */
export async function startDemo(flags: SimulateFlags, now: () => Date): Promise<Simulator> {
  const held = flags.monitorPort === undefined ? await holdPort() : null;
  const monitorPort = flags.monitorPort ?? held?.port;
  const simulator = await startFromFlags(
    { ...flags, monitorPort },
    { clock: realClock(flags.speed ?? demoSpeed, now), colleague: flags.vms === undefined },
  );
  await held?.letGo();
  return simulator;
}

/** Guests of the demo live six times faster: an install takes a minute, which one can watch. */
const demoSpeed = 6;

/** Of a hundred calls, where no other rate was asked for: a command of some twenty calls meets one. */
const usualRate = 5;

/** SIGUSR1 restarts the xapi of this simulator, as often as it comes. */
export async function startFromFlags(flags: SimulateFlags, defaults: SimulatorOptions = {}): Promise<Simulator> {
  const options: SimulatorOptions = {
    ...defaults,
    ...pickNumbers(flags),
    release: releaseNamed(flags.release ?? '') ?? '5.6.0',
    ...(flags.keepCertificate === undefined ? {} : { keepCertificate: flags.keepCertificate }),
    quirks: (flags.quirk ?? []) as Quirk[],
    accounts: (flags.account ?? []).flatMap((text) => readAccount(text) ?? []),
    faults: (flags.fault ?? []).flatMap((text) => readFault(text) ?? []),
    ...(flags.faultSeed === undefined && flags.faultRate === undefined
      ? {}
      : { randomFaults: { seed: flags.faultSeed ?? 1, share: (flags.faultRate ?? usualRate) / 100 } }),
  };
  const simulator = await startSimulator(options);
  const restart = () => simulator.restart();
  process.on('SIGUSR1', restart);
  return {
    ...simulator,
    stop: () => {
      process.off('SIGUSR1', restart);
      return simulator.stop();
    },
  };
}

/** Without what was not said. */
function pickNumbers(flags: SimulateFlags): SimulatorOptions {
  const { port, repositoryPort, tlsPort, monitorPort, vms, hosts, latency, speed, seed } = flags;
  const entries = Object.entries({ port, repositoryPort, tlsPort, monitorPort, vms, hosts, latency, speed, seed });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The line that says where everything is, for scripts that wait for it. */
export const readyLine = (simulator: Simulator): string =>
  JSON.stringify({
    host: simulator.host,
    ...(simulator.tlsHost === null ? {} : { tlsHost: simulator.tlsHost }),
    username: simulator.username,
    password: simulator.password,
    repository: simulator.repository,
    monitorPort: simulator.monitorPort,
    ...(simulator.members.length === 1 ? {} : { members: simulator.members.map(({ url }) => url) }),
    pid: process.pid,
  });

/**
 * A port for FAI's messages that is not the one where others await real ones. It is held until the simulator has its own,
 * which could be the same, and then let go of for whoever listens.
 */
async function holdPort(): Promise<{ readonly port: number; readonly letGo: () => Promise<void> }> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, letGo: () => new Promise((resolve) => server.close(() => resolve())) };
}
