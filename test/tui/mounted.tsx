import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from 'ink-testing-library';
import { onTestFailed } from 'vitest';
import { noJournal } from '../../source/operations/journal.ts';
import { noLearned } from '../../source/settings/learned.ts';
import { noNotices } from '../../source/settings/notices.ts';
import { openSettings } from '../../source/settings/settings.ts';
import type { Suggestions } from '../../source/settings/suggestions.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import { App } from '../../source/tui/app/app.tsx';
import type { Runner } from '../../source/tui/app/runner.ts';
import { type Glyphs, unicode } from '../../source/tui/kit/theme.ts';
import { type AppState, screens, startState } from '../../source/tui/screens/index.ts';
import { until } from '../harness.ts';
import { connect, lookOut, type Options, type Program } from './program.ts';

// The mounted component with its real effects, on a simulated host in the same process.

export const bytes: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  down: '\u001b[B',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-u': '\u0015',
};

export const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

export interface Mounting {
  /** Saved hosts; the simulated one is the first. */
  readonly profiles?: number;
  readonly readOnly?: boolean;
  readonly suggestions?: Suggestions;
  readonly glyphs?: Glyphs;
}

export async function mount(
  sim: Simulator,
  { profiles = 0, readOnly = false, suggestions = {}, glyphs = unicode }: Mounting,
) {
  const settings = openSettings(mkdtempSync(join(tmpdir(), 'xenfai-')), readOnly ? 'read' : 'write');
  for (let index = profiles - 1; index > 0; index -= 1)
    await settings.save({ name: `host${index}`, address: `https://host${index}`, user: 'root' });
  if (profiles > 0) await settings.save({ name: new URL(sim.host).host, address: sim.host, user: 'root' });
  const [start, begin] = startState({ suggestions, profiles: settings.profiles(), now: Date.now(), readOnly });
  const written: string[] = [];
  let state = start;
  let runner: Runner<AppState> | null = null;
  const looks = lookOut(() => state);
  const app = render(
    <App
      screens={screens}
      start={start}
      begin={begin}
      surroundings={{
        settings,
        timeout: 5000,
        monitorPort: 0,
        readOnly,
        notices: noNotices,
        transport: { ...network, dial: () => Promise.resolve(true) },
        journal: noJournal,
        learned: noLearned,
        now: () => Date.now(),
        write: (text) => written.push(text),
      }}
      glyphs={glyphs}
      tickEvery={1000}
      drawEvery={1}
      onState={(next) => {
        state = next;
        looks.changed();
      }}
      onRunner={(made) => {
        runner = made;
      }}
    />,
  );
  onTestFailed(() => console.log(app.lastFrame()));
  const made = await until<Runner<AppState>>(() => runner);
  const shows = (text: string | RegExp) =>
    until(() => (typeof text === 'string' ? app.lastFrame()?.includes(text) : text.test(app.lastFrame() ?? '')));
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      app.stdin.write(key);
      // Ink reads a key at a time; the next one must not join it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** All at once, as a paste or a slow line brings them. */
  const burst = (keys: string) => app.stdin.write(keys);
  return { ...app, shows, press, burst, settings, written, state: () => state, comes: looks.comes, runner: made };
}

/** The same as a program whose keys have names. */
export async function openMounted(
  sim: Simulator,
  { readOnly = false, known = false }: Options = {},
): Promise<Program> {
  const suggestions = { address: sim.host, password: sim.password };
  const app = await mount(sim, { readOnly, profiles: known ? 1 : 0, suggestions });
  const program: Program = {
    state: app.state,
    press: (...names) => app.press(...names.map((name) => bytes[name] ?? name)),
    type: (text) => app.press(paste(text)),
    comes: app.comes,
    screen: () => app.lastFrame() ?? '',
    async close() {
      await app.runner.close(false);
      app.unmount();
    },
  };
  await connect(program);
  return program;
}
