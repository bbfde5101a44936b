import { isUsableRepository } from '../boot/methods/eliloader.ts';
import { isVendorTemplate, type Vm } from './vm.ts';

/** A template as FAI sees it: can it netboot as Debian does, and if not, why not. */
export interface TemplateFacts {
  readonly name: string;
  readonly uuid: string;
  readonly vendor: boolean;
  readonly netboot: boolean;
  /** Null when it can. */
  readonly reason: string | null;
  readonly release: string;
  readonly arch: string;
  readonly repository: string;
  readonly args: string;
  readonly proxy: string;
}

export function templateFacts({ record }: Vm): TemplateFacts {
  const words = record.other_config;
  const reason = whyNot(record.HVM_boot_policy, record.PV_bootloader, words);
  return {
    name: record.name_label,
    uuid: record.uuid,
    vendor: isVendorTemplate(record),
    netboot: reason === null,
    reason,
    release: words['debian-release'] ?? '',
    arch: words['install-arch'] ?? '',
    repository: isUsableRepository(words['install-repository'] ?? '') ? (words['install-repository'] ?? '') : '',
    args: record.PV_args,
    proxy: words['install-proxy'] ?? '',
  };
}

function whyNot(hvmPolicy: string, bootloader: string, words: Readonly<Record<string, string>>): string | null {
  const distro = words['install-distro'];
  if (hvmPolicy !== '') return 'boots as HVM: eliloader is not asked';
  if (bootloader !== 'eliloader') return bootloader === '' ? 'has no bootloader' : `boots with ${bootloader}`;
  if (distro === undefined) return 'has no install-distro (eliloader takes it for Red Hat)';
  if (distro === 'pygrub') {
    // The one the vendor ships so is no Debian's: that of the Xen API SDK.
    if (words['default_template'] === 'true') return 'fetches its files by their paths (install-distro=pygrub)';
    return words['install-kernel'] === undefined ? 'has install-distro=pygrub without install-kernel' : null;
  }
  if (distro !== 'debianlike') return `fetches its files as ${distro} does`;
  return null;
}

/** Those for FAI first, own copies before vendor's, then by name. */
export function sortTemplates(templates: readonly TemplateFacts[]): TemplateFacts[] {
  const rank = (template: TemplateFacts): number => (template.netboot ? 0 : 2) + (template.vendor ? 1 : 0);
  return [...templates].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}
