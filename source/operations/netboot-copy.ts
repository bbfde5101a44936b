import { debianFindings } from '../boot/methods/eliloader.ts';
import { guestFindings } from '../boot/network-boot.ts';
import type { Capabilities } from '../hosts/capabilities.ts';
import { type TemplateBase, templateOn } from '../hosts/template.ts';
import type { Vm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import type { TextField } from './plan.ts';
import { refuseErrors } from './sources.ts';
import { refuseWithoutLoader } from './without-loader.ts';

/** The Debian that a copy is to be for. */
export interface NetbootWish {
  readonly release?: string | undefined;
  readonly arch?: string | undefined;
}

/** What a copy must hold; null: must be absent. */
export interface NetbootSettings {
  readonly fields: Readonly<Partial<Record<TextField, string>>>;
  readonly keys: Readonly<Record<string, string | null>>;
  readonly platform: Readonly<Record<string, string | null>>;
  /** What the operator should know of it. */
  readonly notes: readonly Finding[];
}

/** As the vendor's own Debian templates have it, in every release that has one (create_templates.ml, base-debian-pv). */
const debianArgs = '-- quiet console=hvc0';
const oneDisk = '<provision><disk device="0" size="8589934592" sr="" bootable="true" type="system"/></provision>';

/** What templates of other systems hold for their own installer or kernel. */
const foreignKeys = [
  'install-kernel',
  'install-ramdisk',
  'machine-address-size',
  'rhel5',
  'rhel6',
  'suppress-spurious-page-faults',
] as const;

/**
 * What makes a copy of this template one for the Debian wanted. From a debianlike one that is release and architecture;
 * from any other PV template on eliloader (all of them come from one base, guest-templates-json: base-pvlinux) also
 * what its own system wants; and "Other install media", which is HVM, becomes PV: it is all that 8.1 and 8.2 have
 * where their package of PV templates is not installed. Null: nothing of it is wished. Errors: exit 8 for a host
 * without the loader and a template that nothing can be made of; exit 2 for words that cannot work.
 */
export function netbootSettings(vm: Vm, wish: NetbootWish, able: Capabilities): NetbootSettings | null {
  if (wish.release === undefined && wish.arch === undefined) return null;
  const { record } = vm;
  const { name, base } = templateOn(vm, able);
  refuseWithoutLoader(name, able);
  if (base === null) return refuseBase(name);
  const words = record.other_config;
  const release = wish.release ?? words['debian-release'] ?? '';
  const arch = wish.arch ?? likelyArch(vm, able);
  const notes = [...debianFindings(release, arch, able.loader), ...guestFindings(arch, able.networkBoot)];
  refuseErrors(name, notes);
  const tree = { 'debian-release': release, 'install-arch': arch };
  if (base === 'debianlike') return { fields: {}, keys: tree, platform: {}, notes };
  const gone = Object.fromEntries(foreignKeys.map((key) => [key, null]));
  const keys = { ...tree, 'install-distro': 'debianlike', ...gone };
  if (base === 'pv') return { fields: { PV_args: debianArgs }, keys, platform: {}, notes };
  return {
    fields: { PV_args: debianArgs, PV_bootloader: 'eliloader', domain_type: able.pvDomain ?? 'pv' },
    keys: {
      ...keys,
      linux_template: 'true',
      'install-methods': 'cdrom,nfs,http,ftp',
      disks: words['disks'] ?? oneDisk,
    },
    // Taken out of the vendor's PV templates in January 2020 (guest-templates-json ed19ada).
    platform: { viridian: null },
    notes,
  };
}

/** Of a Debian its own; of another system's what it says, but amd64 where 32 bits do not boot, or may not. */
export function likelyArch(vm: Vm, able: Capabilities): string {
  const { base, arch } = templateOn(vm, able);
  if (base === 'debianlike') return arch || defaults.arch;
  if (guestFindings('i386', able.networkBoot).length > 0 || arch === 'x86_64') return 'amd64';
  return arch || defaults.arch;
}

const refuseBase = (name: string): never =>
  fail({
    code: 'no-base',
    exit: exit.refused,
    message: `"${name}" can be made no template for FAI: eliloader is not asked for such a VM.`,
    try: [{ act: 'list-templates', note: 'shows of which one can be made' }],
  });

/** Why a template is worth a look for FAI, in words. */
export const baseText: Readonly<Record<TemplateBase, string>> = {
  debianlike: 'any release of Debian',
  pv: "any release of Debian, with the other system's settings taken out",
  'install-media': 'any release of Debian, made a PV template',
};
