import { archiveRoot, type NetbootSource, type NetbootUrls, netbootUrls } from '../boot/methods/eliloader.ts';
import type { Loader } from '../boot/releases.ts';
import type { Finding } from '../problem/finding.ts';
import type { ShellLine, ShellWord } from '../text/shell.ts';

interface Seen {
  readonly source: NetbootSource;
  readonly loader: Loader | null;
}

/**
 * Other ways to the files than the URLs looked at: those another generation of the loader would ask for, where they
 * differ; and, when the files are missing, the way that needs no tree of debian-installer.
 */
export function otherUrlFindings({ source, loader }: Seen, urls: NetbootUrls, missing = false): Finding[] {
  const findings: Finding[] = [];
  const [older, newer] = [netbootUrls(source, 2010), netbootUrls(source, 2012)];
  if (older.kernel !== newer.kernel) {
    const [other, whose] = urls.kernel === older.kernel ? [newer, '6.1 and later'] : [older, '5.6 to 6.0'];
    findings.push({
      severity: loader === null ? 'warning' : 'info',
      code: 'urls-differ',
      message: `The repository names a distribution. XenServer ${whose} would ask for ${other.kernel} instead.`,
      try: `Name the root, ${archiveRoot(source.repository)}: then all ask for the same.`,
    });
  }
  if (missing && source.paths === undefined) {
    findings.push({
      severity: 'info',
      code: 'other-way',
      message:
        'The loader has another way that needs no tree of debian-installer: install-distro=pygrub takes both files from anywhere below the repository.',
      try: { act: 'give', setting: 'kernel', note: 'together with that of the initrd, on the template' },
    });
  }
  return findings;
}

/**
 * Whose view a check is, and the line that gives dom0's: it asks for the same files, as the loader would. With nfs
 * dom0 mounts, so it must mount. `why`: what kept us from asking there; null: nothing led there.
 */
export function dom0Finding(
  source: NetbootSource,
  urls: NetbootUrls,
  proxy: string | undefined,
  why: string | null = null,
): Finding {
  return {
    severity: 'info',
    code: 'seen-from-here',
    message: `Seen from this machine. dom0 fetches for itself, and may see it otherwise.${why === null ? '' : ` It could not be asked: ${why}.`}`,
    try: { shell: dom0Line(source, urls, proxy), where: 'dom0' },
  };
}

function dom0Line(source: NetbootSource, urls: NetbootUrls, proxy: string | undefined): ShellLine['shell'] {
  const both = [urls.kernel, urls.initrd];
  if (source.repository.startsWith('nfs:')) {
    const place = source.repository.replace(/^nfs:(\/\/)?/, '').replace(/^([^:/]+):?\//, '$1:/');
    const files = both.map((url) => `/mnt/${url.slice(withSlashLength(source))}`);
    return [
      ...['mount', '-t', 'nfs', '-o', 'ro', place, '/mnt'],
      { plain: '&&' },
      ...['ls', '-lL', ...files],
      { plain: '; umount /mnt' },
    ];
  }
  const via: ShellWord[] = proxy && source.repository.startsWith('http:') ? ['-x', proxy] : [];
  const files = both.flatMap((url) => ['-o', '/dev/null', url]);
  return ['curl', '-sSL', ...via, '-w', '%{http_code} %{size_download}\\n', ...files];
}

const withSlashLength = ({ repository }: NetbootSource): number =>
  repository.length + (repository.endsWith('/') ? 0 : 1);
