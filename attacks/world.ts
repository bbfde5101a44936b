import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../source/simulator/clock.ts';
import { realClock } from '../source/simulator/clock.ts';
import type { Simulator } from '../source/simulator/simulator.ts';
import { type Ran as Looked, prepareTemplate, simulator, until, xenfai } from '../test/harness.ts';
import { memoryFolder } from '../test/scratch.ts';

const built = resolve(import.meta.dirname, '../dist/cli.js');

export const scratch = memoryFolder();

/** What one run of the built program came to. `code` null: it was killed. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of every command is looked into
  readonly json: any;
}

/** A run that has been begun. */
export interface Running {
  readonly ended: Promise<Ran>;
  /** What it has printed so far. */
  readonly soFar: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
}

/** A simulated host with a prepared template, a folder for the program's own files, and the program. */
export interface Attacked {
  readonly sim: Simulator;
  /** Begins the built program in a process of its own. */
  begin(args: readonly string[]): Running;
  /** The same program in this process: quicker, for looking and for running a command once more. */
  within(args: readonly string[]): Promise<Looked>;
  /** Puts the host's clock forward; who is logged in already does not notice. */
  advance(milliseconds: number): void;
  /** Waits until the host has ended all that it was asked to do. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface AttackedOptions {
  readonly vms?: number;
  /** How many times faster than life guests are. */
  readonly speed?: number;
}

export async function attacked({ vms = 4, speed = 1000 }: AttackedOptions = {}): Promise<Attacked> {
  const folder = mkdtempSync(join(scratch, 'xenfai-attack-'));
  const real = realClock(speed);
  let ahead = 0;
  const clock: Clock = { ...real, now: () => new Date(real.now().getTime() + ahead) };
  const sim = await simulator({ vms, clock });
  await prepareTemplate(sim);
  const env = {
    ...process.env,
    XENFAI_HOST: sim.host,
    XENFAI_PASSWORD: sim.password,
    XENFAI_CONFIG_DIR: folder,
    XENFAI_STATE_DIR: folder,
  };
  return {
    sim,
    begin(args) {
      const child = spawn(process.execPath, [built, ...args, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
      });
      const ended = new Promise<Ran>((done, failed) => {
        child.on('error', failed);
        child.on('close', (code) => done({ code, out, err, json: parse(out) }));
      });
      return { ended, soFar: () => out, signal: (name) => void child.kill(name) };
    },
    within: (args) => xenfai(sim, [...args, '--json'], { env: { XENFAI_STATE_DIR: folder } }),
    advance(milliseconds) {
      ahead += milliseconds;
    },
    settled: async () => {
      const pending = () => [...sim.world.database.all('task').values()].some(({ status }) => status === 'pending');
      // What a dead client had sent already is read in the next rounds.
      for (let round = 0; round < 2; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await until(() => !pending());
      }
    },
    async stop() {
      sim.world.intercept = null;
      await sim.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
