import { defaults } from '../../limits/defaults.ts';
import type { Finding } from '../../problem/finding.ts';
import type { Loader } from '../releases.ts';

/** What eliloader reads from a VM's other_config to find its two files. */
export interface NetbootSource {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  /** install-distro=pygrub: these paths below the repository, in place of debian-installer's tree. */
  readonly paths?: NetbootPaths | undefined;
}

/** install-kernel and install-ramdisk. */
export interface NetbootPaths {
  readonly kernel: string;
  readonly ramdisk: string;
}

export interface NetbootUrls {
  readonly kernel: string;
  readonly initrd: string;
}

/** Of a VM or template; what is not set reads as empty, the architecture as eliloader takes it then. */
export function sourceOf(words: Readonly<Record<string, string>>): NetbootSource {
  const source = {
    repository: words['install-repository'] ?? '',
    release: words['debian-release'] ?? '',
    arch: words['install-arch'] ?? defaults.arch,
  };
  if (words['install-distro'] !== 'pygrub') return source;
  return { ...source, paths: { kernel: words['install-kernel'] ?? '', ramdisk: words['install-ramdisk'] ?? '' } };
}

/** Below the distribution: where debian-installer keeps its Xen files; the page's hidden path. */
export const netbootFolder = ({ release, arch }: Pick<NetbootSource, 'release' | 'arch'>): string =>
  `dists/${release}/main/installer-${arch}/current/images/netboot/xen/`;

const withSlash = (repository: string): string => (repository.endsWith('/') ? repository : `${repository}/`);

/** True when the repository names a distribution already: `/dists/` with more than slashes behind. */
const namesDistribution = (repository: string): boolean => /\/dists\/.*[^/]/.test(withSlash(repository));

/**
 * The two URLs, built as eliloader builds them: by joining strings. `dists/<release>/` is always appended by the
 * loader of 2010; from 2012 on not when the repository already names a distribution. Paths of install-distro=pygrub
 * are joined as they are, by every generation.
 */
