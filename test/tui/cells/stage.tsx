import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { render } from 'ink';
import { noJournal } from '../../../source/operations/journal.ts';
import { noLearned } from '../../../source/settings/learned.ts';
import { noNotices } from '../../../source/settings/notices.ts';
import { openSettings } from '../../../source/settings/settings.ts';
import { network } from '../../../source/transport/network.ts';
import { App } from '../../../source/tui/app/app.tsx';
import type { JobControl } from '../../../source/tui/app/job-control.ts';
import { openKeyboard } from '../../../source/tui/app/keyboard.ts';
import { pictureOf } from '../../../source/tui/app/picture.ts';
import type { ScreenSize } from '../../../source/tui/cells/canvas.ts';
import { FrameOutput } from '../../../source/tui/cells/frame-output.ts';
import { unicode } from '../../../source/tui/kit/theme.ts';
import { type AppState, screens } from '../../../source/tui/screens/index.ts';
import { until } from '../../harness.ts';
import { cellsOf, emulator, shownWhole, tell } from './emulator.ts';

// The screen as it is opened, with Ink, its output and its keyboard, on an emulated terminal in the same process.

/** A terminal: what is written to it goes to an emulator, in order. */
class FakeTerminal extends EventEmitter {
  columns: number;
  rows: number;
  readonly emulator: ReturnType<typeof emulator>;
  raw = '';

  constructor(size: ScreenSize) {
    super();
    this.columns = size.columns;
    this.rows = size.rows;
    this.emulator = emulator(size);
  }

  write(text: string, done?: unknown): boolean {
    this.raw += text;
    this.emulator.write(text, () => {
      if (typeof done === 'function') done();
    });
    return true;
  }

  resize(size: ScreenSize): void {
    Object.assign(this, size);
    this.emulator.resize(size.columns, size.rows);
    this.emit('resize');
  }
}

/** Opens the screen in this state. Its clock stands still until it is told a time. */
export function openStage(start: AppState, size: ScreenSize) {
  const terminal = new FakeTerminal(size);
  const output = new FrameOutput(terminal as unknown as NodeJS.WriteStream);
  const frames: string[] = [];
  const write = output.write.bind(output);
  // What Ink wants to be seen: the last whole frame that it wrote.
  output.write = ((text: string, ...more: []) => {
    if (text.includes('\n')) frames.push(text);
    return write(text, ...more);
  }) as typeof output.write;
  const typing = Object.assign(new PassThrough(), { setRawMode() {}, ref() {}, unref() {} });
  terminal.emulator.onData((answer) => typing.write(answer));
  const keyboard = openKeyboard(typing as unknown as NodeJS.ReadStream);
  let told: Parameters<JobControl['listen']>[0] | null = null;
  let resume: (() => void) | null = null;
  const jobs: JobControl = {
    stop: () =>
      new Promise((resolve) => {
        resume = resolve;
      }),
    measure: () => Promise.resolve(),
    listen(listener) {
      told = listener;
      return () => {};
    },
  };
  let state = start;
  let now = start.shared.now;
  let ticks = 0;
  const app = render(
    <App
      screens={screens}
      start={start}
      begin={[]}
      surroundings={{
        settings: openSettings(mkdtempSync(join(tmpdir(), 'xenfai-'))),
        timeout: 5000,
        monitorPort: 0,
        readOnly: false,
        notices: noNotices,
        transport: network,
        journal: noJournal,
        learned: noLearned,
        now() {
          ticks += 1;
          return now;
        },
        write: (text) => void terminal.write(text),
      }}
      redraw={() => output.redraw()}
      jobs={jobs}
      drawEvery={1}
      glyphs={unicode}
      tickEvery={1}
      onState={(next) => {
        state = next;
      }}
      onRunner={() => {}}
    />,
    {
      stdout: output,
      stdin: keyboard,
      debug: true,
      interactive: true,
      alternateScreen: true,
      exitOnCtrlC: false,
      kittyKeyboard: { mode: 'auto' },
    },
  );
  const textOf = (): string => {
    const { columns, rows } = terminal;
    const { head, body, foot } = pictureOf(screens, state, columns, rows, unicode);
    return [...head, ...body.rows, ...foot]
      .map((row) =>
        row
          .map(({ text }) => text)
          .join('')
          .trim(),
      )
      .join('\n');
  };
  const seen = (): string =>
    cellsOf(terminal.emulator)
      .map((row) => row.map((cell) => (cell.startsWith('right half') ? '' : cell.slice(0, cell.lastIndexOf(' ')))))
      .map((row) => row.join('').trim())
      .join('\n');
  const squeezed = (text: string): string => text.replace(/\n+/g, '\n').trim();
  return {
    terminal,
    state: () => state,
    press: (bytes: string) => void typing.write(bytes),
    jobs: () => told,
    /** The shell lets it go on. */
    resume() {
      resume?.();
      resume = null;
    },
    isStopped: () => resume !== null,
    /** Puts the clock there, and lets it tick so often. */
    async tick(to: number, count = 3) {
      now = to;
      ticks = 0;
      await until(() => ticks >= count);
    },
    /** Resolves when the terminal shows what the state looks like, and exactly the cells of Ink's last frame. */
    async settles() {
      await until(async () => {
        await tell(terminal.emulator, '');
        return squeezed(seen()) === squeezed(textOf());
      });
      return {
        cells: cellsOf(terminal.emulator),
        wanted: await shownWhole(frames.at(-1) ?? '', terminal),
      };
    },
    async close() {
      app.unmount();
      await app.waitUntilExit();
      await tell(terminal.emulator, '');
      output.destroy();
      keyboard.release();
    },
  };
}
