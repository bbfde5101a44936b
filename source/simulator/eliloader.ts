import { ApiError } from './api-error.ts';
import { fetchLikePython, traceback } from './python-fetch.ts';

/** What eliloader hands back: two files in dom0, and what it adds to the arguments it was given. */
export interface Loaded {
  readonly kernel: Buffer;
  readonly initrd: Buffer | null;
  readonly args: string;
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
  if (repository === undefined || !/^(http|ftp|nfs|cdrom$)/.test(repository)) {
    return unsupported('other-config:install-repository was not set to an appropriate value.');
  }
  if (repository === 'cdrom') throw invalid('Unable to access a required file in the specified repository: cdrom.');
  if (repository.startsWith('nfs')) throw nfsProblem(repository);
  const base = repository.endsWith('/') ? repository : `${repository}/`;
  const fetch = (path: string) => fetchLikePython(base + path, word('install-proxy'), signal);
  const wanted = async (path: string): Promise<Buffer> => {
    const file = await fetch(path);
    if (file === null) throw invalid(`Unable to access a required file in the specified repository: ${base}${path}.`);
    return file;
  };
  const there = (path: string): Promise<boolean> =>
    fetch(path).then(
      (file) => file !== null,
      () => false,
    );
  const [kernelPath, initrdPath] = await paths(distro, word, there);
  const kernel = await wanted(kernelPath);
  const initrd = initrdPath === null ? null : await wanted(initrdPath);
  return { kernel, initrd, args: vncArgs(word) };
}

/** Kernel and initrd below the repository. A missing release is Python's None; RHEL's place is found by asking. */
async function paths(
  distro: string,
  word: (key: string) => string | undefined,
  there: (path: string) => Promise<boolean>,
): Promise<readonly [kernel: string, initrd: string | null]> {
  const arch = word('install-arch') ?? 'i386';
  if (distro === 'debianlike') {
    const folder = `dists/${word('debian-release') ?? 'None'}/main/installer-${arch}/current/images/netboot/xen/`;
    return [`${folder}vmlinuz`, `${folder}initrd.gz`];
  }
  if (distro === 'pygrub') {
    const kernel = word('install-kernel');
    if (kernel === undefined) throw invalid('install-distro=pygrub requires install-kernel for network boot');
    return [kernel, word('install-ramdisk') ?? null];
  }
  if (distro === 'sleslike') {
    return arch === 'x86_64'
      ? ['boot/x86_64/vmlinuz-xen', 'boot/x86_64/initrd-xen']
      : ['boot/i386/vmlinuz-xenpae', 'boot/i386/initrd-xenpae'];
  }
  const modern = await there('images/xen/vmlinuz');
  return modern ? ['images/xen/vmlinuz', 'images/xen/initrd.img'] : ['isolinux/vmlinuz', 'isolinux/initrd.img'];
}

function vncArgs(word: (key: string) => string | undefined): string {
  const vnc = ['1', 'true'].includes(word('install-vnc') ?? '') ? ' vnc' : '';
  const password = word('install-vncpasswd') ?? '';
  return password === '' ? vnc : `${vnc} vncpassword=${password}`;
}

/**
 * NfsRepo of eliloader: `nfs:server:/path`, or `nfs://server/path` and `nfs://server:/path`, which it rewrites to the
 * first. What is left has to split into three. Nothing is exported to dom0 in this world: every mount fails.
 */
function nfsProblem(repository: string): ApiError {
  const [, server, path] = /^nfs:\/\/([^/]*)(?:\/(.*))?$/s.exec(repository) ?? [];
  if (server !== undefined && path === undefined) return invalid('NFS path was not in a valid format');
  const repo = server === undefined ? repository : `nfs:${server.replace(/:+$/, '')}:/${path}`;
  const parts = repo.split(':');
  if (parts.length > 3) return traceback('ValueError: too many values to unpack');
  if (parts.length < 3) {
    return traceback(`ValueError: need more than ${parts.length} value${parts.length === 1 ? '' : 's'} to unpack`);
  }
  const directory = parts[2] ?? '';
  if (directory === '') return traceback('IndexError: string index out of range');
  if (!directory.startsWith('/')) return invalid('Directory part of NFS path was not an absolute path.');
  return invalid(`nfs repo ${repo}`);
}

const invalid = (message: string): ApiError => new ApiError('INVALID_SOURCE', message, '');
