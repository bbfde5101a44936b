import { limits } from '../limits/limits.ts';
import type { ReadAt } from './ar.ts';
import { Bytes } from './bytes.ts';

/** A file on a disc image, by its longest name: Rock Ridge where there is some, else the 8.3 name. */
export interface IsoFile {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

const sector = 2048;
const firstDescriptor = 16;

/**
 * All files of an ISO 9660 image (ECMA-119, with Rock Ridge's NM entries of IEEE P1282); null when it is none. No
 * library of the registry reads discs; links, extents in several parts and compressed files are not needed here.
 * Whatever a hostile image says: folders are read once, at most eight deep, with a limit on size and number.
 */
export async function isoFiles(readAt: ReadAt): Promise<IsoFile[] | null> {
  const descriptor = new Bytes(await readAt(firstDescriptor * sector, sector));
  if (descriptor.u8(0) !== 1 || descriptor.text(1, 5) !== 'CD001') return null;
  const root = readRecord(descriptor, 156, 0);
  if (root === null) return null;
  const files: IsoFile[] = [];
  const seen = new Set<number>();
  let read = 0;
  const walk = async (folder: Record, prefix: string, depth: number): Promise<void> => {
    if (
      seen.has(folder.offset) ||
      depth > limits.iso.depth ||
      seen.size >= limits.iso.folders ||
      read >= limits.iso.read
    )
      return;
    seen.add(folder.offset);
    read += Math.min(folder.size, limits.iso.folder);
    const data = new Bytes(await readAt(folder.offset, Math.min(folder.size, limits.iso.folder)));
    for (const record of records(data)) {
      if (files.length >= limits.iso.files) return;
      const name = record.more === null ? record.name : await longName(record, record.more, readAt);
      if (name === '' || name.includes('/')) continue;
      const path = prefix + name;
      if (record.folder) await walk(record, `${path}/`, depth + 1);
      else files.push({ path, offset: record.offset, size: record.size });
    }
  };
  await walk(root, '', 0);
  return files;
}

interface Record {
  readonly name: string;
  readonly folder: boolean;
  readonly offset: number;
  readonly size: number;
  /** Where Rock Ridge's fields go on (CE), when they did not fit the record. */
  readonly more: { readonly offset: number; readonly length: number } | null;
}

/** The entries of a folder, without itself and its parent. */
function* records(data: Bytes): Generator<Record> {
  let at = 0;
  while (at < data.length) {
    const length = data.u8(at) ?? 0;
    if (length === 0) {
      // A record never crosses a sector: the rest of this one is empty.
      at = (Math.floor(at / sector) + 1) * sector;
      continue;
    }
    const record = readRecord(data, at, length);
    if (record !== null && record.name !== '') yield record;
    at += length;
  }
}

function readRecord(data: Bytes, at: number, length: number): Record | null {
  const extent = data.u32(at + 2);
  const size = data.u32(at + 10);
  const flags = data.u8(at + 25);
  const nameLength = data.u8(at + 32);
  if (extent === null || size === null || flags === null || nameLength === null) return null;
  const own = data.text(at + 33, nameLength);
  // "\0" is the folder itself, "\1" its parent.
  const special = nameLength === 1 && (data.u8(at + 33) ?? 0) < 2;
  const system = at + 33 + nameLength + ((nameLength + 1) % 2);
  const { name, more } = rockRidge(data, system, at + length);
  const shown = special ? '' : (name ?? own.replace(/\.?;\d+$/, ''));
  return { name: shown, folder: (flags & 2) !== 0, offset: extent * sector, size, more };
}

/** One continuation is read: a name of 255 characters fits. */
async function longName(record: Record, more: NonNullable<Record['more']>, readAt: ReadAt): Promise<string> {
  const area = new Bytes(await readAt(more.offset, Math.min(more.length, sector)));
  const { name } = rockRidge(area, 0, area.length);
  // The name may begin in the record: then what was read of it is no 8.3 name.
  return name === null ? record.name : /^[A-Z0-9_.]{1,12}$/.test(record.name) ? name : record.name + name;
}

/** The NM fields of a system use area, joined; null without. */
function rockRidge(data: Bytes, from: number, to: number): Pick<Record, 'more'> & { readonly name: string | null } {
  let name: string | null = null;
  let more: Record['more'] = null;
  let at = from;
  while (at + 5 <= to) {
    const length = data.u8(at + 2) ?? 0;
    if (length < 4) break;
    // Flags 2 and 4 mean "this folder" and "its parent".
    if (data.text(at, 2) === 'NM' && ((data.u8(at + 4) ?? 0) & 6) === 0) {
      name = (name ?? '') + data.text(at + 5, Math.min(length - 5, to - at - 5));
    }
    if (data.text(at, 2) === 'CE') {
      const [block, offset, size] = [data.u32(at + 4), data.u32(at + 12), data.u32(at + 20)];
      if (block !== null && offset !== null && size !== null)
        more = { offset: block * sector + offset, length: size };
    }
    at += length;
  }
  return { name, more };
}
