import { createHash } from 'node:crypto';
import { debImage } from './deb-image.ts';
import { kernelImage } from './kernel-image.ts';

/** A package of the tools ISO of 5.6.0, under the file name the page gives. */
export interface DepotPackage {
  readonly file: string;
  readonly arch: 'i386' | 'amd64';
  readonly data: Buffer;
  /** Its paragraph for a Packages file, without Filename. */
  readonly fields: string;
}

const kernels = { i386: '2.6.32-4-686-bigmem', amd64: '2.6.32-4-amd64' } as const;

/** Version of the kernel package, and so of the netboot files, by architecture. */
export const kernelVersion = (arch: 'i386' | 'amd64'): string => kernels[arch];

/** The page's four kernel packages and its two of guest utilities; the kernels boot as far as anything boots here. */
export function depotPackages(): DepotPackage[] {
  return (['i386', 'amd64'] as const).flatMap((arch) => {
    const kernel = kernelVersion(arch);
    const boot = new Map([
      [`./boot/System.map-${kernel}`, Buffer.from('0000000000000000 A simulated\n')],
      [`./boot/config-${kernel}`, Buffer.from('CONFIG_XEN=y\n')],
      [`./boot/vmlinuz-${kernel}`, kernelImage({ arch, version: kernel })],
    ]);
    return [
      packageOf(arch, 'linux-image-2.6-xen', '2.6.32+0.xs226', new Map(), `linux-image-${kernel}`),
      packageOf(arch, `linux-image-${kernel}`, '2.6.32-10.xs5.6.0.226', boot),
      packageOf(
        arch,
        'xe-guest-utilities',
        '5.6.0-578',
        new Map([['./usr/sbin/xe-daemon', Buffer.from('#!/bin/sh\n')]]),
      ),
    ];
  });
}

function packageOf(
  arch: 'i386' | 'amd64',
  name: string,
  version: string,
  files: ReadonlyMap<string, Buffer>,
  depends?: string,
): DepotPackage {
  const section = name.startsWith('linux-image') ? 'kernel' : 'admin';
  const description = `simulated ${name}`;
  const data = debImage({
    name,
    version,
    arch,
    section,
    description,
    files,
    ...(depends === undefined ? {} : { depends }),
  });
  const words = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${arch}`,
    'Maintainer: xenfai simulator <root@localhost>',
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    `Size: ${data.length}`,
    `SHA256: ${createHash('sha256').update(data).digest('hex')}`,
    `Section: ${section}`,
    'Priority: optional',
    `Description: ${description}`,
  ];
  return { file: `${name}_${version}_${arch}.deb`, arch, data, fields: words.join('\n') };
}
