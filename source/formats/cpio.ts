import { limits } from '../limits/limits.ts';

/** An entry of a cpio archive. `data` only where it was asked for. */
export interface CpioEntry {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
}

export interface CpioOptions {
  readonly onEntry: (entry: CpioEntry) => void;
  /** Files whose content is wanted, up to `limits.cpio.kept` bytes each. */
  readonly wanted?: (entry: CpioEntry) => boolean;
  readonly onData?: (entry: CpioEntry, data: Uint8Array) => void;
}

const headerSize = 110;
const trailer = 'TRAILER!!!';

/**
 * Reads "newc" cpio archives (070701, 070702; Documentation/driver-api/early-userspace/buffer-format.rst of Linux)
 * as they arrive, several one behind the other with zeros between them, as an initrd holds them. Nothing is kept but
 * what was asked for. No library reads a cpio in pieces without holding the files; the format is one header.
 */
export class CpioReader {
  /** Why reading stopped; null while all is well. */
  problem: string | null = null;
  /** Entries seen, trailers not counted. */
  entries = 0;
  /** Archives read to their trailer. */
  archives = 0;
  private readonly options: CpioOptions;
  private state: 'between' | 'header' | 'name' | 'data' = 'between';
  private pending: Uint8Array[] = [];
  private pendingSize = 0;
  private entry: CpioEntry | null = null;
  private nameSize = 0;
  private skip = 0;
  private left = 0;

  constructor(options: CpioOptions) {
    this.options = options;
  }

  /** True at the end of an archive, or before the first: the only place where the bytes may end. */
  get complete(): boolean {
    return this.state === 'between' && this.archives > 0;
  }

  /**
   * Takes the next bytes; returns those that belong to no archive (what follows the last one begins another
   * format), or null.
   */
  push(chunk: Uint8Array): Uint8Array | null {
    let at = 0;
    while (at < chunk.length && this.problem === null) {
      if (this.skip > 0) {
        const step = Math.min(this.skip, chunk.length - at);
        this.skip -= step;
        at += step;
      } else if (this.state === 'between') {
        if (chunk[at] === 0) at += 1;
        else if (chunk[at] === 0x30) this.state = 'header';
        else return chunk.subarray(at);
      } else if (this.state === 'data') {
        at += this.takeData(chunk.subarray(at));
      } else {
        at += this.gather(chunk.subarray(at));
      }
    }
    return null;
  }

  /** Header and name: small, but they may come in pieces. Returns how much was used. */
  private gather(chunk: Uint8Array): number {
    const need = this.state === 'header' ? headerSize : this.nameSize;
    const part = chunk.subarray(0, need - this.pendingSize);
    this.pending.push(part);
    this.pendingSize += part.length;
    if (this.pendingSize < need) {
      // A later push reuses its buffer: what stays must be ours.
      this.pending[this.pending.length - 1] = part.slice();
      return part.length;
    }
    const text = this.pending.map((piece) => latin1(piece)).join('');
    this.pending = [];
    this.pendingSize = 0;
    if (this.state === 'header') this.readHeader(text);
    else this.readName(text);
    return part.length;
  }

  private readHeader(text: string): void {
    if (!/^07070[12][0-9a-f]{104}$/i.test(text)) {
      this.problem = 'its cpio archive is damaged: there is no header where one must be';
      return;
    }
    const field = (index: number): number => Number.parseInt(text.slice(6 + index * 8, 14 + index * 8), 16);
    this.nameSize = field(11);
    this.entry = { name: '', mode: field(1), size: field(6) };
    if (this.nameSize < 1 || this.nameSize > limits.cpio.name)
      this.problem = 'its cpio archive is damaged: a name is too long';
    this.state = 'name';
  }

  private readName(text: string): void {
    const entry = { mode: 0, size: 0, ...this.entry, name: text.replace(/\0.*$/s, '').replace(/^(\.?\/)+/, '') };
    this.skip = padding(headerSize + this.nameSize);
    if (entry.name === trailer) {
      this.archives += 1;
      this.state = 'between';
      return;
    }
    this.entries += 1;
    if (this.entries > limits.cpio.entries) {
      this.problem = `it holds more than ${limits.cpio.entries} files`;
      return;
    }
    this.entry = entry;
    this.options.onEntry(entry);
    this.left = entry.size;
    const wanted = entry.size > 0 && entry.size <= limits.cpio.kept && this.options.wanted?.(entry) === true;
    if (entry.size === 0) {
      this.state = 'header';
    } else if (wanted) {
      this.state = 'data';
    } else {
      this.skip += entry.size + padding(entry.size);
      this.state = 'header';
    }
  }

  private takeData(chunk: Uint8Array): number {
    const part = chunk.subarray(0, this.left);
    this.pending.push(part.slice());
    this.left -= part.length;
    if (this.left === 0 && this.entry !== null) {
      const data = new Uint8Array(this.entry.size);
      let at = 0;
      for (const piece of this.pending) {
        data.set(piece, at);
        at += piece.length;
      }
      this.pending = [];
      this.options.onData?.(this.entry, data);
      this.skip = padding(this.entry.size);
      this.state = 'header';
    }
    return part.length;
  }
}

const padding = (size: number): number => (4 - (size % 4)) % 4;

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
