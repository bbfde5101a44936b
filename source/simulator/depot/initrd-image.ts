import { gzipSync } from 'node:zlib';

/**
 * A gzipped cpio archive (newc) as live-initramfs of Lenny makes it: the modules of a kernel version, the script that
 * boot=live asks for, and something to give it a size.
 */
export function initrdImage(version: string): Buffer {
  const folder = `lib/modules/${version}`;
  const entries = [
    ...['lib', 'lib/modules', folder].map((name) => cpioEntry(name, 0o040755, Buffer.alloc(0))),
    cpioEntry(`${folder}/xen-netfront.ko`, 0o100644, filler(48 * 1024)),
    ...['conf', 'scripts'].map((name) => cpioEntry(name, 0o040755, Buffer.alloc(0))),
    cpioEntry('conf/initramfs.conf', 0o100644, Buffer.from('MODULES=netboot\nBOOT=nfs\n')),
    cpioEntry('scripts/functions', 0o100644, Buffer.from('# initramfs-tools\n')),
    cpioEntry('scripts/live', 0o100755, Buffer.from('# live-initramfs\n')),
    cpioEntry('init', 0o100755, Buffer.from('#!/bin/sh\n# the simulated guest reads its kernel line only\n')),
    cpioEntry('TRAILER!!!', 0, Buffer.alloc(0)),
  ];
  return gzipSync(Buffer.concat(entries), { level: 6 });
}

/** Bytes that do not compress, always the same. */
function filler(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** A cpio archive (newc) of plain files by their names. */
export const cpio = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    ...Object.entries(files).map(([name, text]) => cpioEntry(name, 0o100644, Buffer.from(text))),
    cpioEntry('TRAILER!!!', 0, Buffer.alloc(0)),
  ]);

function cpioEntry(name: string, mode: number, data: Buffer): Buffer {
  const fields = [0, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')}`;
  return Buffer.concat([pad(Buffer.from(`${head}${name}\0`, 'latin1')), pad(data)]);
}

const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
