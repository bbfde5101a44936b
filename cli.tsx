// The front door. It checks what everything else relies on before anything heavy is read, then loads the one part
// that is asked for: a subcommand never reads the screen code, the simulator is read by demo and simulate only.

import type { TlsFlags } from './source/commands/doors.ts';
import type { GlobalFlags } from './source/commands/global-flags.ts';
import type { ScreenGiven } from './source/commands/screen-options.ts';
import type { SimulatorFlags } from './source/commands/simulator-flags.ts';
import type { Surroundings } from './source/commands/surroundings.ts';
import { keepCompiled, writeKept } from './source/settings/kept-code.ts';
import type { Transport } from './source/transport/transport.ts';

const oldest = 22;
const version = '0.1.0';

async function main(): Promise<number> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < oldest) {
    process.stderr.write(`xenfai needs Node ${oldest} or newer; this is ${process.version}.\n`);
    return 2;
  }
  const argv = process.argv.slice(2);
  keepCompiled(process.env, argv[0]);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    let failure: unknown = null;
    process.stdout.on('error', (error) => (failure = error)).write(`${version}\n`);
    await drained(process.stdout);
    return failure === null || isClosedPipe(failure) ? 0 : untold(failure);
  }
  const { realSurroundings, watchSignals } = await import('./source/commands/surroundings.ts');
  const interrupts = watchSignals();
  const around = realSurroundings(interrupts);
  const { runProgram } = await import('./source/commands/program.ts');
  const code = await runProgram(argv, version, around, {
    screen: (options) => screen(options, around),
    demo: (options) => demo(options, around),
    simulate: (flags) => simulate(flags, around),
  });
  await drained(process.stdout);
  const signalled = interrupts.code();
  // A terminal that is gone cannot be told, and asks for nothing.
  if (code === 0 && signalled === null && around.unread.aborted && !isClosedPipe(around.unread.reason)) {
    return untold(around.unread.reason);
  }
  // An interrupted simulate is a simulate that ended as it should.
  return argv[0] === 'simulate' ? code : (signalled ?? code);
}

/** The screen on a real host. */
async function screen(options: GlobalFlags, around: Surroundings): Promise<number> {
  const { screenOnHost } = await import('./source/commands/screen-options.ts');
  const { complaints, ...given } = await screenOnHost(options, around);
  const code = await open(given, options, around);
  for (const text of complaints) around.err(`Warning: ${text}`);
  return code;
}

/** The same screen on a host that exists in this process only; its settings go when it goes. */
async function demo(options: GlobalFlags & SimulatorFlags, around: Surroundings): Promise<number> {
  const { refuseTerminal, screenOnDemo } = await import('./source/commands/screen-options.ts');
  refuseTerminal();
  const [{ startDemo }, { monitorPort }, { mkdtemp, rm }, { tmpdir }, { join }] = [
    await import('./source/simulator/simulate.ts'),
    await import('./source/fai/servers.ts'),
    await import('node:fs/promises'),
    await import('node:os'),
    await import('node:path'),
  ];
  await refuseFlags(options);
  const simulator = await startDemo(options, around.now);
  const port = simulator.monitorPort;
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
    const dial: Transport['dial'] = (host, to, signal) => {
      const answers = simulator.answers(host, to);
      if (answers !== null) return Promise.resolve(answers);
      // A kernel line that names no port means, in this world, the one this demo listens on.
      return around.transport.dial(host, to === monitorPort ? port : to, signal);
    };
    return await open(screenOnDemo({ folder, suggestions, monitorPort: port, dial }), options, around);
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function refuseFlags(flags: SimulatorFlags): Promise<void> {
  const [{ flagProblem }, { usage }] = [
    await import('./source/simulator/simulate.ts'),
    await import('./source/commands/usage.ts'),
  ];
  const problem = flagProblem(flags);
  if (problem !== null) usage(problem);
}

/** Opens the screen, drawn or aloud, and tells afterwards what was done. */
async function open(given: ScreenGiven, flags: GlobalFlags, around: Surroundings): Promise<number> {
  // Whether there are colours is said below; without this chalk would take bold and the cursor with them, and all in CI.
  process.env['FORCE_COLOR'] = '1';
  // Node warns, in the middle of the screen, of whoever has both; what was said of colours is in `around`.
  delete process.env['NO_COLOR'];
  const { cleanLine, isAloud, screenOptions } = await import('./source/commands/screen-options.ts');
  const options = screenOptions(given, flags, around);
  const { code, history } = isAloud(around.env, flags.screenReader)
    ? await import('./source/tui/aloud.ts').then(({ openAloud }) => openAloud(options))
    : await import('./source/tui/screen.tsx').then(({ openScreen }) => openScreen(options));
  // The other screen is gone; what was done stays readable here.
  for (const line of history) around.out(cleanLine(line));
  return code;
}

/** A host to practise on: one line of JSON when it is ready, then until somebody interrupts. */
async function simulate(flags: SimulatorFlags & TlsFlags, around: Surroundings): Promise<number> {
  await refuseFlags(flags);
  const { readyLine, startFromFlags } = await import('./source/simulator/simulate.ts');
  const simulator = await startFromFlags(flags);
  around.out(readyLine(simulator));
  const { signal } = around;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await simulator.stop();
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`xenfai: a fault in xenfai, please report it:\n${text}\n`);
  return 1;
});
await drained(process.stdout);
await drained(process.stderr);
if (process.exitCode === 0) writeKept();
// Kept-alive connections and a blocked event.next must not hold the process when its work is done.
process.exit();

/** What cannot be told is no success. */
async function untold(error: unknown): Promise<number> {
  const { systemText } = await import('./source/problem/system-text.ts');
  process.stderr.write(`xenfai: it was done, but could not be told: ${systemText(error)}.\n`);
  return 2;
}

/** Whoever closes a pipe has read enough. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** A pipe takes its time, and what it has not taken is lost with the process. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) return resolve();
    stream.once('error', resolve);
    stream.write('', () => resolve());
  });
}
