import { Command, CommanderError } from 'commander';
import { exit } from '../problem/exit.ts';
import { fail, type Problem, toProblem } from '../problem/problem.ts';
import { globalOptions, sourceFlags, wholeNumber } from './flags.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { problemLines } from './print.ts';
import { addRepositoryCommands } from './program-repository.ts';
import { problemJson } from './vm-json.ts';

/** What only the front door can start: the screen, and the simulator. Each answers with an exit code. */
export interface Doors {
  readonly screen: (options: GlobalOptions) => Promise<number>;
  readonly demo: (options: GlobalOptions & SimulatorFlags) => Promise<number>;
  readonly simulate: (options: SimulatorFlags) => Promise<number>;
}

export interface SimulatorFlags {
  readonly port?: number;
  readonly repositoryPort?: number;
  readonly monitorPort?: number;
  readonly vms?: number;
  readonly latency?: number;
  readonly speed?: number;
  readonly quirk?: readonly string[];
  readonly seed?: number;
  readonly release?: string;
}

/** Runs one command line. Never throws: everything ends as an exit code, with what it means on stderr or as JSON. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  around: Surroundings,
  doors: Doors,
): Promise<number> {
  let code: number = exit.done;
  const json = argv.includes('--json');
  const finish = (result: Result): void => {
    code = result.exit;
    if (result.streamed) return;
    if (json) around.out(JSON.stringify({ ok: result.exit === 0, ...result.json }));
    else for (const line of result.lines) around.out(line);
    if (!json) for (const line of result.problems ?? []) around.err(line);
  };
  const program = build(version, around, doors, finish, (door) => {
    code = door;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return commanderExit(error, json, around);
    const problem = portTaken(error) ?? toProblem(error);
    if (json) around.out(JSON.stringify({ ok: false, error: problemJson(problem) }));
    else for (const line of problemLines(problem)) around.err(line);
    if (problem.exit === exit.fault && around.env['XENFAI_DEBUG'] && error instanceof Error)
      around.err(error.stack ?? '');
    return problem.exit;
  }
  return code;
}

/** A port somebody else listens on is the user's business, not a fault. */
function portTaken(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return null;
  const port = 'port' in error ? String(error.port) : '';
  return {
    code: 'port-taken',
    exit: exit.usage,
    message: `Port ${port} is taken.`,
    try: ['Choose another with --port, or 0 for any.'],
  };
}

function commanderExit(error: CommanderError, json: boolean, around: Surroundings): number {
  if (error.exitCode === 0) return exit.done;
  if (json) around.out(JSON.stringify({ ok: false, error: { code: 'usage', message: error.message } }));
  return exit.usage;
}

/** Takes what a command came to. */
export type Finish = (result: Result) => void;

function build(
  version: string,
  around: Surroundings,
  doors: Doors,
  finish: Finish,
  leave: (code: number) => void,
): Command {
  const program = new Command('xenfai')
    .description('Installs Debian on XenServer and XCP-ng virtual machines with FAI.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => around.out(text.trimEnd()),
      writeErr: (text) => around.err(text.trimEnd()),
    })
    .enablePositionalOptions(false)
    .showHelpAfterError('(xenfai --help lists all commands)');
  globalOptions(program)
    .allowExcessArguments(true)
    .action(async () => {
      const [word] = program.args;
      if (word !== undefined) {
        fail({
          code: 'usage',
          exit: exit.usage,
          message: `There is no command "${word}".`,
          try: ['xenfai --help lists them.'],
        });
      }
      leave(await doors.screen(program.opts()));
    });
  const add = (words: string, about: string): Command => {
    const [name = '', ...rest] = words.split(' ');
    const command = globalOptions(program.command([name, ...rest].join(' ')).description(about));
    return command.exitOverride().configureOutput({
      writeOut: (text) => around.out(text.trimEnd()),
      writeErr: (text) => around.err(text.trimEnd()),
    });
  };
  const options = <T extends GlobalOptions>(command: Command): T => ({ ...program.opts(), ...command.opts() }) as T;
  addVmCommands(add, options, around, finish);
  addTemplateCommands(program, add, options, around, finish);
  addRepositoryCommands(add, options, around, finish);
  simulatorFlags(add('demo', 'the screen on a simulated host: nothing real is touched')).action(async (_, command) =>
    leave(await doors.demo(options(command))),
  );
  simulatorFlags(add('simulate', 'a simulated XenServer 5.6 and install repository, until interrupted')).action(
    async (_, command) => leave(await doors.simulate(options<GlobalOptions & SimulatorFlags>(command))),
  );
  return program;
}

