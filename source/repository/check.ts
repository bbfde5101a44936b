import { initrdFindings, initrdSummary } from '../boot/initrd-verdict.ts';
import { type KernelFacts, kernelFacts, kernelFindings, kernelSummary } from '../boot/kernel-verdict.ts';
import {
  type NetbootSource,
  netbootUrls,
  proxyFindings,
  proxyUrl,
  sourceFindings,
} from '../boot/methods/eliloader.ts';
import { guestFindings, type NetworkBoot, networkBootText, withoutLoader } from '../boot/network-boot.ts';
import type { Loader, XenVersion } from '../boot/releases.ts';
import { readKernelImage } from '../formats/kernel-image.ts';
import { readInitrd } from '../formats/read-initrd.ts';
import { tee } from '../formats/tee.ts';
import { unpackPayload } from '../formats/unpack.ts';
import { limits } from '../limits/limits.ts';
import { errorsOf, type Finding } from '../problem/finding.ts';
import type { Shell } from '../transport/ssh/shell.ts';
import type { Transport } from '../transport/transport.ts';
import { fetchFile } from './download/fetch.ts';
import type { Fetched, FetchProgress } from './download/fetched.ts';
import { downloadDetail, downloadFindings } from './download-verdict.ts';
import { lineFindings } from './initrd-and-line.ts';
import { otherUrlFindings } from './other-urls.ts';

export type FileName = 'vmlinuz' | 'initrd.gz';

export interface CheckedFile {
  readonly name: FileName;
  readonly url: string;
  readonly ok: boolean;
  /** HTTP status and bytes received; null where nothing came, or not by HTTP. */
  readonly status: number | null;
  readonly bytes: number | null;
  readonly detail: string;
  /** Of what came; null where nothing did. */
  readonly sha256: string | null;
}

export interface CheckResult {
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Finding[];
  readonly ok: boolean;
  /** Version of the kernel; null when it is not known. */
  readonly kernel: string | null;
}

export interface CheckOptions {
  readonly transport: Transport;
  readonly source: NetbootSource;
  readonly proxy?: string | undefined;
  /** The kernel line the files are for, where it is known: what it wants of the initrd is then judged, too. */
  readonly args?: string | undefined;
  /** Null: no host is known; the rules are then those of 2010, and others are told where they differ. */
  readonly loader: Loader | null;
  /** What boots there from a repository; null: no host is known. */
  readonly networkBoot: NetworkBoot | null;
  /** Null: no host is known, a compression is then a warning only. */
  readonly xen: XenVersion | null;
  /** VM.platform: it may raise the limits of later loaders. */
  readonly platform?: Readonly<Record<string, string>> | undefined;
  /** Commands in the dom0 where the loader will run; absent or null: nothing leads there. */
  readonly dom0?: Shell | null | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((file: FileName, progress: FetchProgress) => void) | undefined;
}

/** What was found of a source; null: of none. A line that is pasted to put files there says which release they are of. */
export function resultOf(
  source: NetbootSource | null,
  files: readonly CheckedFile[],
  findings: readonly Finding[],
  kernel: string | null = null,
): CheckResult {
  const placed = source === null ? findings : findings.map((finding) => placedAt(finding, source));
  return { files, findings: placed, ok: errorsOf(findings).length === 0, kernel };
}

/** Files that are to be put there belong to this release and architecture. */
function placedAt(finding: Finding, { release, arch }: NetbootSource): Finding {
  const { try: advice } = finding;
  if (typeof advice !== 'object' || !('act' in advice) || advice.act !== 'stage') return finding;
  return { ...finding, try: { ...advice, ...(release === '' ? {} : { release }), arch } };
}

/**
 * Fetches both netboot files as eliloader would and looks inside. Everything that can be known before the one
 * attempt is spent is a finding; this is the view of this machine, not of dom0. Throws for an abort only.
 */
export async function checkNetboot(options: CheckOptions): Promise<CheckResult> {
  const { source } = options;
  const urls = netbootUrls(source, options.loader ?? 2010);
  const viaProxy = /^http:/.test(source.repository) ? (options.proxy ?? '') : '';
  const findings = [
    ...sourceFindings(source, options.loader),
    ...guestFindings(source.paths === undefined ? source.arch : '', options.networkBoot),
    ...proxyFindings(viaProxy, options.loader),
  ];
  const unseen = (name: FileName, url: string): CheckedFile => ({
    ...{ name, url, ok: false, status: null, bytes: null, sha256: null },
    detail: 'not fetched',
  });
  const files = [unseen('vmlinuz', urls.kernel), unseen('initrd.gz', urls.initrd)];
  if (options.networkBoot === 'hvm-only') return resultOf(source, files, [noLoader, ...findings]);
  if (errorsOf(findings).length > 0) return resultOf(source, files, findings);
  if (/^nfs:/.test(source.repository)) {
    return resultOf(source, files, [...findings, ...otherUrlFindings(options, urls), notMounted]);
  }
  const asTaken = { ...options, proxy: viaProxy && proxyUrl(viaProxy) };
  const kernel = await checkKernel(urls.kernel, asTaken);
  const initrd = await checkInitrd(urls.initrd, kernel.facts, asTaken);
  const missing = [kernel, initrd].some(({ fetched }) => fetched.problem?.kind === 'missing');
  const ways = otherUrlFindings(options, urls, missing);
  const age = ageFindings(kernel.fetched, initrd.fetched);
  const all = [...findings, ...kernel.findings, ...initrd.findings, ...age, ...ways];
  return resultOf(source, [kernel.file, initrd.file], all, kernel.facts?.release ?? null);
}

