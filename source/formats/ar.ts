import { limits } from '../limits/limits.ts';

/** A member of an ar archive: where its bytes lie. */
export interface ArMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const magic = '!<arch>\n';
const headerSize = 60;

/** Reads bytes of a file; fewer than asked for at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * The members of an ar archive, as .deb files are (deb(5), ar(5)); null when it is none. Reads headers only. The two
 * packages of the registry that do this are unmaintained; the format is one header of 60 characters.
 */
export async function arMembers(readAt: ReadAt): Promise<ArMember[] | null> {
  if (latin1(await readAt(0, magic.length)) !== magic) return null;
  const members: ArMember[] = [];
  let at = magic.length;
  while (members.length < limits.deb.members) {
    const header = latin1(await readAt(at, headerSize));
    if (header.length < headerSize || !header.endsWith('`\n')) break;
    const size = Number(header.slice(48, 58).trim() || Number.NaN);
    if (!Number.isSafeInteger(size) || size < 0) break;
    members.push({ name: header.slice(0, 16).trimEnd().replace(/\/$/, ''), offset: at + headerSize, size });
    at += headerSize + size + (size % 2);
  }
  return members;
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
