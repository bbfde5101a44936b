import { limits } from '../limits/limits.ts';
import { Bytes } from './bytes.ts';

/** Xen's ELF notes by number (xen/include/public/elfnote.h); only those that decide whether a kernel boots. */
const note = { entry: 1, virtBase: 3, paddrOffset: 4, xenVersion: 5, guestOs: 6, loader: 8, paeMode: 9 } as const;

interface Notes {
  readonly numbers: ReadonlyMap<number, bigint>;
  readonly texts: ReadonlyMap<number, string>;
}

export type GuestType = 'xen-3.0-x86_64' | 'xen-3.0-x86_32p' | 'xen-3.0-x86_32';

/**
 * What the domain builder makes of an unpacked kernel (libelf-dominfo.c, xg_dom_elfloader.c).
 * `guest` null: it is refused, and `problem` says why; the builder itself only says "no loader found".
 */
export interface ElfKernel {
  readonly bits: 32 | 64 | null;
  readonly guest: GuestType | null;
  readonly problem: string | null;
}

export function readElfKernel(data: Uint8Array): ElfKernel {
  const bytes = new Bytes(data);
  const refuse = (problem: string, bits: 32 | 64 | null = null): ElfKernel => ({ bits, guest: null, problem });
  if (!bytes.startsWith([0x7f, 0x45, 0x4c, 0x46])) return refuse('what is inside is not an ELF file');
  const bits = bytes.u8(4) === 2 ? 64 : bytes.u8(4) === 1 ? 32 : null;
  const machine = bytes.u16(18);
  if (bits === null || (machine !== 3 && machine !== 62)) return refuse('it is not made for x86', bits);
  const notes = findNotes(bytes, bits);
  if (notes === null) return refuse('it holds no Xen notes: it was built without Xen support', bits);
  const version = notes.texts.get(note.xenVersion);
  if (version === undefined || !version.startsWith('xen-3.0')) {
    return refuse('its Xen notes are not of version xen-3.0', bits);
  }
  if (notes.texts.get(note.loader) !== 'generic' && notes.texts.get(note.guestOs) !== 'linux') {
    return refuse('its Xen notes name neither the generic loader nor Linux', bits);
  }
  const base = notes.numbers.get(note.virtBase);
  if (base === undefined && notes.numbers.has(note.paddrOffset)) {
    return refuse('its Xen notes have PADDR_OFFSET, and lack VIRT_BASE', bits);
  }
  // Without VIRT_BASE the builder takes 0 (libelf-dominfo.c, elf_xen_addr_calc_check).
  if (!entryInRange(bytes, bits, notes, base ?? 0n)) {
    return refuse(
      notes.numbers.has(note.entry)
        ? 'the entry point in its Xen notes lies outside the kernel'
        : 'its Xen notes lack ENTRY: it can run as a PVH or HVM guest only',
      bits,
    );
  }
  if (machine === 62) return { bits, guest: 'xen-3.0-x86_64', problem: null };
  const pae = notes.texts.get(note.paeMode) ?? '';
  return { bits, guest: pae === 'yes' ? 'xen-3.0-x86_32p' : 'xen-3.0-x86_32', problem: null };
}

interface Segment {
  readonly type: number;
  readonly offset: bigint;
  readonly paddr: bigint;
  readonly filesz: bigint;
  readonly memsz: bigint;
}

function* segments(bytes: Bytes, bits: 32 | 64): Generator<Segment> {
  const wide = bits === 64;
  const table = Number(bytes.word(wide ? 32 : 28, bits) ?? 0n);
  const size = bytes.u16(wide ? 54 : 42) ?? 0;
  const count = bytes.u16(wide ? 56 : 44) ?? 0;
  for (let i = 0; i < count; i += 1) {
    const at = table + i * size;
    const type = bytes.u32(at);
    const offset = bytes.word(at + (wide ? 8 : 4), bits);
    const paddr = bytes.word(at + (wide ? 24 : 12), bits);
    const filesz = bytes.word(at + (wide ? 32 : 16), bits);
    const memsz = bytes.word(at + (wide ? 40 : 20), bits);
    if (type === null || offset === null || paddr === null || filesz === null || memsz === null) return;
    yield { type, offset, paddr, filesz, memsz };
  }
}

