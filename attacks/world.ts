import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../source/simulator/simulator.ts';
import { built } from '../test/end-to-end/terminal.ts';
import { goodArgs, lennyTemplate } from '../test/harness.ts';

/** What one run of the built program came to. `code` null: it was killed. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of every command is looked into
  readonly json: any;
}

/** A simulated host with a prepared template, a folder for the program's own files, and the built program. */
export interface Attacked {
  readonly sim: Simulator;
  /** Runs the program to its end; `kill` gets what ends it at once. */
  run(args: readonly string[], kill?: (now: () => void) => void): Promise<Ran>;
  stop(): Promise<void>;
}

export async function attacked(vms = 3): Promise<Attacked> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-attack-'));
  const sim = await startSimulator({ vms, loginDelay: 0, speed: 1000, monitorPort: 1 });
  const env = {
    ...process.env,
    XENFAI_HOST: sim.host,
    XENFAI_PASSWORD: sim.password,
    XENFAI_CONFIG_DIR: folder,
    XENFAI_STATE_DIR: folder,
  };
  const run: Attacked['run'] = (args, kill) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [built, ...args, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      kill?.(() => child.kill('SIGKILL'));
      child.on('close', (code) => resolve({ code, out, err, json: parse(out) }));
    });
  const attack = {
    sim,
    run,
    async stop() {
      sim.world.intercept = null;
      await sim.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await must(attack, ['template', 'copy', lennyTemplate, 'FAI']);
  await must(attack, ['template', 'set', 'FAI', '--repository', sim.repository, '--args', goodArgs]);
  return attack;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function must(attack: Attacked, args: readonly string[]): Promise<Ran> {
  const ran = await attack.run(args);
  if (ran.code !== 0) throw new Error(`${args.join(' ')}: exit ${ran.code}\n${ran.out}\n${ran.err}`);
  return ran;
}

type Fields = Readonly<Record<string, unknown>>;

const table = ({ sim }: Attacked, name: string): [string, Fields][] => [...sim.world.database.all(name)];

/** VMs and templates with this very name. */
export const called = (attack: Attacked, name: string): Fields[] =>
  table(attack, 'VM')
    .map(([, vm]) => vm)
    .filter((vm) => vm['name_label'] === name && vm['is_a_snapshot'] !== true);

/** What is half-made: its name still carries a run. */
export const unfinished = (attack: Attacked): Fields[] =>
  table(attack, 'VM')
    .map(([, vm]) => vm)
    .filter((vm) => / xenfai:[0-9a-f]{8}$/.test(String(vm['name_label'])));

/** Disks that no VM has: whoever lost them pays for them. The tools ISO is nobody's. */
export const orphanDisks = (attack: Attacked): Fields[] =>
  table(attack, 'VDI')
    .map(([, vdi]) => vdi)
    .filter((vdi) => (vdi['VBDs'] as unknown[]).length === 0 && vdi['name_label'] !== 'xs-tools.iso');

/** The mark of an arming that counts: of this VM, and whole. */
export function armedMark(vm: Fields): Fields | null {
  const text = (vm['other_config'] as Record<string, string>)['xenfai:armed'];
  const mark = text === undefined ? null : (parse(text) as Fields | null);
  return mark !== null && mark['vm'] === vm['uuid'] ? mark : null;
}

/** True when the next boot runs the installer, whatever anybody says. */
export const willInstall = (vm: Fields): boolean => vm['PV_bootloader'] === 'eliloader';
