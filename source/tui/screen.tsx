import { render } from 'ink';
import { App } from './app/app.tsx';
import { hearFaults } from './app/faults.ts';
import { type JobControl, processJobs } from './app/job-control.ts';
import { openKeyboard } from './app/keyboard.ts';
import type { ScreenOptions } from './app/opening.ts';
import type { Runner } from './app/runner.ts';
import { FrameOutput } from './cells/frame-output.ts';
import { ascii, colourless, type Glyphs, linuxConsole, unicode } from './kit/theme.ts';
import { type AppState, historyOf, opening } from './screens/index.ts';

const signs: Readonly<Record<ScreenOptions['signs'], Glyphs>> = { unicode, console: linuxConsole, ascii };

/** The title goes to the shell and comes back with the terminal. */
const withTitle = (
  { stop, measure, listen }: JobControl,
  runner: { readonly current: Runner<AppState> | null },
): JobControl => ({
  listen,
  stop() {
    runner.current?.leave();
    return stop();
  },
  async measure() {
    await measure();
    runner.current?.enter();
  },
});

/** Opens the screen and waits for its end. Returns the exit code and what the session did, for the normal screen. */
export async function openScreen(options: ScreenOptions): Promise<{ code: number; history: readonly string[] }> {
  const { lowBandwidth } = options;
  const opened = opening(options);
  let last = opened.start;
  const runner: { current: Runner<AppState> | null } = { current: null };
  // Ink goes raw only after its first frame: a key typed before that would be echoed into it and move every row.
  process.stdin.setRawMode(true);
  const output = new FrameOutput(process.stdout);
  const keyboard = openKeyboard(process.stdin);
  const jobs = withTitle(processJobs(output), runner);
  const glyphs = signs[options.signs];
  const app = render(
    <App
      {...opened}
      redraw={() => output.redraw()}
      drawEvery={1000 / (lowBandwidth ? 4 : 30)}
      glyphs={options.colour ? glyphs : colourless(glyphs)}
      jobs={jobs}
      tickEvery={lowBandwidth ? 10_000 : 1000}
      onState={(state) => {
        last = state;
      }}
      onRunner={(made) => {
        runner.current = made;
      }}
    />,
    {
      stdout: output,
      // Whole frames, as FrameOutput wants them.
      debug: true,
      stdin: keyboard,
      // Ink would draw the last frame only where CI is set, on a terminal, too.
      interactive: true,
      alternateScreen: true,
      exitOnCtrlC: false,
      kittyKeyboard: { mode: 'auto' },
    },
  );
  // A shell in between may keep the hang-up to itself: the end of the terminal's input says the same.
  const hangUp = () => process.kill(process.pid, 'SIGHUP');
  process.stdin.once('end', hangUp).once('error', hangUp);
  const end = () => app.unmount();
  const faults: unknown[] = [];
  const deaf = hearFaults((fault) => {
    faults.push(fault);
    app.unmount();
  });
  options.signal.addEventListener('abort', end, { once: true });
  // It may have come while the screen was being loaded.
  if (options.signal.aborted) end();
  let code: unknown;
  try {
    code = await app.waitUntilExit();
  } finally {
    deaf();
    output.destroy();
    keyboard.release();
    // Who was cut short may not have done it.
    process.stdin.setRawMode(false);
    options.signal.removeEventListener('abort', end);
    // The second Ctrl-C does not wait; every other way out, a hang-up above all, lets what was begun be taken back first.
    await runner.current?.close(options.signal.aborted || !last.shared.stopping);
  }
  if (faults.length > 0) throw faults[0];
  return {
    code: typeof code === 'number' ? code : 0,
    history: historyOf(last),
  };
}
