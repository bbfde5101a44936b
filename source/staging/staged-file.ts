import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A file to be put below a root. Opened anew each time it is read. */
export interface StagedFile {
  /** Below the root, without a slash in front. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly open: () => Readable;
}

/** A file of this machine, to be staged under another name. */
export async function stagedFile(path: string, source: string, signal: AbortSignal): Promise<StagedFile> {
  const { size } = await stat(source);
  const open = () => createReadStream(source);
  return { path, size, open, sha256: await sha256Of(createReadStream(source, { signal })) };
}

export function stagedBytes(path: string, data: Uint8Array): StagedFile {
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { path, size: data.length, sha256, open: () => Readable.from([data]) };
}

async function sha256Of(stream: Readable): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Uint8Array>) sum.update(chunk);
  return sum.digest('hex');
}

/** SHA-256 of a file; null when there is none. */
export async function hashOf(path: string): Promise<string | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  return sha256Of(createReadStream(path));
}
