import { spawn } from 'node:child_process';
import type { Compression } from '../netboot/compression.ts';
import { largestKernel } from '../netboot/kernel.ts';

const programs: Partial<Record<Compression, readonly [string, ...string[]]>> = {
  xz: ['xz', '-dc', '--memlimit=512MiB'],
  lzma: ['xz', '-dc', '--format=lzma', '--memlimit=512MiB'],
  zstd: ['zstd', '-dc'],
  bzip2: ['bzip2', '-dc'],
  lz4: ['lz4', '-dc'],
  lzo: ['lzop', '-dc'],
};

/**
 * Unpacks a kernel's payload with the system's program, because no library in this language reads the x86 filter of
 * kernels. Null when the program is missing or fails. All of these carry a 4-byte size behind the stream.
 */
export async function unpackPayload(
  payload: Uint8Array,
  compression: Compression,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const command = programs[compression];
  if (command === undefined) return null;
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], signal, timeout: 30_000 });
    const chunks: Buffer[] = [];
    let size = 0;
    child.on('error', () => resolve(null));
    // The program may end before it has read everything; that is its answer, not an error of ours.
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestKernel) child.kill();
      else chunks.push(chunk);
    });
    child.on('close', () => resolve(size > 0 && size <= largestKernel ? Buffer.concat(chunks) : null));
    child.stdin.end(payload.subarray(0, payload.length - 4));
  });
}
