import { limits } from '../limits/limits.ts';
import { CpioReader } from './cpio.ts';
import { InitrdCollector, type InitrdFacts, initrdFormat } from './initrd.ts';
import { limited, NoUnpacker, unpackStream } from './unpack.ts';

const headSize = 512;

/**
 * Reads an initrd to its end as it arrives: uncompressed archives first (microcode, say), then the packed one. Never
 * throws but for an abort; what is wrong is in the facts. Memory is flat: no file in it is kept.
 */
export async function readInitrd(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<InitrdFacts> {
  const collector = new InitrdCollector();
  const reader = new CpioReader({
    onEntry: (entry) => collector.entry(entry),
    wanted: (entry) => collector.wanted(entry),
    onData: (_, data) => collector.content(Buffer.from(data).toString('latin1')),
  });
  const pieces = new Pieces(source);
  const head = await pieces.peek(headSize);
  let format = initrdFormat(head);
  const facts = (seen: boolean, problem: string | null): InitrdFacts =>
    collector.facts({ format, head, seen, problem, files: reader.entries });
  try {
    if (format === 'cpio') {
      const rest = await feed(reader, pieces.rest());
      if (rest === null) return facts(true, ending(reader));
      pieces.back(rest);
      format = initrdFormat(await pieces.peek(headSize));
    }
    if (format === null || format === 'cpio') {
      return facts(true, reader.archives > 0 ? 'something unknown follows its first archive' : null);
    }
    const rest = await feed(reader, unpackStream(pieces.rest(), format, signal));
    if (rest !== null)
      return facts(true, reader.archives > 0 ? 'something follows its archive' : 'there is no cpio archive in it');
    return facts(true, ending(reader));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoUnpacker) return facts(false, null);
    return facts(true, reason(error, reader));
  }
}

function ending(reader: CpioReader): string | null {
  return reader.problem ?? (reader.complete ? null : 'its archive ends in the middle');
}

function reason(error: unknown, reader: CpioReader): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/unexpected end/i.test(text)) return `the packed archive ends in the middle, after ${reader.entries} files`;
  return text;
}

/** Feeds an archive; returns the first bytes behind it that belong to no archive, or null at the end of the source. */
async function feed(reader: CpioReader, source: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  for await (const chunk of limited(source, limits.unpack.initrd)) {
    const rest = reader.push(chunk);
    if (reader.problem !== null) return null;
    if (rest !== null) return rest;
  }
  return null;
}

/** A source that can be looked at before it is read, and be handed on from the middle. */
class Pieces {
  private readonly source: AsyncIterator<Uint8Array>;
  private ahead: Uint8Array[] = [];

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, `least` of them if there are so many, without taking them. */
  async peek(least: number): Promise<Uint8Array> {
    let size = this.ahead.reduce((sum, piece) => sum + piece.length, 0);
    while (size < least) {
      const next = await this.source.next();
      if (next.done) break;
      this.ahead.push(next.value);
      size += next.value.length;
    }
    const whole = Buffer.concat(this.ahead);
    this.ahead = [whole];
    return whole.subarray(0, least);
  }

  back(bytes: Uint8Array): void {
    this.ahead = [bytes, ...this.ahead];
  }

  /** All that is left; may be taken up again after a loop that ended early. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.ahead.shift();
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      const next = await this.source.next();
      if (next.done) return;
      yield next.value;
    }
  }
}
