import { createHash } from 'node:crypto';
import { shellWord } from '../text/shell.ts';
import { type StagedFile, stagedBytes } from './staged-file.ts';

/** What a site makes its archive with. */
export const archiveTools = ['apt-ftparchive', 'reprepro', 'dput'] as const;
export type ArchiveTool = (typeof archiveTools)[number];

export interface Pool {
  readonly files: readonly StagedFile[];
  /** What to type next, in this order, in the root of the archive. */
  readonly commands: readonly string[];
}

/**
 * Where the packages go, and the lines that make them part of the archive: apt-ftparchive reads a pool; reprepro and
 * dput take files from a folder and put them into a pool of their own.
 */
export async function layPool(
  packages: readonly StagedFile[],
  tool: ArchiveTool,
  { root, release, arch }: { readonly root: string; readonly release: string; readonly arch: string },
): Promise<Pool> {
  if (packages.length === 0) return { files: [], commands: [] };
  const cd = `cd ${shellWord(root)}`;
  if (tool === 'apt-ftparchive') {
    const files = packages.map((file) => ({ ...file, path: `pool/main/${file.path}` }));
    return { files, commands: [cd, ...ftparchive(release, arch)] };
  }
  const files = packages.map((file) => ({ ...file, path: `incoming/${file.path}` }));
  const names = files.map(({ path }) => shellWord(path)).join(' ');
  if (tool === 'reprepro') {
    return { files, commands: [cd, `reprepro -b . -S kernel -P optional includedeb ${release} ${names}`] };
  }
  const changes = await changesFile(packages, release, arch);
  return {
    files: [...files, changes],
    commands: [cd, `dput -u HOST ${shellWord(changes.path)}   # HOST: a section of dput.cf`],
  };
}

/** The architectures of Release are those there are folders for: another one's must not be lost. */
const ftparchive = (release: string, arch: string): string[] => {
  const main = `dists/${release}/main`;
  const option = (name: string, value: string): string => `-o APT::FTPArchive::Release::${name}=${value}`;
  const arches = `"$(ls -d ${main}/binary-* | sed 's/.*binary-//' | tr '\\n' ' ')"`;
  const options = [
    option('Suite', release),
    option('Codename', release),
    option('Components', 'main'),
    option('Architectures', arches),
  ];
  return [
    `mkdir -p ${main}/binary-${arch}`,
    `apt-ftparchive --arch ${arch} packages pool > ${main}/binary-${arch}/Packages`,
    `gzip -9kf ${main}/binary-${arch}/Packages`,
    `apt-ftparchive ${options.join(' ')} release dists/${release} > Release.new && mv Release.new dists/${release}/Release`,
  ];
};

/** What dput uploads: names and sums of the packages. It is not signed. */
async function changesFile(packages: readonly StagedFile[], release: string, arch: string): Promise<StagedFile> {
  const rows: string[] = [];
  for (const { path, size, open } of packages) {
    const md5 = createHash('md5');
    for await (const chunk of open() as AsyncIterable<Uint8Array>) md5.update(chunk);
    rows.push(
      ` ${md5.digest('hex')} ${size} ${path.startsWith('linux-image') ? 'kernel' : 'admin'} optional ${path}`,
    );
  }
  const names = [...new Set(packages.map(({ path }) => path.split('_')[0] ?? ''))];
  const version = packages.find(({ path }) => path.startsWith('xe-guest-utilities'))?.path.split('_')[1] ?? '1';
  const text = [
    'Format: 1.8',
    'Source: xenserver-tools',
    `Binary: ${names.join(' ')}`,
    `Architecture: ${arch}`,
    `Version: ${version}`,
    `Distribution: ${release}`,
    'Urgency: low',
    'Maintainer: xenfai <root@localhost>',
    'Description: packages of the tools ISO of XenServer',
    'Changes:',
    ` xenserver-tools (${version}) ${release}; urgency=low`,
    ' .',
    '   * From the tools ISO, by xenfai stage.',
    'Files:',
    ...rows,
    '',
  ].join('\n');
  return stagedBytes(`incoming/xenserver-tools_${version}_${arch}.changes`, Buffer.from(text));
}
