import { guestUtilities, metaPackage, takesToolsKernel } from '../tools-packages.ts';

/** A Debian release in what matters for a PV guest. */
interface ReleaseFacts {
  /** Kernel packages by FAI's architecture class. */
  readonly kernels: Readonly<Record<'I386' | 'AMD64', readonly string[]>>;
  /** The package with update-grub for menu.lst; null: there is none any more, the grub2 way is taken. */
  readonly grub: string | null;
  /** How NFSROOT and package_config say "install" in the FAI of that time. */
  readonly words: 'aptitude' | 'install';
}

const tools = { I386: [metaPackage], AMD64: [metaPackage] } as const;
const stock = { I386: ['linux-image-686-pae'], AMD64: ['linux-image-amd64'] } as const;

const releases: Readonly<Record<string, ReleaseFacts>> = {
  lenny: { kernels: tools, grub: 'grub', words: 'aptitude' },
  squeeze: { kernels: tools, grub: 'grub-legacy', words: 'aptitude' },
  wheezy: { kernels: stock, grub: 'grub-legacy', words: 'aptitude' },
  jessie: { kernels: stock, grub: 'grub-legacy', words: 'install' },
  stretch: { kernels: stock, grub: 'grub-legacy', words: 'install' },
  buster: { kernels: stock, grub: 'grub-legacy', words: 'install' },
  bullseye: { kernels: stock, grub: 'grub-legacy', words: 'install' },
  bookworm: { kernels: stock, grub: 'grub-legacy', words: 'install' },
  trixie: { kernels: stock, grub: null, words: 'install' },
};

/** Code names `fai-files --release` knows. */
export const faiReleases: readonly string[] = Object.keys(releases);

const factsOf = (release: string): ReleaseFacts =>
  releases[release] ?? { kernels: stock, grub: null, words: 'install' };

/** package_config/XENSERVER. `PACKAGES install` is understood by FAI 3.4 to 6. */
export function packageConfig(release: string): string[] {
  const { kernels, grub } = factsOf(release);
  return [
    '# A guest of XenServer.',
    '# Tells the host memory and addresses of the guest, and lets it be shut down cleanly. From the tools ISO:',
    '# xenfai stage --iso F --pool puts it into your archive.',
    'PACKAGES install XENSERVER',
    guestUtilities,
    '',
    "# The kernel: it must be a PV kernel, and the same as the nfsroot's.",
    'PACKAGES install I386',
    ...kernels.I386,
    '',
    'PACKAGES install AMD64',
    ...kernels.AMD64,
    '',
    '# Only PV: pygrub in dom0 reads what this writes to /boot/grub. An HVM guest keeps the boot loader of the site.',
    'PACKAGES install XENPV',
    ...(grub === null
      ? [
          '# grub-legacy is gone: update-grub of grub2, and our hook writes menu.lst, too',
          'grub2-common',
          'grub-pc-bin',
        ]
      : [grub]),
  ];
}

/** disk_config/XENSERVER, for setup-storage of FAI 3.4 (with USE_SETUP_STORAGE=1) to 6. */
export const diskConfig = [
  '# One disk: xvda of a PV guest, whatever an HVM guest has. Root on the first partition and ext3: pygrub of every',
  '# XenServer reads it; ext4 with 64bit or metadata_csum, xfs, lvm and btrfs are not for old ones.',
  '# bootable:1 - pygrub of 5.6 and 6.0 looks at the active partition only.',
  'disk_config disk1 disklabel:msdos bootable:1 fstabkey:device',
  'primary  /     1G-      ext3  rw,noatime,errors=remount-ro',
  'logical  swap  64-1000  swap  sw',
];

/** class/XENSERVER.var */
export const classVariables = [
  '# FAI 3.4 takes its old partitioner unless it is told; later ones know no other.',
  'USE_SETUP_STORAGE=1',
  '# Your archive has packages of the tools ISO and may not be signed. Remove this line when it is.',
  'FAI_ALLOW_UNSIGNED=1',
];

/** scripts/XENSERVER/10-console: a login on hvc0. */
export const consoleScript = [
  '#!/bin/bash',
  '# A login on the console of a PV guest, hvc0; an HVM guest has it beside its screen.',
  'set -e',
  '',
  '# sysvinit, up to Wheezy. systemd starts a getty there by itself.',
  'inittab=${target:?FAI sets it}/etc/inittab',
  'if [ -f "$inittab" ] && ! grep -q "^[^#].*hvc0" "$inittab"; then',
  '  echo "h0:2345:respawn:/sbin/getty 38400 hvc0" >> "$inittab"',
  'fi',
  '',
  '# Where login asks whether root may log in there.',
  'securetty=$target/etc/securetty',
  'if [ -f "$securetty" ] && ! grep -qx hvc0 "$securetty"; then echo hvc0 >> "$securetty"; fi',
  '',
  'exit 0',
];

/** Lines for /etc/fai/NFSROOT. */
export function nfsrootLines(release: string): string[] {
  const { kernels, words } = factsOf(release);
  return [
    '# Add these to /etc/fai/NFSROOT: the nfsroot then has the kernel the guest is booted with.',
    ...(takesToolsKernel(release)
      ? ['# Take linux-image-486 and linux-image-2.6-amd64 out of it: one kernel, or FAI does not know which.']
      : ['# One kernel only: take others out.']),
    `PACKAGES ${words} I386`,
    ...kernels.I386,
    '',
    `PACKAGES ${words} AMD64`,
    ...kernels.AMD64,
    ...(release === 'lenny'
      ? [
          '',
          '# FAI 3 lays aufs over the nfsroot: this kernel must bring it (Debian has it as aufs-modules-VERSION for its own).',
        ]
      : []),
  ];
}

/** Lines for /etc/fai/apt/sources.list, which FAI of every age uses for the nfsroot. */
export function sourcesLines(repository: string, release: string): string[] {
  const old = takesToolsKernel(release);
  return [
    '# Add this to /etc/fai/apt/sources.list: your archive with the packages of the tools ISO.',
    ...(old
      ? ['# apt of this age warns of an archive that is not signed, and goes on.']
      : ['# trusted=yes only if your archive is not signed.']),
    `deb ${old ? '' : '[trusted=yes] '}${repository} ${release} main`,
  ];
}
