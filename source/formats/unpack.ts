import { type ChildProcess, spawn } from 'node:child_process';
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { limits } from '../limits/limits.ts';
import { formatBytes } from '../text/sizes.ts';
import type { Compression } from './compression.ts';
import { largestKernel } from './kernel-image.ts';

/**
 * The system's programs, because no library in this language reads the x86 filter of kernels. gzip and, where this
 * Node has it, zstd are done without.
 */
const programs: Partial<Record<Compression, readonly [string, ...string[]]>> = {
  xz: ['xz', '-dc', '--memlimit=512MiB'],
  lzma: ['xz', '-dc', '--format=lzma', '--memlimit=512MiB'],
  zstd: ['zstd', '-dcq', '--memory=512MB'],
  bzip2: ['bzip2', '-dc'],
  lz4: ['lz4', '-dcq'],
  lzo: ['lzop', '-dcq'],
};

/** The program that unpacks it, for saying what to install; null where none is needed. */
export const unpackerOf = (compression: Compression): string | null => programs[compression]?.[0] ?? null;

/** What is not to be had here, as opposed to broken. */
export class NoUnpacker extends Error {}

/**
 * The bytes inside packed ones, as they come; memory stays flat. Throws NoUnpacker when the program is missing, an
 * Error with a short reason when the bytes are damaged or cut off, and for an abort.
 */
export async function* unpackStream(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const inner = builtIn(compression);
  if (inner !== null) {
    yield* compose(Readable.from(source), inner, signal);
    return;
  }
  const command = programs[compression];
  if (command === undefined) throw new NoUnpacker(compression);
  yield* throughProgram(command, source, signal);
}

async function* compose(input: Readable, inner: Duplex, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const whole = pipeline(input, inner, { signal });
  // Its error comes out of reading, too.
  whole.catch(() => {});
  try {
    yield* inner as AsyncIterable<Uint8Array>;
    await whole;
  } finally {
    input.destroy();
    inner.destroy();
  }
}

/** The same bytes, until there are more than `most`: a bomb stops here. Throws an Error with a short reason. */
export async function* limited(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > most) throw new Error(`it unpacks to more than ${formatBytes(most)}`);
    yield chunk;
  }
}

/** zlib's own streams; members after the first are read, too, as the kernel does. */
function builtIn(compression: Compression): Duplex | null {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: 256 * 1024 });
  // Since Node 22.15.
  if (compression === 'zstd' && 'createZstdDecompress' in zlib) return zlib.createZstdDecompress();
  return null;
}

async function* throughProgram(
  [program, ...args]: readonly [string, ...string[]],
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  const ended = endOf(child, program);
  // Whoever stops reading early leaves a promise that nobody awaits.
  ended.catch(() => {});
  child.stdin.on('error', () => {});
  const input = Readable.from(source);
  let broken: Error | null = null;
  input.on('error', (error) => {
    broken = error;
    child.kill();
  });
  input.pipe(child.stdin);
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    if (broken !== null) throw broken;
    await ended;
  } finally {
    child.kill();
    input.destroy();
  }
}

async function endOf(child: ChildProcess, program: string): Promise<void> {
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (told.length < 500) told += chunk.toString('latin1');
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT';
      reject(missing ? new NoUnpacker(program) : error);
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(told.split('\n')[0]?.trim() || `${program} ended with ${code}`));
    });
  });
}

/**
 * Unpacks a kernel's payload; null when the program is missing or fails. All but gzip carry a 4-byte size behind the
 * stream (scripts/Makefile.lib of Linux).
 */
export async function unpackPayload(
  payload: Uint8Array,
  compression: Compression,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limits.unpack.payload)]);
  try {
    const packed = payload.subarray(0, payload.length - 4);
    for await (const chunk of unpackStream(slices(packed), compression, limited)) {
      size += chunk.length;
      if (size > largestKernel) return null;
      chunks.push(chunk);
    }
  } catch {
    signal.throwIfAborted();
    // lzma of kernels ends without a mark, and its program complains at the end: what came is judged.
    return size > 0 && compression === 'lzma' ? Buffer.concat(chunks) : null;
  }
  return Buffer.concat(chunks);
}

async function* slices(data: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += 1 << 20) yield data.subarray(at, at + (1 << 20));
}
