import type { Finding } from '../../problem/finding.ts';
import type { LoaderGeneration } from '../releases.ts';

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
    arch: words['install-arch'] ?? 'i386',
  };
  if (words['install-distro'] !== 'pygrub') return source;
  return { ...source, paths: { kernel: words['install-kernel'] ?? '', ramdisk: words['install-ramdisk'] ?? '' } };
}

/** Below the distribution: where debian-installer keeps its Xen files; the page's hidden path. */
export const netbootFolder = ({ release, arch }: Pick<NetbootSource, 'release' | 'arch'>): string =>
  `dists/${release}/main/installer-${arch}/current/images/netboot/xen/`;

const withSlash = (repository: string): string => (repository.endsWith('/') ? repository : `${repository}/`);

/** True when the repository names a distribution already: `/dists/` with more behind. */
const namesDistribution = (repository: string): boolean => /\/dists\/[^/]/.test(withSlash(repository));

/**
 * The two URLs, built as eliloader builds them: by joining strings. `dists/<release>/` is always appended by the
 * loader of 2010; from 2012 on not when the repository already names a distribution. Paths of install-distro=pygrub
 * are joined as they are, by every generation.
 */
export function netbootUrls(source: NetbootSource, loader: LoaderGeneration): NetbootUrls {
  const root = withSlash(source.repository);
  if (source.paths !== undefined) return { kernel: root + source.paths.kernel, initrd: root + source.paths.ramdisk };
  const folder = netbootFolder(source);
  const skip = loader >= 2012 && namesDistribution(source.repository);
  const base = root + (skip ? folder.replace(/^dists\/[^/]*\//, '') : folder);
  return { kernel: `${base}vmlinuz`, initrd: `${base}initrd.gz` };
}

/** The root of the Debian archive that a repository belongs to, with a slash behind: what a sources.list names. */
export const archiveRoot = (repository: string): string => withSlash(repository).replace(/\/dists\/.*$/, '/');

/** True for a repository that eliloader would try to use over the network. */
export const isUsableRepository = (repository: string): boolean => /^(http|ftp|nfs):/.test(repository);

/** What can be said of the source without asking the repository. */
export function sourceFindings(source: NetbootSource): Finding[] {
  const { repository, paths } = source;
  return [...repositoryFindings(repository), ...(paths === undefined ? wordFindings(source) : pathFindings(paths))];
}

function repositoryFindings(repository: string): Finding[] {
  const findings: Finding[] = [];
  const error = (code: string, message: string, advice: string) =>
    findings.push({ severity: 'error', code, message, try: advice });
  if (repository === '') {
    error(
      'no-repository',
      'No install repository is set.',
      'Give one, such as http://myrepo.example.com/debian-custom',
    );
  } else if (repository === 'cdrom') {
    error(
      'repository-cdrom',
      'The install repository is "cdrom": a client has set it so.',
      'Set it to your URL again.',
    );
  } else if (/^https:/i.test(repository)) {
    error(
      'repository-https',
      'eliloader cannot fetch over https: it lets the URL pass and then fails with "Unknown source type".',
      'Serve the netboot files over plain http.',
    );
  } else if (/^nfs:/.test(repository)) {
    if (!/^nfs:(\/\/[^/:\s]+\/|[^/:\s]+:\/)/.test(repository)) {
      error('repository-nfs', 'eliloader cannot read this nfs form.', 'Write nfs://server/path or nfs:server:/path.');
    }
  } else if (!/^(http|ftp):\/\/[^/\s]+/.test(repository)) {
    error('repository-scheme', 'eliloader knows only http, ftp and nfs repositories.', 'Use http://server/path.');
  } else if (/^\w+:\/\/[^/]*@/.test(repository)) {
    const scheme = repository.startsWith('ftp') ? 'warning' : 'error';
    findings.push({
      severity: scheme,
      code: 'repository-credentials',
      message: 'The URL holds a user name or password: everyone who can read the pool sees it, and http ignores it.',
      try: 'Allow dom0 by address instead.',
    });
  }
  if (/\s/.test(repository)) error('repository-blank', 'There is a blank in the repository URL.', 'Remove it.');
  if (/^\w+:\/\/.*\/dists\/?$/.test(repository)) {
    findings.push({
      severity: 'warning',
      code: 'repository-dists',
      message: 'The repository ends in /dists: eliloader appends dists/<release>/ to it once more.',
      try: 'Leave /dists off.',
    });
  }
  return findings;
}

function wordFindings({ release, arch }: NetbootSource): Finding[] {
  const findings: Finding[] = [];
  if (!/^[A-Za-z0-9.+~_-]+$/.test(release)) {
    findings.push({
      severity: 'error',
      code: release === '' ? 'no-release' : 'release-word',
      message:
        release === ''
          ? 'No debian-release is set: eliloader would put the word None into the URL.'
          : 'The release is not one word.',
      try: 'Give the code name, such as lenny.',
    });
  }
  if (!/^[A-Za-z0-9_-]+$/.test(arch)) {
    findings.push({
      severity: 'error',
      code: 'arch-word',
      message: 'The architecture is not one word.',
      try: 'Use i386 or amd64.',
    });
  } else if (arch === 'x86_64') {
    findings.push({
      severity: 'warning',
      code: 'arch-x86_64',
      message: 'x86_64 goes into the path as it is (installer-x86_64); Debian calls it amd64.',
      try: 'Use amd64.',
    });
  }
  return findings;
}

/** eliloader joins the paths behind a slash, and looks for no other place. */
function pathFindings({ kernel, ramdisk }: NetbootPaths): Finding[] {
  return [
    ['install-kernel', kernel],
    ['install-ramdisk', ramdisk],
  ].flatMap(([key = '', path = '']): Finding[] => {
    if (/^[A-Za-z0-9._+~-][A-Za-z0-9._+~/-]*$/.test(path)) return [];
    const message =
      path === ''
        ? `${key} is not set: install-distro=pygrub needs it.`
        : `${key} "${path}" is no path below the repository.`;
    const advice = 'Give a path without a slash in front, such as xen/vmlinuz.';
    return [{ severity: 'error', code: path === '' ? 'no-path' : 'path-word', message, try: advice }];
  });
}