const noLoader: Finding = {
  severity: 'error',
  code: 'no-loader',
  message: networkBootText('hvm-only'),
  try: withoutLoader.join(' '),
};

const notMounted: Finding = {
  severity: 'warning',
  code: 'not-checked',
  message: 'The files were not looked at: dom0 mounts the nfs repository, xenfai does not.',
  try: { act: 'stage', note: 'on the server, looks into the two files before it puts them there' },
};

interface Looked {
  readonly file: CheckedFile;
  readonly fetched: Fetched;
  readonly findings: readonly Finding[];
  readonly facts: KernelFacts | null;
}

async function checkKernel(url: string, options: CheckOptions): Promise<Looked> {
  const { proxy, signal, transport } = options;
  const onProgress = progressOf('vmlinuz', options);
  const fetched = await fetchFile(url, {
    keep: limits.netboot.kernel,
    most: limits.netboot.kernel,
    proxy,
    signal,
    transport,
    onProgress,
  });
  const transfer = downloadFindings('vmlinuz', fetched, options.loader, options.platform);
  if (fetched.problem !== null || errorsOf(transfer).length > 0) return failed('vmlinuz', fetched, transfer);
  const facts = await lookIntoKernel(fetched.body, signal);
  const verdict = kernelFindings(facts, options.xen, options.source.paths === undefined ? options.source.arch : '');
  // A 32-bit kernel where nobody has said i386.
  if (facts.elf?.bits === 32 && (options.source.paths !== undefined || options.source.arch !== 'i386'))
    verdict.push(...guestFindings('i386', options.networkBoot));
  const detail = facts.release === null ? kernelSummary(facts) : `${kernelSummary(facts)}, ${facts.release}`;
  const ok = errorsOf(verdict).length === 0;
  return { file: fileOf('vmlinuz', fetched, ok, detail), fetched, findings: [...transfer, ...verdict], facts };
}

/** All that can be known of a kernel file; what gzip packs is unpacked here, the rest by the system's programs. */
export async function lookIntoKernel(data: Uint8Array, signal: AbortSignal): Promise<KernelFacts> {
  return kernelFacts(data, await insideOf(data, signal));
}

/** The plain kernel inside a packed one; null where pure code reads it, or nobody here can. */
export async function insideOf(data: Uint8Array, signal: AbortSignal): Promise<Uint8Array | null> {
  const image = readKernelImage(data);
  if (image.format !== 'bzImage' || image.compression === null || image.compression === 'gzip') return null;
  return unpackPayload(image.payload, image.compression, signal);
}

async function checkInitrd(url: string, kernel: KernelFacts | null, options: CheckOptions): Promise<Looked> {
  const { proxy, signal, transport } = options;
  const onProgress = progressOf('initrd.gz', options);
  const { sink, result, end } = tee((stream) => readInitrd(stream, signal));
  const fetched = await fetchFile(url, {
    keep: 0,
    most: limits.netboot.initrd,
    proxy,
    signal,
    transport,
    onProgress,
    sink,
  }).finally(end);
  const facts = await result;
  const transfer = downloadFindings('initrd.gz', fetched, options.loader, options.platform);
  if (fetched.problem !== null || errorsOf(transfer).length > 0) return failed('initrd.gz', fetched, transfer);
  const verdict = [...initrdFindings(facts, kernel?.release ?? null), ...lineFindings(facts, options.args)];
  const ok = errorsOf(verdict).length === 0;
  const file = fileOf('initrd.gz', fetched, ok, initrdSummary(facts));
  return { file, fetched, findings: [...transfer, ...verdict], facts: null };
}

function progressOf(name: FileName, { onProgress }: CheckOptions) {
  return onProgress === undefined ? undefined : (progress: FetchProgress) => onProgress(name, progress);
}

function failed(name: FileName, fetched: Fetched, findings: readonly Finding[]): Looked {
  return { file: fileOf(name, fetched, false, downloadDetail(fetched)), fetched, findings, facts: null };
}

function fileOf(name: FileName, fetched: Fetched, ok: boolean, detail: string): CheckedFile {
  const nothingCame = fetched.status === null && fetched.problem !== null && fetched.bytes === 0;
  const bytes = nothingCame ? null : fetched.bytes;
  return { name, url: fetched.url, ok, status: fetched.status, bytes, detail, sha256: fetched.sha256 };
}

const day = 24 * 3600 * 1000;

/** A kernel that was put there long after its initrd came from another build, as a rule. */
function ageFindings(kernel: Fetched, initrd: Fetched): Finding[] {
  if (kernel.modified === null || initrd.modified === null) return [];
  if (kernel.modified.getTime() - initrd.modified.getTime() < day) return [];
  const message = `initrd.gz is of ${dayOf(initrd.modified)}, vmlinuz of ${dayOf(kernel.modified)}: was one of them forgotten?`;
  return [{ severity: 'info', code: 'initrd-older', message }];
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