export function netbootUrls(source: NetbootSource, loader: Loader): NetbootUrls {
  const root = withSlash(source.repository);
  if (source.paths !== undefined) return { kernel: root + source.paths.kernel, initrd: root + source.paths.ramdisk };
  const folder = netbootFolder(source);
  const skip = loader !== 2010 && namesDistribution(source.repository);
  const base = root + (skip ? folder.replace(/^dists\/[^/]*\//, '') : folder);
  return { kernel: `${base}vmlinuz`, initrd: `${base}initrd.gz` };
}

/** The root of the Debian archive that a repository belongs to, with a slash behind: what a sources.list names. */
export const archiveRoot = (repository: string): string => withSlash(repository).replace(/\/dists\/.*$/, '/');

/** True for a repository that eliloader would try to use over the network. */
export const isUsableRepository = (repository: string): boolean => /^(http|ftp|nfs):/.test(repository);

/** It goes into a path as it is. */
export const isArchWord = (arch: string): boolean => /^[A-Za-z0-9_-]+$/.test(arch);

/** False where the loader takes the distribution from the repository's URL, and asks for no debian-release. */
export const needsRelease = (repository: string, loader: Loader): boolean =>
  loader === 2010 || !namesDistribution(repository);

/** install-proxy as a URL: from 7.0 on the loader takes host:port, too (Python 2.7: urllib2._parse_proxy). */
export const proxyUrl = (proxy: string): string => (/^[^/:]+(:\d+)?\/?$/.test(proxy) ? `http://${proxy}` : proxy);

const mistake = (code: string, message: string, advice: string): Finding => ({
  severity: 'error',
  code,
  message,
  try: advice,
});

const doubt = (...what: Parameters<typeof mistake>): Finding => ({ ...mistake(...what), severity: 'warning' });

/** Refused by some loaders only: an error for them, a doubt where nobody knows the host, nothing for the rest. */
function unless(taken: (loader: Loader) => boolean, loader: Loader | null, finding: Finding): Finding[] {
  if (loader !== null && taken(loader)) return [];
  return [loader === null ? { ...finding, severity: 'warning' } : finding];
}

/** What can be said of the source without asking the repository. `loader` null: no host is known. */
export function sourceFindings(source: NetbootSource, loader: Loader | null = null): Finding[] {
  const { repository, paths } = source;
  return [
    ...repositoryFindings(repository, loader),
    ...(paths === undefined ? wordFindings(source, loader) : pathFindings(paths)),
  ];
}

/** The same of release and architecture alone, wherever the repository may be. */
export const debianFindings = (release: string, arch: string, loader: Loader | null = null): Finding[] =>
  sourceFindings({ repository: 'http://server/', release, arch }, loader);

function* repositoryFindings(repository: string, loader: Loader | null): Generator<Finding> {
  if (repository === '') {
    yield mistake('no-repository', 'No install repository is set.', 'Give one, such as http://server/debian-custom');
  } else if (repository === 'cdrom') {
    const message = 'The install repository is "cdrom": a client has set it so.';
    yield mistake('repository-cdrom', message, 'Set it to your URL again.');
  } else if (/^https:/i.test(repository)) {
    const message =
      'eliloader cannot fetch over https: it lets the URL pass and then fails with "Unknown source type".';
    yield mistake('repository-https', message, 'Serve the netboot files over plain http.');
  } else if (/^nfs:/.test(repository)) {
    yield* nfsFindings(repository, loader);
  } else if (!/^(http|ftp):\/\/[^/\s]+/.test(repository)) {
    const message = 'eliloader knows only http, ftp and nfs repositories.';
    yield mistake('repository-scheme', message, 'Use http://server/path.');
  } else if (/^\w+:\/\/[^/]*@/.test(repository)) {
    const message =
      'The URL holds a user name or password: everyone who can read the pool sees it, and http ignores it.';
    const say = repository.startsWith('ftp') ? doubt : mistake;
    yield say('repository-credentials', message, 'Allow dom0 by address instead.');
  }
  if (/\s/.test(repository))
    yield mistake('repository-blank', 'There is a blank in the repository URL.', 'Remove it.');
  if (/^\w+:\/\/.*\/dists\/*$/.test(repository) && !namesDistribution(repository)) {
    const message = 'The repository ends in /dists: eliloader appends dists/<release>/ to it once more.';
    yield doubt('repository-dists', message, 'Leave /dists off.');
  }
  yield* dotFindings('The repository', repository);
}

/** nfs:server:/path, nfs://server/path or nfs://server:/path (linux-guest-loader: NfsRepo). */
function nfsFindings(repository: string, loader: Loader | null): Finding[] {
  const match = /^nfs:(?:\/\/([^/\s]*?):*\/|([^/:\s]*):\/)(.*)$/s.exec(repository);
  const server = match?.[1] ?? match?.[2] ?? '';
  const advice = 'Write nfs://server/path or nfs:server:/path.';
  if (server === '') return [mistake('repository-nfs', 'eliloader cannot read this nfs form.', advice)];
  if (!`${server}${match?.[3]}`.includes(':')) return [];
  const message = 'There is one more colon in the nfs path: the loader of 5.6 to 6.0 fails with a ValueError.';
  return unless(
    (one) => one !== 2010,
    loader,
    mistake('repository-nfs', message, 'Serve it below a path without one.'),
  );
}

function* wordFindings({ repository, release, arch }: NetbootSource, loader: Loader | null): Generator<Finding> {
  if (release === '') {
    const message = 'No debian-release is set: eliloader would put the word None into the URL.';
    const finding = mistake('no-release', message, 'Give the code name, such as lenny.');
    const named = namesDistribution(repository);
    yield* unless((one) => !needsRelease(repository, one), named ? loader : (loader ?? 2010), finding);
  } else if (!/^[A-Za-z0-9.+~_-]+$/.test(release)) {
    yield mistake('release-word', 'The release is not one word.', 'Give the code name, such as lenny.');
  }
  if (!isArchWord(arch)) {
    yield mistake('arch-word', 'The architecture is not one word.', 'Use i386 or amd64.');
  } else if (arch === 'x86_64') {
    const message = 'x86_64 goes into the path as it is (installer-x86_64); Debian calls it amd64.';
    yield doubt('arch-x86_64', message, 'Use amd64.');
  } else if (arch !== 'i386' && arch !== 'amd64') {
    const message = `The architecture is "${arch}": PV guests of XenServer are i386 or amd64.`;
    yield mistake('arch-unusual', message, 'Use i386 or amd64.');
  }
}

/** eliloader joins the paths behind a slash, and looks for no other place. */
function* pathFindings({ kernel, ramdisk }: NetbootPaths): Generator<Finding> {
  for (const [key, path] of [
    ['install-kernel', kernel],
    ['install-ramdisk', ramdisk],
  ] as const) {
    const advice = 'Give a path without a slash in front, such as xen/vmlinuz.';
    if (path === '') {
      yield mistake('no-path', `${key} is not set: install-distro=pygrub needs it.`, advice);
    } else if (!/^[A-Za-z0-9._+~/-]+$/.test(path)) {
      yield mistake('path-word', `${key} "${path}" is no path below the repository.`, advice);
    } else if (path.startsWith('/')) {
      const message = `${key} begins with a slash: eliloader asks for /${path}, with two, and not every server takes that.`;
      yield doubt('path-slash', message, advice);
    }
    yield* dotFindings(key, path);
  }
}

function dotFindings(what: string, path: string): Finding[] {
  if (!path.split('/').includes('..')) return [];
  const message = `${what} has ".." in it: eliloader sends it as it is, and servers refuse it, or make of it what they like.`;
  return [doubt('path-dots', message, 'Name the folder itself.')];
}

/** The proxy is for http only; Python 2.4, up to 6.5, wants it as a URL. */
export function proxyFindings(proxy: string, loader: Loader | null): Finding[] {
  if (proxy === '' || /^http:\/\/[^/\s]/.test(proxy)) return [];
  if (proxyUrl(proxy) === proxy) {
    return [mistake('proxy-form', `install-proxy "${proxy}" is no http URL.`, 'Write http://proxy:port.')];
  }
  const message = `install-proxy "${proxy}" has no http:// in front: the loader up to 6.5 fails with a TypeError.`;
  const finding = mistake('proxy-form', message, `Write http://${proxy}`);
  return unless((one) => one !== 'none' && one >= 2015, loader, finding);
}
