/** Reading numbers and strings out of foreign bytes: everything outside the file reads as null, nothing throws. */
export class Bytes {
  readonly data: Uint8Array;
  private readonly view: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.byteLength;
  }

  u8(at: number): number | null {
    return this.has(at, 1) ? this.view.getUint8(at) : null;
  }

  u16(at: number): number | null {
    return this.has(at, 2) ? this.view.getUint16(at, true) : null;
  }

  u32(at: number): number | null {
    return this.has(at, 4) ? this.view.getUint32(at, true) : null;
  }

  u64(at: number): bigint | null {
    return this.has(at, 8) ? this.view.getBigUint64(at, true) : null;
  }

  /** A 32 or 64 bit word, as ELF classes have them. */
  word(at: number, bits: 32 | 64): bigint | null {
    if (bits === 64) return this.u64(at);
    const value = this.u32(at);
    return value === null ? null : BigInt(value);
  }

  /** Latin-1 text up to a NUL or `most` bytes. */
  text(at: number, most: number): string {
    if (at < 0 || at >= this.length) return '';
    const end = Math.min(this.length, at + most);
    let text = '';
    for (let i = at; i < end && this.data[i] !== 0; i += 1) text += String.fromCharCode(this.data[i] ?? 0);
    return text;
  }

  slice(at: number, length: number): Uint8Array {
    return this.data.subarray(Math.max(0, at), Math.max(0, at) + Math.max(0, length));
  }

  startsWith(magic: readonly number[], at = 0): boolean {
    return magic.every((byte, i) => this.data[at + i] === byte);
  }

  private has(at: number, size: number): boolean {
    return Number.isSafeInteger(at) && at >= 0 && at + size <= this.length;
  }
}
