import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noJournal } from '../../source/operations/journal.ts';
import { noLearned } from '../../source/settings/learned.ts';
import { noNotices } from '../../source/settings/notices.ts';
import { openSettings } from '../../source/settings/settings.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { stackOf, topmost } from '../../source/tui/app/layers.ts';
import { createProgram } from '../../source/tui/app/program.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { type AppState, screens, startState } from '../../source/tui/screens/index.ts';
import { transportOf } from '../harness.ts';

// The whole program but for Ink: its reducers, its keys and its real effects on a simulated host.

export interface Program {
  state(): AppState;
  /** Keys by name. */
  press(...names: string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Resolves when the state is so. */
  comes(look: (state: AppState) => boolean): Promise<void>;
  /** What is on the screen. */
  screen(): string;
  close(): Promise<void>;
}

export interface Options {
  readonly readOnly?: boolean;
  /** A host known from before leads to the fleet. */
  readonly known?: boolean;
}

const size = { width: 118, height: 60, glyphs: unicode };

/** Starts it and connects. */
export async function openProgram(
  sim: Simulator,
  { readOnly = false, known = false }: Options = {},
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-'));
  const profile = { name: new URL(sim.host).host, address: sim.host, user: 'root' };
  if (known) await openSettings(folder).save(profile);
  const settings = openSettings(folder, readOnly ? 'read' : 'write');
  const suggestions = { address: sim.host, password: sim.password };
  const [start] = startState({ suggestions, profiles: settings.profiles(), now: Date.now(), readOnly });
  const surroundings = {
    settings,
    timeout: 5000,
    monitorPort: 0,
    readOnly,
    notices: noNotices,
    transport: transportOf(sim),
    journal: noJournal,
    learned: noLearned,
    now: () => Date.now(),
    write: () => {},
  };
  const parts = { screens, start, surroundings };
  const { state, dispatch, runner } = createProgram<AppState>(parts, { quit: () => {} }, () => looks.changed());
  const looks = lookOut(state);
  const program: Program = {
    state,
    async press(...names) {
      for (const name of names) dispatch({ type: 'key', key: { name, text: [...name].length === 1 ? name : '' } });
    },
    type: async (text) => dispatch({ type: 'paste', text }),
    comes: looks.comes,
    screen() {
      const view = topmost(stackOf(screens, state()), 'view')?.(state(), size);
      return (view?.rows ?? []).map((row) => row.map(({ text }) => text).join('')).join('\n');
    },
    close: () => runner.close(false),
  };
  await connect(program);
  return program;
}

/** From the first screen to the templates that were read, with what is suggested. */
export async function connect(program: Program): Promise<void> {
  await program.press('enter', 'enter', 'enter');
  await program.comes(({ shared }) => shared.host !== null && shared.templates.items.length > 0);
}

/** Those who wait for something to be so, and are told of each change. */
export function lookOut(state: () => AppState) {
  let all: (() => void)[] = [];
  return {
    changed: () => {
      for (const look of [...all]) look();
    },
    comes: (look: (state: AppState) => boolean) =>
      new Promise<void>((resolve) => {
        const seen = (): void => {
          if (!look(state())) return;
          all = all.filter((one) => one !== seen);
          resolve();
        };
        all.push(seen);
        seen();
      }),
  };
}
