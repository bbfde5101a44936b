import { ApiError } from './api-error.ts';
import { fetchLikePython, type Python, traceback } from './python-fetch.ts';
import type { LoaderGeneration } from './releases/release-list.ts';

/** What eliloader hands back: two files in dom0, and what it adds to the arguments it was given. */
export interface Loaded {
  readonly kernel: Buffer;
  readonly initrd: Buffer | null;
  readonly args: string;
}

type Words = Readonly<Record<string, unknown>>;

/** The largest kernel and initrd that are taken from 2014 on, in bytes (linux-guest-loader 73f3517). */
export interface Limits {
  readonly kernel: number;
  readonly initrd: number;
}

export interface LoaderRules {
  readonly generation: Exclude<LoaderGeneration, 'none'>;
  readonly limits: Limits;
}

const python = (generation: number): Python => (generation >= 2015 ? '2.7' : '2.4');

/**
 * eliloader as it was through the years, one round: which files it wants is decided by other_config, and it believes
 * whatever it gets. Throws, before anything is switched, an ApiError that is the lines of its stderr: the first as
 * the code. The caller switches to pygrub when both files came.
 */
export async function eliloader(words: Words, rules: LoaderRules, signal: AbortSignal): Promise<Loaded> {
  const { generation, limits } = rules;
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
  if (repository.startsWith('nfs')) throw nfsProblem(repository, generation);
  const base = repository.endsWith('/') ? repository : `${repository}/`;
  const dialect = { python: python(generation), proxy: word('install-proxy') };
  const fetch = (path: string) => fetchLikePython(base + path, dialect, signal);
  const wanted = async (path: string, most: number): Promise<Buffer> => {
    const file = await fetch(path);
    const url = base + path;
    if (file.is === 'file') return checked(url, file.body, file.short, most, generation);
    if (generation >= 2015) throw traceback(`RuntimeError: Could not access ${url}`);
    if (file.is === 'refused') throw traceback(`urllib2.HTTPError: HTTP Error ${file.status}: ${file.reason}`);
    throw invalid(`Unable to access a required file in the specified repository: ${url}.`);
  };
  const there = (path: string): Promise<boolean> =>
    fetch(path).then(
      (file) => file.is === 'file',
      () => false,
    );
  const [kernelPath, initrdPath] = await paths(distro, word, there, namesDistribution(base) && generation >= 2012);
  const kernel = await wanted(kernelPath, limits.kernel);
  const initrd = initrdPath === null ? null : await wanted(initrdPath, limits.initrd);
  const given = generation >= 2015 ? word('install-args') : undefined;
  return { kernel, initrd, args: `${given === undefined ? '' : ` ${given}`}${vncArgs(word)}` };
}

/** From 2012 on it counts what came (bc6743b), from 2014 on it takes no more than so much. */
function checked(url: string, body: Buffer, short: boolean, most: number, generation: number): Buffer {
  if (generation >= 2014 && body.length > most) {
    throw new ApiError('LIMITS', `File '${url}' exceeds limit of ${most} bytes`, '');
  }
  if (generation >= 2012 && short) throw traceback('IOError: Closed connection during download');
  return body;
}

/** Whether a URL goes on behind `/dists/`: then it is the distribution's own, from 2012 on (19f52e6). */
function namesDistribution(base: string): boolean {
  const [, ...rest] = base.split('/dists/');
  return rest.join('/dists/').replaceAll('/', '') !== '';
}

/** Kernel and initrd below the repository. A missing release is Python's None; RHEL's place is found by asking. */
async function paths(
  distro: string,
  word: (key: string) => string | undefined,
  there: (path: string) => Promise<boolean>,
  named: boolean,
): Promise<readonly [kernel: string, initrd: string | null]> {
  const arch = word('install-arch') ?? 'i386';
  if (distro === 'debianlike') {
    const distribution = named ? '' : `dists/${word('debian-release') ?? 'None'}/`;
    const folder = `${distribution}main/installer-${arch}/current/images/netboot/xen/`;
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
function nfsProblem(repository: string, generation: number): ApiError {
  const [, server, path] = /^nfs:\/\/([^/]*)(?:\/(.*))?$/s.exec(repository) ?? [];
  if (server !== undefined && path === undefined) return invalid('NFS path was not in a valid format');
  const repo = server === undefined ? repository : `nfs:${server.replace(/:+$/, '')}:/${path}`;
  const all = repo.split(':');
  // From 2012 on it splits twice at most.
  const parts = generation >= 2012 ? [...all.slice(0, 2), ...(all.length > 2 ? [all.slice(2).join(':')] : [])] : all;
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