function findNotes(bytes: Bytes, bits: 32 | 64): Notes | null {
  // A table of entries of no size is the same one 65,535 times.
  let looked = 0;
  for (const segment of segments(bytes, bits)) {
    if (segment.type !== 4 || segment.offset === 0n) continue;
    looked += 1;
    if (looked > limits.elf.parts) return null;
    const notes = readNotes(bytes, Number(segment.offset), Number(segment.filesz), bits);
    if (notes !== null) return notes;
  }
  const wide = bits === 64;
  const table = Number(bytes.word(wide ? 40 : 32, bits) ?? 0n);
  const size = bytes.u16(wide ? 58 : 46) ?? 0;
  const count = bytes.u16(wide ? 60 : 48) ?? 0;
  for (let i = 1; i < count; i += 1) {
    const at = table + i * size;
    if (bytes.u32(at + 4) !== 7) continue;
    looked += 1;
    if (looked > limits.elf.parts) return null;
    const offset = Number(bytes.word(at + (wide ? 24 : 16), bits) ?? 0n);
    const length = Number(bytes.word(at + (wide ? 32 : 20), bits) ?? 0n);
    const notes = readNotes(bytes, offset, length, bits);
    if (notes !== null) return notes;
  }
  return findGuestSection(bytes, bits, table, size, count);
}

function readNotes(bytes: Bytes, offset: number, length: number, bits: 32 | 64): Notes | null {
  const numbers = new Map<number, bigint>();
  const texts = new Map<number, string>();
  const end = Math.min(bytes.length, offset + Math.min(length, limits.elf.notes));
  let at = offset;
  while (at + 12 <= end) {
    const nameSize = bytes.u32(at) ?? 0;
    const size = bytes.u32(at + 4) ?? 0;
    const type = bytes.u32(at + 8) ?? 0;
    const value = at + 12 + align4(nameSize);
    if (nameSize <= 4 && bytes.text(at + 12, nameSize) === 'Xen') {
      const number = size === 8 ? bytes.u64(value) : size === 4 ? bytes.word(value, 32) : bytes.word(value, bits);
      if (number !== null) numbers.set(type, number);
      texts.set(type, bytes.text(value, Math.min(size, limits.elf.text)));
    }
    at = value + align4(size);
  }
  return texts.size === 0 ? null : { numbers, texts };
}

/** The form before notes: a section `__xen_guest` with `KEY=value,…`. */
function findGuestSection(bytes: Bytes, bits: 32 | 64, table: number, size: number, count: number): Notes | null {
  const wide = bits === 64;
  const names = table + (bytes.u16(wide ? 62 : 50) ?? 0) * size;
  const nameTable = Number(bytes.word(names + (wide ? 24 : 16), bits) ?? 0n);
  for (let i = 1; i < count; i += 1) {
    const at = table + i * size;
    if (bytes.text(nameTable + (bytes.u32(at) ?? 0), 16) !== '__xen_guest') continue;
    const offset = Number(bytes.word(at + (wide ? 24 : 16), bits) ?? 0n);
    return guestSectionNotes(bytes.text(offset, 4096));
  }
  return null;
}

function guestSectionNotes(text: string): Notes {
  const words = new Map(text.split(',').map((word) => [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)]));
  const numbers = new Map<number, bigint>();
  const texts = new Map<number, string>();
  const number = (key: string, type: number) => {
    const value = words.get(key);
    if (value !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(value)) numbers.set(type, BigInt(value));
  };
  number('VIRT_BASE', note.virtBase);
  number('VIRT_ENTRY', note.entry);
  number('ELF_PADDR_OFFSET', note.paddrOffset);
  texts.set(note.guestOs, words.get('GUEST_OS') ?? '');
  texts.set(note.loader, words.get('LOADER') ?? '');
  texts.set(note.xenVersion, words.get('XEN_VER') ?? '');
  texts.set(note.paeMode, (words.get('PAE') ?? '').startsWith('yes') ? 'yes' : 'no');
  return { numbers, texts };
}

/** VIRT_BASE <= start <= entry <= end, with e_entry where the note is missing (xg_dom_parse_elf_kernel). */
function entryInRange(bytes: Bytes, bits: 32 | 64, notes: Notes, base: bigint): boolean {
  const mask = bits === 64 ? 2n ** 64n - 1n : 2n ** 32n - 1n;
  const shift = base - (notes.numbers.get(note.paddrOffset) ?? 0n);
  let low: bigint | null = null;
  let high = 0n;
  for (const segment of segments(bytes, bits)) {
    if (segment.type !== 1) continue;
    if (low === null || segment.paddr < low) low = segment.paddr;
    if (segment.paddr + segment.memsz > high) high = segment.paddr + segment.memsz;
  }
  if (low === null) return false;
  const entry = notes.numbers.get(note.entry) ?? bytes.word(24, bits) ?? 0n;
  const start = (low + shift) & mask;
  const end = (high + shift) & mask;
  return base <= start && start <= entry && entry <= end;
}

/** No bits: a size of 2^31 and more must not lead back. */
const align4 = (size: number): number => Math.ceil(size / 4) * 4;