export type Add = (words: string, about: string) => Command;
export type Options = <T extends GlobalOptions>(command: Command) => T;

function addVmCommands(add: Add, options: Options, around: Surroundings, finish: Finish): void {
  add('status [vm...]', 'each VM with its install state')
    .option('--all', 'the other VMs, too')
    .option('--orphans', 'what a killed create left behind')
    .option('--watch', 'a line for every change, until interrupted')
    .action(async (names, _, command) =>
      finish(await (await import('./status.ts')).status(names, options(command), around)),
    );
  for (const [operation, about] of [
    ['rearm', 'the installer once more'],
    ['repair', 'a VM made by another tool gets what its template says'],
  ] as const) {
    sourceFlags(add(`${operation} <vm...>`, about))
      .option('--template <name>', 'take what is missing from this template')
      .option('--force', 'shut a running VM down first')
      .option('--snapshot', 'take a snapshot of the disks before')
      .option('--start', 'start it afterwards, if the repository passes the check')
      .action(async (names, _, command) =>
        finish(await (await import('./rearm.ts')).arm(operation, names, options(command), around)),
      );
  }
  add('start <vm...>', 'start; an armed VM only if its repository passes the check')
    .option('--force', 'whatever the check says')
    .action(async (names, _, command) =>
      finish(await (await import('./start.ts')).start(names, options(command), around)),
    );
  add('stop <vm...>', 'shut down')
    .option('--force', 'at once, without asking the guest')
    .option('--reset', 'only tell the host that the VM is gone')
    .action(async (names, _, command) =>
      finish(await (await import('./start.ts')).stop(names, options(command), around)),
    );
  add('create [name...]', 'new VMs from a template; web[01-08] makes eight')
    .option('--manifest <file>', 'JSON array of {name, mac, memory, vcpus, disk, sr, network}')
    .option('--template <name>', 'a template prepared for FAI')
    .option('--memory <size>', 'such as 512M')
    .option('--vcpus <n>', 'virtual CPUs', wholeNumber)
    .option('--disk <size>', 'of the first disk, such as 8G')
    .option('--sr <name>', 'storage; else the default of the pool')
    .option('--network <name>', 'by name, bridge or UUID')
    .option('--mac <address>', 'of the one VM')
    .option('--concurrency <n>', 'how many at a time; 4 unless said otherwise', wholeNumber)
    .option('--start', 'start them, if the repository passes the check')
    .action(async (names, _, command) =>
      finish(await (await import('./create.ts')).create(names, options(command), around)),
    );
}

function addTemplateCommands(
  program: Command,
  add: Add,
  options: Options,
  around: Surroundings,
  finish: Finish,
): void {
  add('templates', 'templates, those for FAI first').action(async (_, command) =>
    finish(await (await import('./templates.ts')).templates(options(command), around)),
  );
  const template = program.command('template').description('show, copy or set one template').exitOverride();
  const sub = (words: string, about: string): Command =>
    globalOptions(template.command(words).description(about)).exitOverride();
  sub('show <template>', 'every parameter, as xe template-param-list prints it').action(async (name, _, command) =>
    finish(await (await import('./templates.ts')).templateShow(name, options(command), around)),
  );
  sub('copy <source> <name>', 'a copy that may be changed')
    .option('--comment <text>', 'its description')
    .action(async (source, name, _, command) =>
      finish(await (await import('./templates.ts')).templateCopy(source, name, options(command), around)),
    );
  sourceFlags(sub('set <template>', 'repository, release, architecture, proxy and FAI arguments'))
    .option('--proxy <url>', 'proxy for dom0; empty removes it')
    .action(async (name, _, command) =>
      finish(await (await import('./templates.ts')).templateSet(name, options(command), around)),
    );
}

function simulatorFlags(command: Command): Command {
  return command
    .option('--release <version>', 'of XenServer; 5.6.0 is simulated')
    .option('--port <n>', 'of the API', wholeNumber)
    .option('--repository-port <n>', 'of the install repository', wholeNumber)
    .option('--monitor-port <n>', "where FAI's messages go when a kernel line names no port", wholeNumber)
    .option('--vms <n>', 'VMs that are there already, in mixed states', wholeNumber)
    .option('--latency <ms>', 'before each answer', wholeNumber)
    .option('--speed <x>', 'how much faster than life guests are', Number)
    .option('--quirk <name...>', 'lose-pv-args')
    .option('--seed <n>', 'the same seed makes the same world', wholeNumber);
}
