import { resolve } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { stateFolder } from '../harness.ts';

export const built = resolve(import.meta.dirname, '../../dist/cli.js');

const keys: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  space: ' ',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
  end: '\u001b[F',
  'ctrl-c': '\u0003',
  'ctrl-u': '\u0015',
  'ctrl-z': '\u001a',
};

/** Milliseconds in which what an ended program has written may still be on its way through the pty. */
const lastWords = 1000;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
}

/** A program in a pseudo terminal, with a terminal emulator looking at what it draws. */
export class Terminal {
  readonly pty: IPty;
  readonly exit: Promise<{ exitCode: number; signal?: number }>;
  /** Everything written, for counting bytes. */
  bytes = 0;
  raw = '';
  private readonly screen: InstanceType<typeof headless.Terminal>;
  private readonly watchers = new Set<() => void>();
  private ended = false;
  private endedAt = 0;
  /** Pieces the emulator has not digested yet. */
  private unread = 0;

  constructor(
    args: readonly string[],
    { columns = 80, rows = 24, env = {}, program = process.execPath }: TerminalOptions = {},
  ) {
    const { CI: _ci, NO_COLOR: _noColor, XENFAI_HOST: _host, XENFAI_PASSWORD: _password, ...inherited } = process.env;
    this.screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.pty = spawn(program, [...args], {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      env: { ...inherited, XENFAI_STATE_DIR: stateFolder, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env },
    });
    this.pty.onData((data) => {
      this.bytes += Buffer.byteLength(data);
      this.raw += data;
      this.unread += 1;
      this.screen.write(data, () => {
        this.unread -= 1;
        this.wake();
      });
    });
    // Terminals answer questions: without it a program may wait for its answer.
    this.screen.onData((data) => this.pty.write(data));
    this.exit = new Promise((resolved) =>
      this.pty.onExit((status) => {
        this.ended = true;
        this.endedAt = Date.now();
        resolved(status);
        this.wake();
      }),
    );
  }

  /** The rows as they stand on the screen. */
  lines(): string[] {
    const buffer = this.screen.buffer.active;
    return Array.from(
      { length: this.screen.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  get buffer() {
    return this.screen.buffer.active;
  }

  /** The emulator itself, for whoever wants its cells. */
  get emulator() {
    return this.screen;
  }

  /** True when a row ran over the right edge into the next. */
  wraps(): boolean {
    const { buffer } = this;
    return Array.from({ length: this.screen.rows }, (_, row) => buffer.getLine(row)?.isWrapped ?? false).some(
      Boolean,
    );
  }

  press(...names: string[]): void {
    for (const name of names) this.pty.write(keys[name] ?? name);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** Waits until the screen shows it; fails with the screen when the program ended instead, or after so many seconds. */
  async shows(wanted: string | RegExp, seconds = 50): Promise<string> {
    const there = (text: string) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
    await this.is(String(wanted), there, seconds);
    return this.text();
  }

  /** The same for anything that can be told from the screen. A frame that came in part is not looked at. */
  async is(what: string, test: (text: string) => boolean, seconds = 50): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!this.whole || !test(this.text())) {
      if (this.ended && this.unread === 0 && Date.now() > this.endedAt + lastWords)
        throw new Error(`ended before showing ${what}:\n${this.text()}`);
      if (Date.now() > deadline) throw new Error(`never showed ${what}:\n${this.text()}`);
      await Promise.race([this.change(), new Promise((wake) => setTimeout(wake, 500))]);
    }
  }

  /** True when the last frame has arrived to its end: a small one comes in one piece, a larger one says its end. */
  get whole(): boolean {
    return this.unread === 0 && this.raw.lastIndexOf('\u001b[?2026h') <= this.raw.lastIndexOf('\u001b[?2026l');
  }

  /** The line is cut: the kernel takes the terminal away and says so, and so does the pty's own clean-up. */
  hangUp(): void {
    if ('destroy' in this.pty && typeof this.pty.destroy === 'function') this.pty.destroy();
  }

  kill(): void {
    try {
      this.pty.kill('SIGKILL');
    } catch {
      // It has ended already.
    }
  }

  private change(): Promise<void> {
    return new Promise((changed) => {
      const watcher = () => {
        this.watchers.delete(watcher);
        changed();
      };
      this.watchers.add(watcher);
    });
  }

  private wake(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
