import { type NetbootSource, netbootUrls, sourceFindings } from '../netboot/eliloader.ts';
import { initrdFindings, initrdFormat } from '../netboot/initrd.ts';
import { readKernelImage } from '../netboot/kernel.ts';
import type { LoaderGeneration, XenVersion } from '../netboot/releases.ts';
import { kernelFacts, kernelFindings, kernelRelease, kernelSummary } from '../netboot/verdict.ts';
import { errorsOf, type Finding } from '../text/finding.ts';
import { formatBytes } from '../text/sizes.ts';
import { type Fetched, type FetchProgress, fetchFile } from './fetch.ts';
import { unpackPayload } from './unpack.ts';

export type FileName = 'vmlinuz' | 'initrd.gz';

export interface CheckedFile {
  readonly name: FileName;
  readonly url: string;
  readonly ok: boolean;
  /** HTTP status and bytes received; null where nothing came. */
  readonly status: number | null;
  readonly bytes: number | null;
  readonly detail: string;
}

export interface CheckResult {
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

export interface CheckOptions {
  readonly source: NetbootSource;
  readonly proxy?: string | undefined;
  readonly loader: LoaderGeneration;
  /** Null: no host is known, a compression is then a warning only. */
  readonly xen: XenVersion | null;
  readonly signal: AbortSignal;
  readonly onProgress?: ((file: FileName, progress: FetchProgress) => void) | undefined;
}

const mostKernel = 64 * 1024 * 1024;
const mostInitrd = 512 * 1024 * 1024;
const initrdHead = 64 * 1024;

/**
 * Fetches both netboot files as eliloader would and looks inside. Everything that can be known before the one
 * attempt is spent is a finding; this is the view of this machine, not of dom0. Throws for an abort only.
 */
export async function checkRepository(options: CheckOptions): Promise<CheckResult> {
  const { source, loader } = options;
  const findings: Finding[] = sourceFindings(source);
  const urls = netbootUrls(source, loader);
  const files: CheckedFile[] = [];
  if (errorsOf(findings).length === 0) {
    if (!source.repository.startsWith('http://')) {
      findings.push({
        severity: 'warning',
        code: 'not-checked',
        message: `The files were not looked at: xenfai fetches over http only, eliloader will use ${source.repository.split(':')[0]}.`,
        try: 'Look at the two files yourself before the boot.',
      });
    } else {
      files.push(await checkKernel(urls.kernel, options, findings));
      files.push(await checkInitrd(urls.initrd, options, findings));
    }
  } else {
    const unseen = { ok: false, status: null, bytes: null, detail: 'not fetched' };
    files.push({ name: 'vmlinuz', url: urls.kernel, ...unseen }, { name: 'initrd.gz', url: urls.initrd, ...unseen });
  }
  return { files, findings, ok: errorsOf(findings).length === 0 };
}

async function checkKernel(url: string, options: CheckOptions, findings: Finding[]): Promise<CheckedFile> {
  const fetched = await fetchOne('vmlinuz', url, { keep: mostKernel, most: mostKernel }, options);
  const transport = transportFindings('vmlinuz', fetched, options.loader);
  findings.push(...transport);
  if (errorsOf(transport).length > 0) return file('vmlinuz', fetched, false, transportDetail(fetched));
  const image = readKernelImage(fetched.body);
  const packed = image.format === 'bzImage' && image.compression !== 'gzip' ? image : null;
  const unpacked =
    packed?.compression == null ? null : await unpackPayload(packed.payload, packed.compression, options.signal);
  const facts = kernelFacts(fetched.body, unpacked);
  const verdict = kernelFindings(facts, options.xen, options.source.arch);
  findings.push(...verdict, ...oldXenKernel(kernelRelease(facts)));
  const version = kernelRelease(facts);
  const detail = version === null ? kernelSummary(facts) : `${kernelSummary(facts)}, ${version}`;
  return file('vmlinuz', fetched, errorsOf(verdict).length === 0, detail);
}

/** The page: Debian's own -xen kernels of that age are not stable as DomU. */
function oldXenKernel(version: string | null): Finding[] {
  if (version === null || !/^2\.6\.\d+-\d+-xen-/.test(version)) return [];
  return [
    {
      severity: 'warning',
      code: 'kernel-debian-xen',
      message: `${version} is Debian's own Xen kernel: it does not run stable as a guest of XenServer.`,
      try: 'Use the kernel of linux-image-2.6-xen from the tools ISO.',
    },
  ];
}

async function checkInitrd(url: string, options: CheckOptions, findings: Finding[]): Promise<CheckedFile> {
  const fetched = await fetchOne('initrd.gz', url, { keep: initrdHead, most: mostInitrd }, options);
  const transport = transportFindings('initrd.gz', fetched, options.loader);
  findings.push(...transport);
  if (errorsOf(transport).length > 0) return file('initrd.gz', fetched, false, transportDetail(fetched));
  const verdict = initrdFindings(fetched.body);
  findings.push(...verdict);
  return file('initrd.gz', fetched, errorsOf(verdict).length === 0, initrdFormat(fetched.body) ?? 'not an initrd');
}

function fetchOne(name: FileName, url: string, sizes: { keep: number; most: number }, options: CheckOptions) {
  const { proxy, signal, onProgress } = options;
  return fetchFile(url, {
    ...sizes,
    proxy,
    signal,
    onProgress: onProgress === undefined ? undefined : (progress) => onProgress(name, progress),
  });
}

function file(name: FileName, fetched: Fetched, ok: boolean, detail: string): CheckedFile {
  const bytes = fetched.status === null ? null : fetched.bytes;
  return { name, url: fetched.url, ok, status: fetched.status, bytes, detail };
}

function transportDetail(fetched: Fetched): string {
  if (fetched.status === 404) return 'there is no such file';
  if (fetched.status !== null && fetched.status !== 200) return `the server answered ${fetched.status}`;
  return fetched.problem ?? (fetched.bytes === 0 ? 'empty' : 'cut off');
}

function transportFindings(name: FileName, fetched: Fetched, loader: LoaderGeneration): Finding[] {
  const error = (code: string, message: string, advice: string): Finding[] => [
    { severity: 'error', code, message: `${name}: ${message}`, try: advice },
  ];
  const { status, declared, bytes, problem, url } = fetched;
  if (status === 404) {
    return error(
      'not-found',
      `the server has no such file (404): ${url}`,
      'Put the file there, or correct repository, release or architecture.',
    );
  }
  if (status !== null && status !== 200) {
    return error('http-error', `the server answered ${status}.`, 'Look into the log of the web server.');
  }
  if (declared !== null && bytes < declared) {
    const burns = loader < 2012 ? ' This loader does not compare lengths: it would use the stump.' : '';
    return error(
      'cut-off',
      `${bytes} of ${declared} bytes came.${burns}`,
      'Check the server and its disk, then try again.',
    );
  }
  if (problem !== null)
    return error('unreachable', `${problem}.`, 'Check the address; try it with curl from dom0, too.');
  if (bytes === 0) return error('empty', 'the file is empty.', 'Copy it there again.');
  const limit = name === 'vmlinuz' ? 32 : 128;
  if (loader >= 2014 && bytes > limit * 1024 * 1024) {
    return error(
      'too-large',
      `${formatBytes(bytes)}: the loader of this release takes at most ${limit} MiB.`,
      `Raise platform:${name === 'vmlinuz' ? 'pv-kernel-max-size' : 'pv-ramdisk-max-size'} on the VM.`,
    );
  }
  return [];
}
