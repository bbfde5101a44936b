import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { built } from '../end-to-end/terminal.ts';
import { target } from './site.ts';

/** The files of `fai-files` in `folder`, which name no archive that matters to the images. */
export function writeSpace(folder: string, archive: string): void {
  const line = [built, 'fai-files', folder, ...target, '--repository', archive, '--yes'];
  execFileSync(process.execPath, line, { stdio: 'ignore' });
}

/**
 * What this site adds to the files of `xenfai fai-files`: FAI's own base classes, its archive and the packages of one
 * class. The rest spares emulated minutes: a dpkg that does not wait for the disk at every file and leaves out drivers
 * that no guest has, and an initrd without them, built once.
 */
export function addSite(space: string, archive: string): void {
  const put = (path: string, mode: number, ...lines: string[]): void => {
    const file = join(space, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`);
    chmodSync(file, mode);
  };
  put('class/10-base', 0o755, '#!/bin/sh', 'echo AMD64 GUEST', 'exit 0');
  put('package_config/GUEST', 0o644, 'PACKAGES install GUEST', 'initramfs-tools', 'openssh-server');
  put('files/etc/apt/sources.list/XENSERVER', 0o644, `deb [trusted=yes] ${archive} bookworm main`);
  put(
    'hooks/instsoft.GUEST',
    0o755,
    '#!/bin/bash',
    'initramfs=$target/etc/initramfs-tools dpkg=$target/etc/dpkg/dpkg.cfg.d modules="/lib/modules/*/kernel"',
    'mkdir -p "$initramfs/conf.d" "$dpkg"',
    'cat > "$dpkg/guest" <<END',
    'force-unsafe-io',
    'path-exclude=$modules/drivers/*',
    'path-exclude=$modules/sound/*',
    'path-include=$modules/drivers/*/xen-*',
    'path-exclude=/etc/initramfs-tools/update-initramfs.conf',
    'END',
    'echo update_initramfs=no > "$initramfs/update-initramfs.conf"',
    'echo MODULES=list > "$initramfs/conf.d/list"',
    'printf \'%s\\n\' xen-blkfront xen-netfront ext4 crc32c_generic >> "$initramfs/modules"',
    'exit 0',
  );
}
