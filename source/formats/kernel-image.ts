import { gunzipSync } from 'node:zlib';
import { Bytes } from './bytes.ts';
import { type Compression, compressionOf } from './compression.ts';

/**
 * The outside of a kernel file, read as Xen's domain builder reads it (libxenguest: xg_dom_bzimageloader.c):
 * a bzImage of boot protocol 2.08 or newer around a compressed ELF file, an ELF file, or a gzipped one.
 */
export type KernelImage =
  | {
      readonly format: 'bzImage';
      readonly protocol: number;
      readonly version: string | null;
      readonly payload: Uint8Array;
      readonly compression: Compression | null;
    }
  | { readonly format: 'elf'; readonly elf: Uint8Array }
  | { readonly format: 'gzip'; readonly payload: Uint8Array; readonly compression: 'gzip' }
  | { readonly format: 'broken'; readonly version: string | null; readonly problem: string }
  | { readonly format: 'other'; readonly problem: string };

/** What no kernel reaches unpacked: a bomb stops here. */
export const largestKernel = 256 * 1024 * 1024;

const elfMagic = [0x7f, 0x45, 0x4c, 0x46];

export function readKernelImage(data: Uint8Array): KernelImage {
  const bytes = new Bytes(data);
  if (bytes.startsWith(elfMagic)) return { format: 'elf', elf: data };
  if (bytes.text(0x202, 4) === 'HdrS') return readBzImage(bytes);
  if (compressionOf(data) === 'gzip') return { format: 'gzip', payload: data, compression: 'gzip' };
  return { format: 'other', problem: describeOther(bytes) };
}

function readBzImage(bytes: Bytes): KernelImage {
  const protocol = bytes.u16(0x206) ?? 0;
  const version = kernelVersion(bytes);
  const broken = (problem: string): KernelImage => ({ format: 'broken', version, problem });
  if (protocol < 0x0208) {
    const text = `${protocol >> 8}.${String(protocol & 0xff).padStart(2, '0')}`;
    return broken(`boot protocol ${text} is too old: the domain builder needs 2.08 (Linux 2.6.26)`);
  }
  const sectors = bytes.u8(0x1f1) ?? 0;
  const offset = (sectors + 1) * 512 + (bytes.u32(0x248) ?? 0);
  const length = bytes.u32(0x24c) ?? 0;
  if (offset >= bytes.length) return broken('the payload begins behind the end of the file: it is cut off');
  if (offset + length > bytes.length) {
    return broken(`the file is cut off: ${offset + length - bytes.length} bytes of the payload are missing`);
  }
  const payload = bytes.slice(offset, length);
  if (new Bytes(payload).startsWith(elfMagic)) return { format: 'elf', elf: payload };
  return { format: 'bzImage', protocol, version, payload, compression: compressionOf(payload) };
}

/** "2.6.32-4-686-bigmem (...)" from the setup header; null when there is none. */
function kernelVersion(bytes: Bytes): string | null {
  const pointer = bytes.u16(0x20e) ?? 0;
  const text = pointer === 0 ? '' : bytes.text(pointer + 0x200, 200);
  return /^\d+\.\d/.test(text) ? text : null;
}

function describeOther(bytes: Bytes): string {
  if (bytes.length === 0) return 'the file is empty';
  const start = bytes.text(0, 200).trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml')) {
    return 'this is a web page, not a kernel';
  }
  if (bytes.text(0x101, 5) === 'ustar') return 'this is a tar archive, not a kernel';
  if (start.startsWith('!<arch>')) return 'this is a .deb package, not the kernel in it';
  return 'this is not a kernel';
}

/** The ELF file inside, when pure code can unpack it (gzip, or not packed); null means another program is needed. */
export function unpackedKernel(image: KernelImage): Uint8Array | null {
  if (image.format === 'elf') return image.elf;
  if ((image.format === 'bzImage' || image.format === 'gzip') && image.compression === 'gzip') {
    try {
      return gunzipSync(image.payload, { maxOutputLength: largestKernel });
    } catch {
      return new Uint8Array();
    }
  }
  return null;
}
