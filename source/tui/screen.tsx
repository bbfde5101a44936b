import { render } from 'ink';
import { freshForm } from '../fai/form.ts';
import { leftBehind } from '../operations/in-flight.ts';
import type { Dial } from '../repository/servers.ts';
import type { Settings } from '../settings/settings.ts';
import { outcomeOf } from '../watch/installs.ts';
import { App } from './app.tsx';
import type { Effects } from './effects/effects.ts';
import type { Command } from './events.ts';
import { startState } from './start-state.ts';
import type { AppState, Suggestions } from './state.ts';
import { ascii, unicode } from './theme.ts';

/** Installs do not need us: they go on when the screen is closed. */
function stillInstalling({ fleet, now }: AppState): string[] {
  return [...fleet.installs.byRef.values()]
    .filter((install) => outcomeOf(install, now) === 'installing')
    .map(({ vm }) => `${vm.record.name_label}: the install goes on; look again with xenfai, or xenfai status`);
}

export interface ScreenOptions {
  readonly settings: Settings;
  readonly suggestions: Suggestions;
  readonly timeout: number;
  readonly monitorPort: number;
  readonly readOnly: boolean;
  readonly lowBandwidth: boolean;
  readonly asciiOnly: boolean;
  readonly now: () => Date;
  readonly dial: Dial;
  /** Ends the screen from outside: a signal came. */
  readonly signal: AbortSignal;
}

/** Opens the screen and waits for its end. Returns the exit code and what the session did, for the normal screen. */
export async function openScreen(options: ScreenOptions): Promise<{ code: number; history: readonly string[] }> {
  const profiles = options.settings.profiles();
  const start = startState({
    suggestions: options.suggestions,
    profiles,
    form: freshForm('live-boot'),
    now: options.now().getTime(),
    readOnly: options.readOnly,
  });
  let last: AppState = start;
  let effects: Effects | null = null;
  // Ink goes raw only after its first frame: a key typed before that would be echoed into it and move every row.
  process.stdin.setRawMode(true);
  const app = render(
    <App
      start={start}
      first={[] as readonly Command[]}
      effects={{
        settings: options.settings,
        timeout: options.timeout,
        monitorPort: options.monitorPort,
        write: (text) => void process.stdout.write(text),
        dial: options.dial,
      }}
      glyphs={options.asciiOnly ? ascii : unicode}
      tickEvery={options.lowBandwidth ? 10_000 : 1000}
      now={() => options.now().getTime()}
      onState={(state) => {
        last = state;
      }}
      onEffects={(made) => {
        effects = made;
      }}
    />,
    {
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      maxFps: options.lowBandwidth ? 4 : 30,
      kittyKeyboard: { mode: 'auto' },
    },
  );
  const end = () => app.unmount();
  options.signal.addEventListener('abort', end, { once: true });
  const code = await app.waitUntilExit();
  options.signal.removeEventListener('abort', end);
  // The second Ctrl-C does not wait; every other way out lets what was begun be taken back first.
  await (effects as Effects | null)?.close(!last.stopping);
  return {
    code: typeof code === 'number' ? code : 0,
    history: [...last.history, ...stillInstalling(last), ...leftBehind()],
  };
}
