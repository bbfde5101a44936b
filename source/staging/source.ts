import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DebPackage, openDeb } from '../formats/deb.ts';
import { isoFiles } from '../formats/iso9660.ts';
import { NoUnpacker } from '../formats/unpack.ts';
import { limits } from '../limits/limits.ts';
import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { kindOf, lookAt, openRegular, unreadText } from '../settings/given-file.ts';
import { formatBytes } from '../text/sizes.ts';
import { type StagedFile, stagedBytes, stagedFile } from './staged-file.ts';

/** Where the netboot files come from. */
export type StageSource =
  | { readonly from: 'nfsroot'; readonly folder: string }
  | { readonly from: 'files'; readonly kernel: string }
  | { readonly from: 'deb'; readonly file: string }
  | { readonly from: 'iso'; readonly file: string };

/** What a source holds. `packages`: .deb files for a pool, under their real names. */
export interface Found {
  /** Null: there is none, and the reason is in `why`. */
  readonly kernel: { readonly name: string; readonly data: Uint8Array } | null;
  readonly why: string;
  /** Path of the initrd, where the source has one. */
  readonly initrd: string | null;
  /** Kernel versions below lib/modules of an nfsroot; null for other sources. */
  readonly modules: readonly string[] | null;
  readonly packages: readonly StagedFile[];
}

/** Opens a source. Errors: ProblemError (exit 2) that says what the file is, or what is missing in it. */
export const readSource = (source: StageSource, arch: string, signal: AbortSignal): Promise<Found> =>
  withReasons(() => openSource(source, arch, signal), signal);

/** A file that this user may not read is the user's business, not a fault. */
async function withReasons<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'syscall' in error) return refuse(`${error.message}.`);
    throw error;
  }
}

async function openSource(source: StageSource, arch: string, signal: AbortSignal): Promise<Found> {
  const nothing: Found = { kernel: null, why: '', initrd: null, modules: null, packages: [] };
  switch (source.from) {
    case 'nfsroot':
      return readNfsroot(source.folder);
    case 'files': {
      return { ...nothing, kernel: { name: source.kernel, data: await readKernel(source.kernel) } };
    }
    case 'deb':
      return withFile(source.file, async (readAt, size) => {
        const one = { ...(await named(source.file, readAt, signal)), size };
        return fromDebs([one], source.file, arch, signal);
      });
    case 'iso':
      return withFile(source.file, async (readAt) => {
        const files = await isoFiles(readAt);
        if (files === null) return refuse(`${source.file} is not a disc image (ISO 9660).`);
        const debs: Opened[] = [];
        for (const file of files.filter(({ path }) => /\.deb$/i.test(path)).slice(0, limits.staging.packagesOnDisc)) {
          const within: ReadAt = (at, length) =>
            readAt(file.offset + at, Math.min(length, Math.max(0, file.size - at)));
          debs.push({ ...(await named(file.path, within, signal)), size: file.size });
        }
        if (debs.length === 0) {
          return refuse(
            `There is no Debian package on ${source.file}.`,
            `It holds ${
              files
                .slice(0, 8)
                .map(({ path }) => path)
                .join(', ') || 'nothing'
            }.`,
          );
        }
        return fromDebs(debs, source.file, arch, signal);
      });
  }
}

type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

interface Opened {
  readonly deb: DebPackage;
  readonly readAt: ReadAt;
  readonly path: string;
  readonly size: number;
}

/** FAI 3 with live-initramfs keeps its system two folders further down (live/filesystem.dir). */
async function systemOf(folder: string): Promise<string> {
  const inner = join(folder, 'live/filesystem.dir');
  const own = await stat(join(folder, 'boot')).catch(() => null);
  return own === null && (await stat(inner).catch(() => null)) !== null ? inner : folder;
}

/** The kernel of an nfsroot with its initrd: FAI installs both into boot/. */
async function readNfsroot(given: string): Promise<Found> {
  const about = await lookAt(given).catch((error: unknown) => unread(given, error));
  const built = 'FAI keeps it at /srv/fai/nfsroot; build it with make-fai-nfsroot (fai-make-nfsroot since FAI 4).';
  if (!about.isDirectory()) refuse(`${given} is not an nfsroot: it is ${kindOf(about)}, not a folder.`, built);
  const folder = await systemOf(given);
  const boot = join(folder, 'boot');
  const names = await readdir(boot).catch(() =>
    refuse(`${folder} is not an nfsroot: it has no folder boot that can be read.`, built),
  );
  const kernels = names.filter((name) => name.startsWith('vmlinuz-')).sort();
  const [name, ...others] = kernels;
  if (name === undefined)
    return refuse(`There is no vmlinuz-* in ${boot}.`, 'Add a kernel to NFSROOT and build the nfsroot again.');
  if (others.length > 0)
    return refuse(`There are ${kernels.length} kernels in ${boot}: ${kernels.join(', ')}.`, {
      act: 'give',
      setting: 'kernel',
      value: join(boot, kernels.at(-1) ?? ''),
      note: 'with the initrd of the same version',
    });
  const version = name.slice('vmlinuz-'.length);
  const initrd = [`initrd.img-${version}`, `initrd-${version}`, `initramfs-${version}.img`].find((one) =>
    names.includes(one),
  );
  if (initrd === undefined)
    return refuse(
      `There is ${name} in ${boot}, but no initrd.img-${version}.`,
      `chroot ${folder} update-initramfs -c -k ${version}`,
    );
  const modules = await readdir(join(folder, 'lib/modules')).catch(() => []);
  const data = await readKernel(join(boot, name));
  return { kernel: { name, data }, why: '', initrd: join(boot, initrd), modules, packages: [] };
}

