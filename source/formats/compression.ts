import { Bytes } from './bytes.ts';

export type Compression = 'gzip' | 'bzip2' | 'lzma' | 'xz' | 'lzo' | 'lz4' | 'zstd';

const magics: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzma', [0x5d, 0x00]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f]],
  ['lz4', [0x02, 0x21]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** Told by the first bytes; null when it is none of these. The order and magics are the domain builder's. */
export function compressionOf(data: Uint8Array): Compression | null {
  const bytes = new Bytes(data);
  return magics.find(([, magic]) => bytes.startsWith(magic))?.[0] ?? null;
}
