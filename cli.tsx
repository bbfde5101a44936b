// The front door. It checks what everything else relies on before anything heavy is read, then loads the one part
// that is asked for: a subcommand never reads the screen code, the simulator is read by demo and simulate only.

import { mkdirSync } from 'node:fs';
import module from 'node:module';
import type { GlobalFlags } from './source/commands/global-flags.ts';
import type { SimulatorFlags } from './source/commands/simulator-flags.ts';
import type { Surroundings } from './source/commands/surroundings.ts';
import type { Journal } from './source/operations/journal.ts';
import type { LearnedStore } from './source/settings/learned.ts';
import type { Settings } from './source/settings/settings.ts';
import type { SimulateFlags } from './source/simulator/simulate.ts';
import type { Transport } from './source/transport/transport.ts';
import type { Suggestions } from './source/tui/app/shared.ts';

const oldest = 22;
const version = '0.1.0';

async function main(): Promise<number> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < oldest) {
    process.stderr.write(`xenfai needs Node ${oldest} or newer; this is ${process.version}.\n`);
    return 2;
  }
  keepCompiled();
  const argv = process.argv.slice(2);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version}\n`);
    return 0;
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
    process.stderr.write(`xenfai: it was done, but could not be told: ${String(around.unread.reason)}\n`);
    return 2;
  }
  // An interrupted simulate is a simulate that ended as it should.
  return argv[0] === 'simulate' ? code : (signalled ?? code);
}

/** Node keeps what it has compiled of us, in a folder that is this user's alone: half of a short command's time. */
function keepCompiled(): void {
  const home = process.env['XDG_CACHE_HOME'] || (process.env['HOME'] && `${process.env['HOME']}/.cache`);
  if (!home?.startsWith('/') || process.env['NODE_COMPILE_CACHE']) return;
  try {
    mkdirSync(`${home}/xenfai`, { recursive: true, mode: 0o700 });
    module.enableCompileCache?.(`${home}/xenfai`);
  } catch {
    // A home that is not there, or not ours to write: it is only slower.
  }
}

/** The screen on a real host. */
async function screen(options: GlobalFlags, around: Surroundings): Promise<number> {
  await refuseTerminal();
  const [
    { loadSettings },
    { readPassword },
    { listenPort },
    { fileJournal, journalPath, noJournal },
    { fileLearned },
    { stateFolder },
  ] = [
    await import('./source/commands/connect.ts'),
    await import('./source/hosts/password.ts'),
    await import('./source/commands/monitor-port.ts'),
    await import('./source/operations/journal.ts'),
    await import('./source/settings/learned.ts'),
    await import('./source/settings/state-folder.ts'),
  ];
  const readOnly = isReading(options);
  const settings = await loadSettings(around, readOnly ? 'read' : 'write');
  const named = options.host ?? around.env['XENFAI_HOST'];
  const wanted = options.profile ?? around.env['XENFAI_PROFILE'];
  // As on the command line: a host may be named by its profile.
  const profile = settings.profile(wanted ?? named ?? '');
  const address = wanted === undefined ? (profile?.address ?? named) : (named ?? profile?.address);
  const password = await readPassword({
    file: options.passwordFile,
    command: options.passwordCommand,
    environment: around.env['XENFAI_PASSWORD'],
  });
  const suggestions = {
    address,
    user: options.user ?? around.env['XENFAI_USER'] ?? profile?.user,
    password: password?.reveal(),
    direct: address !== undefined && password !== null,
    repository: profile?.repository,
  };
  const complaints: string[] = [];
  const journal = readOnly ? noJournal : fileJournal(journalPath(around.env), (text) => complaints.push(text));
  const remembered = { settings, journal, learned: fileLearned(stateFolder(around.env)) };
  const code = await open(remembered, options, around, listenPort(around), suggestions, around.transport);
  for (const text of complaints) around.err(`Warning: ${text}`);
  return code;
}

/** The same screen on a host that exists in this process only; its settings go when it goes. */
async function demo(options: GlobalFlags & SimulatorFlags, around: Surroundings): Promise<number> {
  await refuseTerminal();
  const [
    { monitorPort },
    { noJournal },
    { noLearned },
    { network },
    { freePort, startDemo },
    { openSettings },
    { mkdtemp, rm },
    { tmpdir },
    { join },
  ] = [
    await import('./source/fai/servers.ts'),
    await import('./source/operations/journal.ts'),
    await import('./source/settings/learned.ts'),
    await import('./source/transport/network.ts'),
    await import('./source/simulator/simulate.ts'),
    await import('./source/settings/settings.ts'),
    await import('node:fs/promises'),
    await import('node:os'),
    await import('node:path'),
  ];
  await refuseFlags(options);
  const port = options.monitorPort ?? (await freePort());
  const simulator = await startDemo({ ...given(options), monitorPort: port }, around.now);
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
    return await open(
      { settings: openSettings(folder), journal: noJournal, learned: noLearned },
      options,
      around,
      port,
      suggestions,
      // What guests of the demo say is for nobody else.
      { ...network, dial },
    );
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function refuseTerminal(): Promise<void> {
  const [{ terminalProblem }, { usage }] = [
    await import('./source/commands/terminal.ts'),
    await import('./source/commands/usage.ts'),
  ];
  const problem = terminalProblem(process.stdin.isTTY === true, process.stdout.isTTY === true);
  if (problem !== null) usage(problem);
}

async function refuseFlags(flags: SimulatorFlags): Promise<void> {
  const [{ flagProblem }, { usage }] = [
    await import('./source/simulator/simulate.ts'),
    await import('./source/commands/usage.ts'),
  ];
  const problem = flagProblem(given(flags));
  if (problem !== null) usage(problem);
}

/** Without what was not said. */
function given({ quirk, release, ...rest }: SimulatorFlags): SimulateFlags {
  const { port, repositoryPort, monitorPort, vms, latency, speed, seed } = rest;
  const numbers = Object.entries({ port, repositoryPort, monitorPort, vms, latency, speed, seed });
  return {
    ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)),
    quirk,
    ...(release === undefined ? {} : { release }),
  };
}

/** Neither changes anything. */
const isReading = ({ readOnly, dryRun }: GlobalFlags): boolean => readOnly || dryRun;

/** What outlives the screen. */
interface Remembered {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly learned: LearnedStore;
}

async function open(
  remembered: Remembered,
  flags: GlobalFlags,
  around: Surroundings,
  port: number,
  suggestions: Suggestions,
  transport: Transport,
): Promise<number> {
  // Whether there are colours is said below; without this chalk would take bold and the cursor with them, and all in CI.
  process.env['FORCE_COLOR'] = '1';
  const [{ timeoutOf }, { isAloud, signsFor, wantsColour }, { cleanLine }, { noticesFor }] = [
    await import('./source/commands/connect.ts'),
    await import('./source/commands/terminal.ts'),
    await import('./source/text/clean.ts'),
    await import('./source/settings/notices.ts'),
  ];
  const options = {
    ...remembered,
    suggestions,
    timeout: timeoutOf(flags),
    monitorPort: port,
    readOnly: isReading(flags),
    notices: noticesFor(remembered.settings.notices(), around.env),
    lowBandwidth: flags.lowBandwidth,
    signs: signsFor(around.env),
    colour: wantsColour(around.env, flags.noColor),
    now: around.now,
    transport,
    signal: around.signal,
  };
  const { code, history } = isAloud(around.env, flags.screenReader)
    ? await import('./source/tui/aloud.ts').then(({ openAloud }) => openAloud(options))
    : await import('./source/tui/screen.tsx').then(({ openScreen }) => openScreen(options));
  // The other screen is gone; what was done stays readable here.
  for (const line of history) around.out(cleanLine(line));
  return code;
}

/** A host to practise on: one line of JSON when it is ready, then until somebody interrupts. */
async function simulate(flags: SimulatorFlags, around: Surroundings): Promise<number> {
  await refuseFlags(flags);
  const { readyLine, startFromFlags } = await import('./source/simulator/simulate.ts');
  const simulator = await startFromFlags(given(flags));
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
// Kept-alive connections and a blocked event.next must not hold the process when its work is done.
process.exit();

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
