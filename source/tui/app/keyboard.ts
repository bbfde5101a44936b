import { PassThrough } from 'node:stream';
import { limits } from '../../limits/limits.ts';
import { awaited, type KeyBytes, noBytes, takeBytes, timeIsOver } from './key-bytes.ts';

/** A terminal's input as Ink wants it, and the way to let go of it. */
export interface Keyboard extends PassThrough {
  readonly isTTY: true;
  setRawMode(on: boolean): void;
  ref(): void;
  unref(): void;
  release(): void;
}

/** Stands before Ink: whatever a line does to the bytes of a key, the key comes out whole. */
export function openKeyboard(
  terminal: Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'setRawMode' | 'ref' | 'unref'>,
): Keyboard {
  const keys = new PassThrough();
  let bytes: KeyBytes = noBytes;
  let timer: NodeJS.Timeout | undefined;
  const tell = ([next, whole]: readonly [KeyBytes, string]): void => {
    bytes = next;
    if (whole !== '') keys.write(Buffer.from(whole, 'latin1'));
    clearTimeout(timer);
    const waitsFor = awaited(bytes);
    if (waitsFor !== null) timer = setTimeout(() => tell(timeIsOver(bytes)), patience(waitsFor, bytes));
  };
  const come = (chunk: Buffer | string): void => tell(takeBytes(bytes, Buffer.from(chunk).toString('latin1')));
  terminal.on('data', come);
  return Object.assign(keys, {
    isTTY: true as const,
    setRawMode: (on: boolean) => void terminal.setRawMode(on),
    ref: () => void terminal.ref(),
    unref: () => void terminal.unref(),
    release() {
      clearTimeout(timer);
      terminal.off('data', come);
      terminal.pause();
    },
  });
}

const patience = (waitsFor: 'escape' | 'sequence', { slow }: KeyBytes): number =>
  waitsFor === 'sequence' ? limits.keyboard.sequence : slow ? limits.keyboard.slowEscape : limits.keyboard.escape;
