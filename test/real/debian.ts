const netboot = '/usr/lib/debian-installer/images/12';

/** The netboot files of Debian 12, from the packages debian-installer-12-netboot-*. */
export const installer = {
  amd64: {
    kernel: `${netboot}/amd64/text/debian-installer/amd64/linux`,
    initrd: `${netboot}/amd64/text/debian-installer/amd64/initrd.gz`,
  },
  i386: {
    kernel: `${netboot}/i386/text/debian-installer/i386/linux`,
    initrd: `${netboot}/i386/text/debian-installer/i386/initrd.gz`,
  },
} as const;
