import { beforeKernelHook, kernelHook, menuTemplate, postinstBlock, preinstBlock, pygrubScript } from './boot.ts';
import { detectScript, noGrubPcScript } from './detect.ts';
import { diskRootScript } from './disk-root.ts';
import { classVariables, consoleScript, diskConfig, nfsrootLines, packageConfig, sourcesLines } from './system.ts';

/** A file of the config space. `block`: only lines in it are ours, between marks; the rest is the site's. */
export interface FaiFile {
  /** Below the config space. */
  readonly path: string;
  readonly mode: 0o755 | 0o644;
  readonly kind: 'whole' | 'block';
  readonly text: string;
  /** One line: what it is for. */
  readonly about: string;
}

export interface FaiFilesOptions {
  readonly release: string;
  readonly repository: string;
}

const file = (path: string, mode: FaiFile['mode'], about: string, lines: readonly string[]): FaiFile => ({
  path,
  mode,
  kind: 'whole',
  about,
  text: `${lines.join('\n')}\n`,
});

const block = (path: string, about: string, lines: readonly string[]): FaiFile => ({
  ...file(path, 0o755, about, lines),
  kind: 'block',
});

/**
 * All that a config space needs for guests of XenServer, PV and HVM, FAI 3.4 to 6. The page's classes and names, its
 * files written anew: fai.md tells what was wrong with them.
 */
export function faiFiles({ release, repository }: FaiFilesOptions): FaiFile[] {
  const menu = 'files/boot/grub/menu.lst';
  return [
    file('class/60-detect-XenServer', 0o755, 'classes XENSERVER and XENPV or XENHVM', detectScript),
    file('class/70-XENPV-no-GRUB_PC', 0o755, 'no boot loader on the disk of a PV guest', noGrubPcScript),
    file('class/XENSERVER.var', 0o644, 'variables', classVariables),
    file('disk_config/XENSERVER', 0o644, 'one disk, root on ext3', diskConfig),
    file('package_config/XENSERVER', 0o644, 'kernel, guest utilities, grub', packageConfig(release)),
    file(`${menu}/XENPV`, 0o644, 'the menu that pygrub reads', menuTemplate),
    block(`${menu}/preinst`, 'fills the template in', preinstBlock),
    block(`${menu}/postinst`, 'writes its entries', postinstBlock),
    file(
      'files/etc/kernel/postinst.d/zz-xenserver-pygrub/XENPV',
      0o755,
      'menu.lst and grub.cfg in guests with grub2',
      kernelHook,
    ),
    file(
      'files/etc/initramfs-tools/scripts/init-top/xenserver-disk-root/XENPV',
      0o755,
      "keeps to the disk's root while PV-args are still FAI's",
      diskRootScript,
    ),
    file('hooks/instsoft.XENPV', 0o755, 'what a kernel needs when it is installed', beforeKernelHook),
    file('scripts/XENSERVER/10-console', 0o755, 'a login on hvc0', consoleScript),
    file('scripts/XENPV/20-pygrub', 0o755, 'menu.lst, or both files with grub2', pygrubScript),
    file('xenserver/NFSROOT', 0o644, 'lines for /etc/fai/NFSROOT', nfsrootLines(release)),
    file('xenserver/sources.list', 0o644, 'a line for /etc/fai/apt/sources.list', sourcesLines(repository, release)),
  ];
}
