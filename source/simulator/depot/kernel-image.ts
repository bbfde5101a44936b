import { gzipSync } from 'node:zlib';

export interface KernelOptions {
  readonly arch: 'i386' | 'amd64';
  readonly version: string;
  /** Boot protocol, 0x0208 unless a too old one is wanted. */
  readonly protocol?: number;
  /** Without ENTRY the domain builder finds no way in, as with kernels built for PVH only. */
  readonly entryNote?: boolean;
  readonly pae?: 'yes' | 'no';
  /** The bare ELF file instead of a bzImage around its gzipped form. */
  readonly raw?: boolean;
  /** How the payload is packed; gzip unless said otherwise. */
  readonly pack?: (elf: Buffer) => Buffer;
  /** XEN_VERSION of the notes. */
  readonly xenVersion?: string;
}

/**
 * A small file that Xen's domain builder accepts as a PV kernel: setup header, gzipped ELF, Xen notes; about 1.3 kB.
 * It runs nothing: the simulated guest only looks at the kernel line. test/real shows it to Debian's libxenguest.
 */
export function kernelImage(options: KernelOptions): Buffer {
  const elf = elfFile(options);
  if (options.raw) return elf;
  // mtime 0, so that the same options give the same bytes.
  const payload = options.pack?.(elf) ?? gzipSync(elf, { level: 9 });
  const setup = Buffer.alloc(1024);
  setup.writeUInt8(1, 0x1f1);
  setup.writeUInt32LE(Math.ceil(payload.length / 16), 0x1f4);
  setup.writeUInt16LE(0xffff, 0x1fa);
  setup.writeUInt16LE(0xaa55, 0x1fe);
  setup.writeUInt16LE(0x6aeb, 0x200);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(options.protocol ?? 0x0208, 0x206);
  setup.writeUInt16LE(0x100, 0x20e);
  setup.writeUInt8(1, 0x211);
  setup.writeUInt32LE(0x100000, 0x214);
  setup.writeUInt32LE(0x7fffffff, 0x22c);
  setup.writeUInt32LE(0x1000000, 0x230);
  setup.writeUInt8(1, 0x234);
  setup.writeUInt32LE(2047, 0x238);
  setup.writeUInt32LE(0, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  setup.write(`${options.version} (xenfai@simulator) #1`, 0x300, 200, 'latin1');
  return Buffer.concat([setup, payload]);
}

/** Numbers of Xen's ELF notes (xen/include/public/elfnote.h). */
const note = { entry: 1, hypercall: 2, virtBase: 3, xen: 5, os: 6, osVersion: 7, loader: 8, pae: 9, features: 10 };

function elfFile({ arch, entryNote = true, pae = 'yes', xenVersion = 'xen-3.0' }: KernelOptions): Buffer {
  const wide = arch === 'amd64';
  const base = wide ? 0xffffffff80000000n : 0xc0000000n;
  const start = base + 0x1000000n;
  const notes = Buffer.concat([
    textNote(note.os, 'linux'),
    textNote(note.osVersion, '2.6'),
    textNote(note.xen, xenVersion),
    numberNote(note.virtBase, base, wide),
    ...(entryNote ? [numberNote(note.entry, start, wide)] : []),
    numberNote(note.hypercall, start + 0x1000n, wide),
    textNote(note.features, '!writable_page_tables|pae_pgdir_above_4gb'),
    textNote(note.pae, pae),
    textNote(note.loader, 'generic'),
  ]);
  const headers = wide ? 64 + 2 * 56 : 52 + 2 * 32;
  const size = BigInt(headers + notes.length);
  const load = { type: 1, flags: 7, offset: 0n, virtual: start, size, memory: 0x2000n, align: 0x1000n };
  const notesAt = BigInt(headers);
  const own = {
    type: 4,
    flags: 4,
    offset: notesAt,
    virtual: start + notesAt,
    memory: BigInt(notes.length),
    align: 4n,
  };
  const segments = [load, { ...own, size: own.memory }].map((segment) => programHeader(segment, wide));
  return Buffer.concat([elfHeader(wide), ...segments, notes]);
}

function elfHeader(wide: boolean): Buffer {
  const header = Buffer.alloc(wide ? 64 : 52);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]).copy(header);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(wide ? 62 : 3, 18);
  header.writeUInt32LE(1, 20);
  // The physical entry, as Linux has it: only the note makes it a PV kernel.
  header.writeUInt32LE(0x1000000, 24);
  header.writeUInt32LE(header.length, wide ? 32 : 28);
  header.writeUInt16LE(header.length, wide ? 52 : 40);
  header.writeUInt16LE(wide ? 56 : 32, wide ? 54 : 42);
  header.writeUInt16LE(2, wide ? 56 : 44);
  header.writeUInt16LE(wide ? 64 : 40, wide ? 58 : 46);
  return header;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly virtual: bigint;
  readonly size: bigint;
  readonly memory: bigint;
  readonly align: bigint;
}

function programHeader({ type, flags, offset, virtual, size, memory, align }: Segment, wide: boolean): Buffer {
  const physical = 0x1000000n + offset;
  if (wide) {
    const header = Buffer.alloc(56);
    header.writeUInt32LE(type, 0);
    header.writeUInt32LE(flags, 4);
    for (const [i, value] of [offset, virtual, physical, size, memory, align].entries()) {
      header.writeBigUInt64LE(value, 8 + i * 8);
    }
    return header;
  }
  const header = Buffer.alloc(32);
  for (const [i, value] of [BigInt(type), offset, virtual, physical, size, memory, BigInt(flags), align].entries()) {
    header.writeUInt32LE(Number(value), i * 4);
  }
  return header;
}

function elfNote(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(value.length, 4);
  head.writeUInt32LE(type, 8);
  head.write('Xen', 12, 'latin1');
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

const textNote = (type: number, text: string): Buffer => elfNote(type, Buffer.from(`${text}\0`, 'latin1'));

function numberNote(type: number, value: bigint, wide: boolean): Buffer {
  const bytes = Buffer.alloc(wide ? 8 : 4);
  if (wide) bytes.writeBigUInt64LE(value);
  else bytes.writeUInt32LE(Number(value));
  return elfNote(type, bytes);
}
