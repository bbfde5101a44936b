import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { initrdFindings, initrdSummary } from '../boot/initrd-verdict.ts';
import { kernelFindings, kernelSummary } from '../boot/kernel-verdict.ts';
import { netbootFolder } from '../boot/methods/eliloader.ts';
import type { XenVersion } from '../boot/releases.ts';
import type { InitrdFacts } from '../formats/initrd.ts';
import { readKernelImage } from '../formats/kernel-image.ts';
import { readInitrd } from '../formats/read-initrd.ts';
import { unpackerOf } from '../formats/unpack.ts';
import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { insideOf, lookIntoKernel } from '../repository/check.ts';
import { lineFindings } from '../repository/initrd-and-line.ts';
import { type Found, initrdFile, readSource, type StageSource } from './source.ts';
import { type StagedFile, stagedBytes } from './staged-file.ts';

export interface StageRequest {
  readonly source: StageSource;
  /** An initrd for sources that have none. */
  readonly initrd: string | null;
  readonly release: string;
  readonly arch: string;
  /** The packages go into a pool, too; without an initrd they go alone. */
  readonly pool: boolean;
  /** The kernel as a gzipped ELF file, which every Xen unpacks. */
  readonly repack: boolean;
  /** Null: no host release is named; a compression is then a warning. */
  readonly xen: XenVersion | null;
  readonly signal: AbortSignal;
}

/** What is to be put where, and what was found out about it. `netboot` is empty when only packages are staged. */
export interface Staging {
  readonly netboot: readonly (StagedFile & { readonly detail: string })[];
  readonly packages: readonly StagedFile[];
  readonly findings: readonly Finding[];
}

/** Reads the sources and judges the pair as the check will judge it, before anything is written. */
export async function prepareStage(request: StageRequest): Promise<Staging> {
  const { source, arch, signal, pool } = request;
  refuseWords(request);
  const found = await readSource(source, arch, signal);
  const packages = pool ? found.packages : [];
  const initrdPath = request.initrd ?? found.initrd;
  if (initrdPath === null && pool && packages.length > 0) {
    return { netboot: [], packages, findings: found.kernel === null ? [note(found.why)] : [] };
  }
  if (found.kernel === null) return refuse('no-kernel', found.why);
  if (initrdPath === null) {
    return refuse('no-initrd', 'A kernel package holds no initrd: it is made where the package is installed.', {
      act: 'give',
      setting: 'initrd',
      note: 'or take both from an nfsroot',
    });
  }
  const data = request.repack ? await repacked(found.kernel.data, signal) : found.kernel.data;
  return { packages, ...(await judge(found, data, initrdPath, request)) };
}

async function judge(
  found: Found,
  kernel: Uint8Array,
  initrdPath: string,
  request: StageRequest,
): Promise<Omit<Staging, 'packages'>> {
  const { release, arch, xen, signal } = request;
  const folder = netbootFolder({ release, arch });
  const facts = await lookIntoKernel(kernel, signal);
  const initrd = await initrdFile(`${folder}initrd.gz`, initrdPath, signal);
  const inside: InitrdFacts = await readInitrd(initrd.open(), signal);
  const version = facts.release;
  const detail = version === null ? kernelSummary(facts) : `${kernelSummary(facts)}, ${version}`;
  return {
    netboot: [
      { ...stagedBytes(`${folder}vmlinuz`, kernel), detail },
      { ...initrd, detail: initrdSummary(inside) },
    ],
    findings: [
      ...kernelFindings(facts, xen, arch),
      ...initrdFindings(inside, version),
      ...lineFindings(inside, undefined),
      ...nfsrootFindings(found.modules, version),
    ],
  };
}

/**
 * The plain kernel in a packed one, packed with gzip: a form the builder has read since Xen 3 (xg_dom_elfloader.c,
 * xc_dom_check_gzip). A kernel that is packed so already stays as it is.
 */
async function repacked(kernel: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const image = readKernelImage(kernel);
  if (image.format !== 'bzImage' || image.compression === 'gzip') return kernel;
  const inside = await insideOf(kernel, signal);
  if (inside !== null) return promisify(gzip)(inside, { level: 9 });
  const program = image.compression === null ? null : unpackerOf(image.compression);
  return refuse(
    'not-unpacked',
    'The kernel could not be unpacked.',
    `Install ${program ?? 'its program'} on this machine.`,
  );
}

/** The nfsroot the guest will mount must have the modules of the kernel it boots. */
function nfsrootFindings(modules: readonly string[] | null, version: string | null): Finding[] {
  if (modules === null || version === null || modules.includes(version)) return [];
  const have = modules.length === 0 ? 'nothing' : modules.join(', ');
  return [
    {
      severity: 'error',
      code: 'nfsroot-modules',
      message: `vmlinuz is ${version}, lib/modules of the nfsroot has ${have}: FAI stops (790).`,
      try: 'Install the package of that kernel in the nfsroot, or build the nfsroot again.',
    },
  ];
}

function refuseWords({ release, arch }: StageRequest): void {
  if (!/^[a-z0-9][A-Za-z0-9.+~_-]*$/.test(release))
    refuse('bad-release', `"${release}" is no release.`, 'Give its code name, such as lenny.');
  if (!/^[a-z0-9][A-Za-z0-9_-]*$/.test(arch))
    refuse('bad-arch', `"${arch}" is no architecture.`, 'Use i386 or amd64.');
}

const note = (message: string): Finding => ({ severity: 'info', code: 'packages-only', message });

function refuse(code: string, message: string, advice?: Advice): never {
  return fail({ code, exit: exit.usage, message, ...(advice === undefined ? {} : { try: [advice] }) });
}
