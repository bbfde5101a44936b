import { isUsableRepository } from '../boot/methods/eliloader.ts';
import type { VmRecord } from '../xapi/records.ts';
import type { Capabilities } from './capabilities.ts';
import { isVendorTemplate, type Vm } from './vm.ts';

/** Of what a template for some Debian can be made: one for another Debian, any other on eliloader, or the neutral HVM one. */
export type TemplateBase = 'debianlike' | 'pv' | 'install-media';

/** A template as FAI sees it: can it netboot as Debian does, and if not, why not. */
export interface TemplateFacts {
  readonly name: string;
  readonly uuid: string;
  readonly vendor: boolean;
  readonly netboot: boolean;
  /** Null when it can. */
  readonly reason: string | null;
  /** Null: none can be made of it. Whether this host can: `serves`. */
  readonly base: TemplateBase | null;
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
    base: baseOf(record),
    release: words['debian-release'] ?? '',
    arch: words['install-arch'] ?? '',
    repository: isUsableRepository(words['install-repository'] ?? '') ? (words['install-repository'] ?? '') : '',
    args: record.PV_args,
    proxy: words['install-proxy'] ?? '',
  };
}

/** An HVM one that is for no system has nothing to lose by becoming PV. */
function baseOf(record: VmRecord): TemplateBase | null {
  if (record.HVM_boot_policy !== '') {
    const isNeutral = record.reference_label === 'other-install-media' || record.name_label === 'Other install media';
    return isNeutral && record.VBDs.length === 0 ? 'install-media' : null;
  }
  if (record.PV_bootloader !== 'eliloader') return null;
  return record.other_config['install-distro'] === 'debianlike' ? 'debianlike' : 'pv';
}

/** Whether this host could boot what is made of it. An HVM one becomes PV by its domain_type, which came with 7.5. */
export const serves = (base: TemplateBase | null, { networkBoot, pvDomain }: Capabilities): boolean =>
  base !== null && networkBoot !== 'hvm-only' && (base !== 'install-media' || pvDomain !== null);

/** A template as this host can use it. */
export function templateOn(vm: Vm, able: Capabilities): TemplateFacts {
  const facts = templateFacts(vm);
  return serves(facts.base, able) ? facts : { ...facts, base: null };
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

/** Those for FAI first, own copies before vendor's, then by name. Where there are none, those that one can be made of come first. */
export function sortTemplates(templates: readonly TemplateFacts[]): TemplateFacts[] {
  const isWanted = ({ netboot, base }: TemplateFacts): boolean => netboot || (none && base !== null);
  const none = !templates.some(({ netboot }) => netboot);
  const rank = (template: TemplateFacts): number => (isWanted(template) ? 0 : 2) + (template.vendor ? 1 : 0);
  return [...templates].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}
