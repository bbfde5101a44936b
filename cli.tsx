// The front door. It checks what everything else relies on before anything heavy is read, then loads the one part
// that is asked for: a subcommand never reads the screen code, the simulator is read by demo and simulate only.

import type { GlobalOptions, Surroundings } from './source/commands/options.ts';
import type { SimulatorFlags } from './source/commands/program.ts';
import type { Dial } from './source/repository/servers.ts';
import type { Settings } from './source/settings/settings.ts';
import type { Suggestions } from './source/tui/state.ts';

const oldest = 22;
const version = '0.1.0';
const monitorPort = 4711;
/** Guests of the demo live sixty times faster: an install takes seconds. */
const demoSpeed = 60;

async function main(): Promise<number> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < oldest) {
    process.stderr.write(`xenfai needs Node ${oldest} or newer; this is ${process.version}.\n`);
    return 2;
  }
  const argv = process.argv.slice(2);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  // chalk knows nothing of NO_COLOR, and reads its own variable once, when it is loaded.
  if (process.env['NO_COLOR'] || argv.includes('--no-color')) process.env['FORCE_COLOR'] = '0';
  const { realSurroundings, watchSignals } = await import('./source/commands/surroundings.ts');
  const interrupts = watchSignals();
  const around = realSurroundings(interrupts);
  const { runProgram } = await import('./source/commands/program.ts');
  const code = await runProgram(argv, version, around, {
    screen: (options) => screen(options, around),
    demo: (options) => demo(options, around),
    simulate: (flags) => simulate(flags, around),
  });
  // An interrupted simulate is a simulate that ended as it should.
  return argv[0] === 'simulate' ? code : (interrupts.code() ?? code);
}

/** The screen on a real host. */
async function screen(options: GlobalOptions, around: Surroundings): Promise<number> {
  if (await refuseTerminal(around)) return 2;
  const [{ loadSettings }, { readPassword }] = [
    await import('./source/commands/connect.ts'),
    await import('./source/hosts/password.ts'),
  ];
  const settings = await loadSettings(around);
  const wanted = options.profile ?? around.env['XENFAI_PROFILE'];
  const profile = wanted === undefined ? undefined : settings.profile(wanted);
  const password = await readPassword({
    file: options.passwordFile,
    command: options.passwordCommand,
    environment: around.env['XENFAI_PASSWORD'],
  });
  return open(settings, options, around, monitorPort, {
    address: options.host ?? around.env['XENFAI_HOST'] ?? profile?.address,
    user: options.user ?? around.env['XENFAI_USER'] ?? profile?.user,
    password: password ?? undefined,
    repository: profile?.repository,
  });
}

/** The same screen on a host that exists in this process only; its settings go when it goes. */
async function demo(options: GlobalOptions & SimulatorFlags, around: Surroundings): Promise<number> {
  if (await refuseTerminal(around)) return 2;
  const [{ flagProblem, freePort, startFromFlags }, { openSettings }, { mkdtemp, rm }, { tmpdir }, { join }] = [
    await import('./source/simulator/simulate.ts'),
    await import('./source/settings/settings.ts'),
    await import('node:fs/promises'),
    await import('node:os'),
    await import('node:path'),
  ];
  const problem = flagProblem(options);
  if (problem !== null) {
    around.err(`xenfai: ${problem}`);
    return 2;
  }
  const port = options.monitorPort ?? (await freePort(monitorPort));
  const simulator = await startFromFlags({ ...options, monitorPort: port }, demoSpeed);
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-demo-'));
  try {
    const suggestions = {
      address: simulator.host,
      user: simulator.username,
      password: simulator.password,
      repository: simulator.repository,
      nfsroot: '10.1.1.6:/srv/fai/nfsroot',
      banner: 'demo: nothing real is touched',
    };
    // Servers of the simulated network are asked there, not on the network of this machine.
    const dial: Dial = (host, to, signal) => {
      const answers = simulator.answers(host, to);
      if (answers !== null) return Promise.resolve(answers);
      // A kernel line that names no port means, in this world, the one this demo listens on.
      return around.dial(host, to === monitorPort ? port : to, signal);
    };
    return await open(openSettings(folder), options, around, port, suggestions, dial);
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function refuseTerminal(around: Surroundings): Promise<boolean> {
  const { terminalProblem } = await import('./source/commands/terminal.ts');
  const problem = terminalProblem(around.env, process.stdin.isTTY === true, process.stdout.isTTY === true);
  if (problem !== null) around.err(`xenfai: ${problem}`);
  return problem !== null;
}

async function open(
  settings: Settings,
  options: GlobalOptions,
  around: Surroundings,
  port: number,
  suggestions: Suggestions,
  dial: Dial = around.dial,
): Promise<number> {
  const [{ needsAscii }, { openScreen }, { cleanLine }] = [
    await import('./source/commands/terminal.ts'),
    await import('./source/tui/screen.tsx'),
    await import('./source/text/clean.ts'),
  ];
  const { code, history } = await openScreen({
    settings,
    suggestions,
    timeout: (options.timeout ?? 30) * 1000,
    monitorPort: port,
    readOnly: options.readOnly ?? false,
    lowBandwidth: options.lowBandwidth ?? false,
    asciiOnly: needsAscii(around.env),
    now: around.now,
    dial,
    signal: around.signal,
  });
  // The other screen is gone; what was done stays readable here.
  for (const line of history) around.out(cleanLine(line));
  return code;
}

/** A host to practise on: one line of JSON when it is ready, then until somebody interrupts. */
async function simulate(flags: SimulatorFlags, around: Surroundings): Promise<number> {
  const { flagProblem, readyLine, startFromFlags } = await import('./source/simulator/simulate.ts');
  const problem = flagProblem(flags);
  if (problem !== null) {
    around.err(`xenfai: ${problem}`);
    return 2;
  }
  const simulator = await startFromFlags(flags, 1);
  around.out(readyLine(simulator));
  await new Promise((resolve) => around.signal.addEventListener('abort', resolve, { once: true }));
  await simulator.stop();
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`xenfai: a fault in xenfai, please report it:\n${text}\n`);
  return 1;
});
// Kept-alive connections and a blocked event.next must not hold the process when its work is done.
process.exit();
