import { ApiError } from './api-error.ts';
import { fetchLikePython } from './python-fetch.ts';

/** What eliloader hands back: two files in dom0 and the arguments it was given. */
export interface Loaded {
  readonly kernel: Buffer;
  readonly initrd: Buffer;
}

type Words = Readonly<Record<string, unknown>>;

/**
 * eliloader as it was in 2010, one round: which files it wants is decided by other_config, and it believes
 * whatever it gets. Throws before anything is switched; the caller switches to pygrub when both files came.
 */
export async function eliloader(words: Words, signal: AbortSignal): Promise<Loaded> {
  const word = (key: string): string | undefined => (words[key] === undefined ? undefined : String(words[key]));
  const distro = word('install-distro') ?? 'rhlike';
  const repository = word('install-repository');
  const unsupported = (message: string): never => {
    throw new ApiError('UNSUPPORTED_INSTALL_METHOD', message, '');
  };
  if (!['rhlike', 'sleslike', 'debianlike', 'pygrub'].includes(distro)) {
    return unsupported(`Distribution '${distro}' is not supported.`);
  }
  const round = Number(word('install-round') ?? '1');
  if (round !== 1 && distro !== 'sleslike') return unsupported('');
  if (repository === undefined || !/^(http|ftp|nfs|cdrom)/.test(repository)) {
    return unsupported('other-config:install-repository was not set to an appropriate value.');
  }
  if (repository === 'cdrom') {
    throw new ApiError('INVALID_SOURCE', 'Unable to access a required file in the specified repository: cdrom.', '');
  }
  const base = repository.endsWith('/') ? repository : `${repository}/`;
  for (const [kernelPath, initrdPath] of paths(distro, word)) {
    const kernel = await fetchLikePython(base + kernelPath, word('install-proxy'), signal);
    if (kernel === null) continue;
    const initrd = await fetchLikePython(base + initrdPath, word('install-proxy'), signal);
    if (initrd === null) throw missing(base + initrdPath);
    return { kernel, initrd };
  }
  throw missing(base + (paths(distro, word).at(-1)?.[0] ?? ''));
}

/** Kernel and initrd under the repository, in the order they are tried. A missing release is Python's None. */
function paths(distro: string, word: (key: string) => string | undefined): [string, string][] {
  const arch = word('install-arch') ?? 'i386';
  if (distro === 'debianlike') {
    const folder = `dists/${word('debian-release') ?? 'None'}/main/installer-${arch}/current/images/netboot/xen/`;
    return [[`${folder}vmlinuz`, `${folder}initrd.gz`]];
  }
  if (distro === 'pygrub') return [[word('install-kernel') ?? 'None', word('install-ramdisk') ?? 'None']];
  if (distro === 'sleslike') return [[`boot/${arch}/vmlinuz-xen`, `boot/${arch}/initrd-xen`]];
  return [
    ['images/xen/vmlinuz', 'images/xen/initrd.img'],
    ['isolinux/vmlinuz', 'isolinux/initrd.img'],
  ];
}

const missing = (url: string): ApiError =>
  new ApiError('INVALID_SOURCE', `Unable to access a required file in the specified repository: ${url}.`, '');
