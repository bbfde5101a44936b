import { readParagraph, unsigned } from '../../formats/deb822.ts';
import type { Finding } from '../../problem/finding.ts';
import { shellWord } from '../../text/shell.ts';

/** A file that a Release names. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly algorithm: 'sha256' | 'sha1' | 'md5';
  readonly hash: string;
}

/** What a Release file says (Debian's repository format). Dates are null where it has none. */
export interface ReleaseFile {
  readonly suite: string;
  readonly codename: string;
  readonly architectures: readonly string[];
  readonly components: readonly string[];
  readonly date: Date | null;
  readonly validUntil: Date | null;
  readonly files: readonly ListedFile[];
}

const lists = [
  ['sha256', 'sha256'],
  ['sha1', 'sha1'],
  ['md5sum', 'md5'],
] as const;

/** Null when these bytes are no Release file: a web page, say. */
export function readRelease(text: string): ReleaseFile | null {
  const fields = readParagraph(unsigned(text.replaceAll('\r', '')));
  if (!fields.has('architectures') && !fields.has('suite') && !fields.has('codename')) return null;
  const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
  const date = (name: string): Date | null => {
    const value = new Date(fields.get(name) ?? '');
    return Number.isNaN(value.getTime()) ? null : value;
  };
  const strongest = lists.find(([name]) => fields.has(name));
  const files = strongest === undefined ? [] : readList(fields.get(strongest[0]) ?? '', strongest[1]);
  return {
    suite: fields.get('suite') ?? '',
    codename: fields.get('codename') ?? '',
    architectures: words('architectures'),
    // Components of security archives carry a prefix: updates/main.
    components: words('components').map((word) => word.replace(/^.*\//, '')),
    date: date('date'),
    validUntil: date('valid-until'),
    files,
  };
}

function readList(text: string, algorithm: ListedFile['algorithm']): ListedFile[] {
  return text.split('\n').flatMap((line) => {
    const [hash = '', size = '', path = ''] = line.trim().split(/\s+/);
    return /^[0-9a-f]{32,64}$/i.test(hash) && /^\d+$/.test(size) && path !== ''
      ? [{ path, size: Number(size), algorithm, hash: hash.toLowerCase() }]
      : [];
  });
}

const hour = 3600 * 1000;

/** Does this Release belong to what the template names? eliloader reads none of it; apt in the nfsroot does. */
export function releaseFindings(file: ReleaseFile, wanted: { release: string; arch: string }, now: Date): Finding[] {
  const findings: Finding[] = [];
  const warn = (code: string, message: string, advice: string) =>
    findings.push({ severity: 'warning', code, message, try: advice });
  const { release, arch } = wanted;
  if (file.suite !== release && file.codename !== release) {
    const names = [file.codename, file.suite].filter((name) => name !== '').join(' / ');
    warn(
      'release-name',
      `dists/${release}/Release says ${names || 'no name'}: apt warns of it, or refuses.`,
      `Set Codename or Suite to ${release} and make Release anew.`,
    );
  }
  if (!file.architectures.includes(arch)) {
    warn(
      'release-arch',
      `Release has no architecture ${arch} (${file.architectures.join(' ') || 'none at all'}): apt finds no package.`,
      `apt-ftparchive … -o APT::FTPArchive::Release::Architectures=${shellWord([...file.architectures, arch].join(' '))}`,
    );
  }
  if (!file.components.includes('main')) {
    warn(
      'release-components',
      `Release has no component main (${file.components.join(' ') || 'none at all'}).`,
      'Name in sources.list the component there is, or make Release anew.',
    );
  }
  if (file.date === null) {
    warn(
      'release-date',
      'Release has no Date that can be read: apt of today refuses it.',
      'Make it anew with apt-ftparchive release.',
    );
  } else if (file.date.getTime() > now.getTime() + hour) {
    warn(
      'release-date',
      `Release is of ${file.date.toISOString()}, in the future: apt refuses it until then.`,
      'Set the clock of the repository right, or that of this machine.',
    );
  }
  if (file.validUntil !== null && file.validUntil < now) {
    warn(
      'release-expired',
      `Release was valid until ${file.validUntil.toISOString()}: apt refuses it since.`,
      'Make it anew, or set Acquire::Check-Valid-Until "false"; in the nfsroot.',
    );
  }
  if (file.files.length === 0) {
    warn(
      'release-hashes',
      'Release lists no files with their hashes: apt refuses every Packages.',
      'Make it anew with apt-ftparchive release.',
    );
  }
  return findings;
}
