import { limits } from '../limits/limits.ts';

/**
 * Lines in the order in which they came in, each with a stamp: microseconds since 1970, made unique by the one who
 * received it, so that a line that comes by two ways counts once. The last mebibyte is kept.
 */
export class LineHistory {
  private readonly kept: string[] = [];
  /** Where the kept ones begin: a shift for every line would move all others. */
  private first = 0;
  private size = 0;
  private last = 0;

  /** Takes a line that has just come in, and gives it back as it is passed on; without its line feed. */
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
    return this.kept.slice(this.first).join('');
  }

  private keep(line: string, stamp: number): string {
    const stamped = `${stamp} ${line}\n`;
    this.last = stamp;
    this.kept.push(stamped);
    this.size += stamped.length;
    while (this.size > limits.message.kept) {
      this.size -= this.kept[this.first]?.length ?? 0;
      this.first += 1;
    }
    if (this.first > this.kept.length / 2) {
      this.kept.splice(0, this.first);
      this.first = 0;
    }
    return stamped;
  }
}
