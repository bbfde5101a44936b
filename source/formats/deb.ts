import { type Extract, extract, type Header } from 'tar-stream';
import { limits } from '../limits/limits.ts';
import { type ArMember, arMembers, type ReadAt } from './ar.ts';
import type { Compression } from './compression.ts';
import { type Paragraph, readParagraph } from './deb822.ts';
import { room } from './tee.ts';
import { limited, unpackStream } from './unpack.ts';

/** A .deb package: what its control file says, and its files on demand. */
export interface DebPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly fields: Paragraph;
  /**
   * Files of data.tar below one folder that `wanted` picks by path ("boot/vmlinuz-…"), each up to `most` bytes. dpkg
   * sorts by folder: what lies behind it is not unpacked.
   */
  files(folder: string, wanted: (path: string) => boolean, most: number): Promise<Map<string, Uint8Array>>;
}

const forms: Readonly<Record<string, Compression | null>> = {
  tar: null,
  'tar.gz': 'gzip',
  'tar.xz': 'xz',
  'tar.zst': 'zstd',
  'tar.bz2': 'bzip2',
  'tar.lzma': 'lzma',
};

/**
 * Opens a package wherever its bytes lie. Throws an Error with a reason in words when it is none, NoUnpacker when the
 * program for its compression is not here.
 */
export async function openDeb(readAt: ReadAt, signal: AbortSignal): Promise<DebPackage> {
  const members = await arMembers(readAt);
  if (members === null) throw new Error('it is not a Debian package');
  const read = (part: string, folder: string, wanted: (path: string) => boolean, most: number) => {
    const member = members.find(({ name }) => name.startsWith(`${part}.`) && name.slice(part.length + 1) in forms);
    if (member === undefined) throw new Error(`it has no ${part} archive: it is damaged, or cut off`);
    return readTar(slices(readAt, member), forms[member.name.slice(part.length + 1)] ?? null, {
      folder,
      wanted,
      most,
      signal,
    });
  };
  const control = await read('control', '', (path) => path === 'control', limits.deb.control);
  const text = Buffer.from(control.get('control') ?? []).toString('utf8');
  const fields = readParagraph(text);
  const [name, version, arch] = ['package', 'version', 'architecture'].map((field) => fields.get(field) ?? '');
  if (!name || !version || !arch) throw new Error('its control file names no package, version or architecture');
  return { name, version, arch, fields, files: (folder, wanted, most) => read('data', folder, wanted, most) };
}

async function* slices(readAt: ReadAt, { offset, size }: ArMember): AsyncGenerator<Uint8Array> {
  const step = 1024 * 1024;
  for (let at = 0; at < size; at += step) {
    const piece = await readAt(offset + at, Math.min(step, size - at));
    if (piece.length === 0) throw new Error('it is cut off');
    yield piece;
  }
}

interface TarOptions {
  readonly folder: string;
  readonly wanted: (path: string) => boolean;
  readonly most: number;
  readonly signal: AbortSignal;
}

async function readTar(
  source: AsyncIterable<Uint8Array>,
  compression: Compression | null,
  { folder, wanted, most, signal }: TarOptions,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const tar = extract();
  const plain = compression === null ? source : unpackStream(source, compression, signal);
  const fed = feed(limited(plain, limits.deb.unpacked), tar);
  fed.catch(() => {});
  for await (const entry of tar) {
    const path = pathOf(entry.header);
    if (found.size > 0 && !path.startsWith(folder)) return found;
    const take = entry.header.type === 'file' && wanted(path);
    if (take && (entry.header.size ?? 0) > most) throw new Error(`${path} in it is larger than it should be`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) if (take) chunks.push(chunk as Uint8Array);
    if (take) found.set(path, Buffer.concat(chunks));
  }
  await fed;
  return found;
}

const pathOf = ({ name }: Header): string => name.replace(/^(\.?\/)+/, '');

async function feed(source: AsyncIterable<Uint8Array>, tar: Extract): Promise<void> {
  try {
    for await (const chunk of source) {
      if (tar.destroyed) return;
      if (!tar.write(chunk)) await room(tar);
    }
    tar.end(null);
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
