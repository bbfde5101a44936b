// The front door. It checks what everything else relies on before anything heavy is read, then loads the one part
// that is asked for: a subcommand never reads the screen code, the simulator is read by demo and simulate only.

import type { Surroundings } from './source/commands/options.ts';
import type { SimulatorFlags } from './source/commands/program.ts';

const oldest = 22;
const version = '0.1.0';

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
    screen: async () => 2,
    demo: async () => 2,
    simulate: (flags) => simulate(flags, around),
  });
  // An interrupted simulate is a simulate that ended as it should.
  return argv[0] === 'simulate' ? code : (interrupts.code() ?? code);
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
