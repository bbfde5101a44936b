import { Writable } from 'node:stream';
import { Canvas } from './canvas.ts';

type Tty = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>;

/** What Ink writes besides frames: modes, the cursor hidden, the keyboard asked. They neither print nor move. */
const control = /^(?:\u001b\[[?<=>][\d;]*[a-z])*$/i;
const mode = /\u001b\[\?(\d+)[hl]/g;
/** The alternate screen, which is empty when one comes to it. */
const alternate = '1049';
const cursor = '25';
const hideCursor = '\u001b[?25l';

/**
 * Stands between Ink and the terminal as Ink's `stdout`: whole frames go in, the cells that changed come out.
 *
 * With its documented option `debug` Ink writes each frame as so many rows of text, without one movement of the cursor,
 * and all else that it writes is a mode, which passes unchanged. That seam asks for the least: nothing of how Ink
 * erases, moves and compares is imitated. (Ink's own incrementalRendering sends the rest of a row from its first change
 * on, and a step over each row that is the same: 6 to 15 times the difference.) With `debug` Ink draws whenever it is
 * told to, without a pause; whoever tells it sees to that. Of the packages that compare cells, each brings a screen
 * model of its own (terminal-kit, blessed); none takes Ink's frames.
 */
export class FrameOutput extends Writable {
  readonly isTTY = true;
  private readonly terminal: Tty;
  private readonly canvas = new Canvas();
  private readonly modes = new Map<string, string>();
  private frame: string | null = null;
  private readonly onResize = (): void => {
    this.canvas.forget();
    this.emit('resize');
  };

  constructor(terminal: Tty) {
    super({ decodeStrings: false });
    this.terminal = terminal;
    terminal.on('resize', this.onResize);
  }

  get columns(): number {
    return this.terminal.columns;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  /** Tells the terminal everything once more: another program may have written to it, or changed its modes. */
  redraw(): void {
    if (this.frame === null) return;
    this.canvas.forget();
    this.terminal.write([...this.modes.values()].join('') + this.canvas.draw(this.frame, this));
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const text = String(chunk);
    // Nothing is written in order to learn that all before it has been.
    if (text === '') {
      this.terminal.write('', () => done());
      return;
    }
    if (control.test(text)) this.pass(text);
    else this.show(text);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.terminal.off('resize', this.onResize);
    done(error);
  }

  private pass(text: string): void {
    for (const [sequence, number = ''] of text.matchAll(mode)) {
      if (number === alternate) this.canvas.forget();
      else this.modes.set(number, sequence);
    }
    this.terminal.write(text);
  }

  private show(frame: string): void {
    this.frame = frame;
    // With `debug` Ink hides the cursor at the start only, and shows it whenever the terminal is given away.
    const hidden = this.modes.get(cursor) === hideCursor;
    if (!hidden) this.modes.set(cursor, hideCursor);
    const text = (hidden ? '' : hideCursor) + this.canvas.draw(frame, this);
    if (text !== '') this.terminal.write(text);
  }
}