const named = async (path: string, readAt: ReadAt, signal: AbortSignal): Promise<Omit<Opened, 'size'>> => ({
  deb: await inPackage(path, signal, () => openDeb(readAt, signal)),
  readAt,
  path,
});

/** What is wrong with a package is told with its name. */
async function inPackage<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoUnpacker)
      return refuse(`${path}: ${error.message} is needed to open it, and is not here.`);
    return refuse(`${path}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Kernel and guest utilities of an architecture, out of whatever packages there are. */
async function fromDebs(all: readonly Opened[], place: string, arch: string, signal: AbortSignal): Promise<Found> {
  const fitting = all.filter(({ deb }) => deb.arch === arch || deb.arch === 'all');
  if (fitting.length === 0) {
    const have = [...new Set(all.map(({ deb }) => deb.arch))].join(', ');
    return refuse(`${place} has packages for ${have}, none for ${arch}.`, {
      act: 'give',
      setting: 'arch',
      value: all[0]?.deb.arch ?? '',
      note: 'or give another file',
    });
  }
  const packages: StagedFile[] = [];
  const kernels: { name: string; data: Uint8Array }[] = [];
  let meta: DebPackage | null = null;
  for (const { deb, readAt, path: at, size } of fitting) {
    if (size > limits.staging.package) refuse(`${at} is larger than any package xenfai stages.`);
    if (packages.some(({ path }) => path === fileName(deb))) continue;
    if (!/^linux-image-|^xe-guest-utilities/.test(deb.name) || /-dbg$/.test(deb.name)) continue;
    packages.push(stagedBytes(fileName(deb), await readAt(0, size)));
    if (!deb.name.startsWith('linux-image-')) continue;
    const vmlinuz = (path: string): boolean => /^boot\/vmlinu[xz]-[^/]+$/.test(path);
    const found = await inPackage(at, signal, () => deb.files('boot/', vmlinuz, limits.staging.kernel));
    for (const [path, data] of found) kernels.push({ name: path, data });
    if (found.size === 0) meta = deb;
  }
  const [kernel, ...others] = kernels;
  if (others.length > 0)
    return refuse(`${place} has ${kernels.length} kernels: ${kernels.map(({ name }) => name).join(', ')}.`, {
      act: 'give',
      setting: 'deb',
      note: 'with the one package that is meant',
    });
  return { kernel: kernel ?? null, why: noKernel(place, meta), initrd: null, modules: null, packages };
}

/** linux-image-2.6-xen holds no kernel: it only depends on the package that does. */
function noKernel(place: string, meta: DebPackage | null): string {
  if (meta === null) return `There is no kernel package on ${place}.`;
  const depends = meta.fields.get('depends') ?? '';
  return `${meta.name} is a meta package: it holds no kernel, it depends on ${depends || 'one that does'}. Give that one.`;
}

/** The name dpkg would give it; on a disc without Rock Ridge the real one is lost. Epochs are left out, as there. */
const fileName = ({ name, version, arch }: DebPackage): string => {
  const file = `${name}_${version.replace(/^\d+:/, '')}_${arch}.deb`;
  return /^[A-Za-z0-9.+~_-]+$/.test(file)
    ? file
    : refuse(`A package is called "${file}": that is no name for a file.`);
};

async function withFile<T>(path: string, work: (readAt: ReadAt, size: number) => Promise<T>): Promise<T> {
  const { file, size } = await openRegular(path).catch((error: unknown) => unread(path, error));
  try {
    return await work(async (offset, length) => {
      const buffer = Buffer.alloc(Math.max(0, length));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    }, size);
  } finally {
    await file.close();
  }
}

const readKernel = (path: string): Promise<Uint8Array> =>
  withFile(path, (readAt, size) =>
    size > limits.staging.kernel
      ? refuse(`${path} is too large for a kernel: it has ${formatBytes(size)}.`)
      : readAt(0, size),
  );

/** The initrd as a file to be staged. Errors: exit 2 when it cannot be read, or is none by its size. */
export const initrdFile = (path: string, source: string, signal: AbortSignal): Promise<StagedFile> =>
  withReasons(async () => {
    const size = await withFile(source, (_, bytes) => Promise.resolve(bytes));
    if (size > limits.netboot.initrd) refuse(`${source} is too large for an initrd: it has ${formatBytes(size)}.`);
    return stagedFile(path, source, signal);
  }, signal);

/** It may stand where somebody has not looked: the line shows what is there. */
const unread = (path: string, error: unknown): never =>
  refuse(`${path} cannot be read: ${unreadText(error)}.`, {
    shell: ['ls', '-ld', resolve(path)],
    note: 'shows what is there',
  });

function refuse(message: string, advice?: Advice): never {
  return fail({
    code: 'stage-source',
    exit: exit.usage,
    message,
    ...(advice === undefined ? {} : { try: [advice] }),
  });
}
