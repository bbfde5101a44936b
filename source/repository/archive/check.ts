import { createHash } from 'node:crypto';
import { archiveRoot, type NetbootSource } from '../../boot/methods/eliloader.ts';
import { guestUtilities, metaPackage } from '../../fai/tools-packages.ts';
import type { Compression } from '../../formats/compression.ts';
import { tee } from '../../formats/tee.ts';
import { limited, NoUnpacker, unpackStream } from '../../formats/unpack.ts';
import { limits } from '../../limits/limits.ts';
import type { Finding } from '../../problem/finding.ts';
import type { Transport } from '../../transport/transport.ts';
import { fetchFile } from '../download/fetch.ts';
import type { Fetched } from '../download/fetched.ts';
import { packageFindings } from './findings.ts';
import { type ListedPackage, scanPackages } from './packages.ts';
import { type ListedFile, type ReleaseFile, readRelease, releaseFindings } from './release.ts';

export interface ArchiveOptions {
  readonly transport: Transport;
  readonly source: Pick<NetbootSource, 'repository' | 'release' | 'arch'>;
  readonly proxy?: string | undefined;
  /** Version of the kernel that eliloader will fetch; null when not known. */
  readonly kernel: string | null;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * The Debian archive around the netboot files, as apt in the nfsroot and in the new system will read it. eliloader
 * reads none of it: nothing here is an error. Throws for an abort only.
 */
export async function checkArchive(options: ArchiveOptions): Promise<Finding[]> {
  const { source, now } = options;
  const root = archiveRoot(source.repository);
  const dist = `${root}dists/${source.release}/`;
  const get = (url: string, keep: number): Promise<Fetched> =>
    fetchFile(url, {
      keep,
      most: keep,
      proxy: options.proxy,
      signal: options.signal,
      transport: options.transport,
    });
  const inline = await get(`${dist}InRelease`, limits.archive.release);
  const plain = inline.problem === null ? inline : await get(`${dist}Release`, limits.archive.release);
  const release = plain.problem === null ? readRelease(Buffer.from(plain.body).toString('utf8')) : null;
  if (release === null) return [noRelease(plain, dist)];
  const findings = releaseFindings(release, source, now);
  const signed = inline.problem === null || (await get(`${dist}Release.gpg`, 64 * 1024)).problem === null;
  if (!signed) findings.push(unsignedFinding(root, source.release));
  const packages = await readPackages(release, dist, options);
  findings.push(...packages.findings);
  if (packages.found !== null) {
    findings.push(...packageFindings(packages.found, options.kernel, source));
    findings.push(...(await poolFindings(packages.found, root, options)));
  }
  return findings;
}

function noRelease(fetched: Fetched, dist: string): Finding {
  const why = fetched.problem?.text ?? 'what is there is no Release file';
  return {
    severity: 'info',
    code: 'no-release-file',
    message: `This is no Debian archive for apt (${dist}Release: ${why}). eliloader needs none; a sources.list cannot name it.`,
  };
}

function unsignedFinding(root: string, release: string): Finding {
  return {
    severity: 'warning',
    code: 'release-unsigned',
    message: 'The archive is not signed: apt of Lenny warns, later ones refuse it.',
    try: `deb [trusted=yes] ${root} ${release} main, and FAI_ALLOW_UNSIGNED=1 in a class .var file; or sign Release.`,
  };
}

interface PackagesRead {
  readonly found: ReadonlyMap<string, ListedPackage> | null;
  readonly findings: readonly Finding[];
}

const forms: readonly [ending: string, compression: Compression | null][] = [
  ['.gz', 'gzip'],
  ['', null],
  ['.xz', 'xz'],
  ['.bz2', 'bzip2'],
];

/** Fetches the smallest Packages that Release lists, compares its hash, and keeps what matters of it. */
async function readPackages(release: ReleaseFile, dist: string, options: ArchiveOptions): Promise<PackagesRead> {
  const { arch } = options.source;
  const path = `main/binary-${arch}/Packages`;
  const listed = forms.flatMap(([ending, compression]) => {
    const file = release.files.find((entry) => entry.path === path + ending);
    return file === undefined ? [] : [{ file, compression }];
  });
  const problem = (code: string, message: string, advice: string): PackagesRead => ({
    found: null,
    findings: [{ severity: 'warning', code, message, try: advice }],
  });
  const [first, ...others] = listed;
  if (first === undefined) {
    if (release.files.length === 0) return { found: null, findings: [] };
    return problem(
      'no-packages',
      `Release lists no ${path}: apt finds no package for ${arch}.`,
      `apt-ftparchive --arch ${arch} packages pool > dists/…/${path}, then make Release anew.`,
    );
  }
  let read = await fetchPackages(`${dist}${first.file.path}`, first.file, first.compression, options);
  // A Release also lists forms that are not there; the others are as good.
  for (const { file, compression } of others) {
    if (read.fetched.problem?.kind !== 'missing') break;
    read = await fetchPackages(`${dist}${file.path}`, file, compression, options);
  }
  const { fetched, hash, result, file } = read;
  if (fetched.problem !== null) {
    return problem(
      'no-packages',
      `${file.path} is listed by Release, but ${fetched.problem.text}.`,
      'Make the archive anew.',
    );
  }
  if (hash !== file.hash || fetched.bytes !== file.size) {
    return problem(
      'packages-hash',
      `${file.path} is not what Release says (${file.algorithm}): apt stops with "Hash Sum mismatch".`,
      'Make Release anew, after Packages.',
    );
  }
  if (result instanceof Error) {
    const missing = result instanceof NoUnpacker;
    return problem(
      'packages-unread',
      `${file.path} could not be read: ${missing ? `${result.message} is not here` : result.message}.`,
      missing ? `Install ${result.message} on this machine.` : 'Make it anew.',
    );
  }
  return { found: result, findings: [] };
}

async function fetchPackages(
  url: string,
  file: ListedFile,
  compression: Compression | null,
  options: ArchiveOptions,
) {
  const { proxy, signal, transport } = options;
  const sum = createHash(file.algorithm);
  const { sink, result, end } = tee(async (stream) => {
    const plain = compression === null ? stream : unpackStream(stream, compression, signal);
    return scanPackages(limited(plain, limits.archive.text)).catch((error: Error) => error);
  });
  const fetched = await fetchFile(url, {
    ...{ keep: 0, most: limits.archive.packages, proxy, signal, transport },
    sink: (chunk) => {
      sum.update(chunk);
      return sink(chunk);
    },
  }).finally(end);
  return { fetched, hash: sum.digest('hex'), result: await result, file };
}

/** Do the files that matter lie where Packages says, with their size? A `+` in a name is the usual trap. */
async function poolFindings(
  found: ReadonlyMap<string, ListedPackage>,
  root: string,
  options: ArchiveOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const one of chosen(found, options.kernel)) {
    // The first byte is enough: the length comes before it.
    const fetched = await fetchFile(root + one.filename, {
      keep: 0,
      most: 0,
      proxy: options.proxy,
      signal: options.signal,
      transport: options.transport,
    });
    const there = fetched.problem === null || fetched.problem.kind === 'too-large';
    const plus = one.filename.includes('+') ? ' This server may take the + in its name for a blank.' : '';
    if (!there) {
      findings.push({
        severity: 'warning',
        code: 'package-missing',
        message: `${one.filename}: ${fetched.problem?.text}, though Packages names it.${plus}`,
        try:
          plus === '' ? 'Copy it there, or make Packages anew.' : `Try ${root}${one.filename.replaceAll('+', '%2B')}`,
      });
    } else if (fetched.declared !== null && fetched.declared !== one.size) {
      findings.push({
        severity: 'warning',
        code: 'package-size',
        message: `${one.filename} has ${fetched.declared} bytes, Packages says ${one.size}: apt stops at it.`,
        try: 'Make Packages and Release anew.',
      });
    }
  }
  return findings;
}

function chosen(found: ReadonlyMap<string, ListedPackage>, kernel: string | null): ListedPackage[] {
  const meta = found.get(metaPackage);
  const names = [metaPackage, guestUtilities, `linux-image-${kernel}`, ...(meta?.depends.flat() ?? [])];
  return [...new Set(names)].flatMap((name) => found.get(name) ?? []).slice(0, limits.archive.looked);
}
