import { limits } from '../limits/limits.ts';

const { kept } = limits.message;
const lineFeed = 0x0a;

/**
 * Lines in the order in which they came in, each with a stamp: microseconds since 1970, made unique by the one who
 * received it, so that a line that comes by two ways counts once. The last mebibyte is kept, as bytes: twenty thousand
 * strings would have to be looked at whenever memory is tidied.
 */
export class LineHistory {
  /** Filled up, then its latter half is moved to the front. Memory that was never written to costs nothing. */
  private readonly bytes = Buffer.allocUnsafeSlow(2 * kept);
  private end = 0;
  private last = 0;

  /** Takes a line that has just come in, and gives it back as it is passed on. */
  stamp(line: string): string {
    return this.keep(line, Math.max(this.last + 1, Date.now() * 1000));
  }

  /** The line in what another process has passed on; null where it is known already, or is no such line. */
  unstamp(stamped: string): { readonly line: string; readonly age: number } | null {
    const blank = stamped.indexOf(' ');
    const stamp = /^\d{1,16}$/.test(stamped.slice(0, blank)) ? Number(stamped.slice(0, blank)) : 0;
    if (stamp <= this.last) return null;
    const line = stamped.slice(blank + 1);
    this.keep(line, stamp);
    return { line, age: Math.max(0, Date.now() - stamp / 1000) };
  }

  /** All that is kept, oldest first, each line with its line feed. */
  all(): string {
    return this.bytes.toString('latin1', this.begin(), this.end);
  }

  private keep(line: string, stamp: number): string {
    const stamped = `${stamp} ${line}\n`;
    this.last = stamp;
    if (this.end + stamped.length > this.bytes.length) {
      const begin = this.begin();
      this.bytes.copyWithin(0, begin, this.end);
      this.end -= begin;
    }
    this.end += this.bytes.write(stamped, this.end, 'latin1');
    return stamped;
  }

  /** Of the first whole line of those that are kept. */
  private begin(): number {
    if (this.end <= kept) return 0;
    return this.bytes.indexOf(lineFeed, this.end - kept - 1) + 1;
  }
}
