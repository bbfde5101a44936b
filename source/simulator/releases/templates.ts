import shipped56 from '../datamodel-5.6/templates.json' with { type: 'json' };
import type { Fields } from '../types.ts';
import { type Profile, releases } from './profile.ts';
import { type TemplateKind, type TemplateRow, templateRows } from './template-list.ts';

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** A template as a release ships it: the fields of its record that say something. */
export interface Shipped {
  readonly name: string;
  readonly fields: Fields;
}

/** The templates of a release. Those of 5.6.0 are all 65, in the order create_templates.ml makes them. */
export function templatesOf(profile: Profile): readonly Shipped[] {
  if (profile.release === '5.6.0') return shipped56.map(shippedIn56);
  return rowsOf(profile).map((row) => ({ name: row.name, fields: recordOf(row, profile) }));
}

/** The suites that a repository beside such a host has: those of its templates, and Lenny. */
export function suitesOf(profile: Profile): readonly string[] {
  if (profile.release === '5.6.0') return ['lenny'];
  const suites = rowsOf(profile).flatMap(({ what }) => (what.kind === 'debianlike' ? [what.suite] : []));
  return [...new Set(['lenny', ...(suites.length > 0 ? suites : ['squeeze', 'wheezy'])])];
}

function rowsOf({ release }: Profile): readonly TemplateRow[] {
  const at = releases.indexOf(release);
  return templateRows.filter(({ from, to }) => releases.indexOf(from) <= at && at <= releases.indexOf(to));
}

type In56 = (typeof shipped56)[number];

function shippedIn56(template: In56): Shipped {
  return {
    name: template.name,
    fields: {
      name_label: template.name,
      name_description: template.description,
      user_version: template.userVersion,
      PV_bootloader: template.pv.bootloader,
      PV_args: template.pv.args,
      PV_kernel: template.pv.kernel,
      PV_ramdisk: template.pv.ramdisk,
      PV_bootloader_args: template.pv.bootloader_args,
      PV_legacy_args: template.pv.legacy_args,
      HVM_boot_policy: template.hvm.boot_policy,
      HVM_boot_params: template.hvm.boot_params as Fields,
      HVM_shadow_multiplier: template.hvm.shadow_multiplier,
      platform: template.platform as Fields,
      other_config: template.otherConfig as Fields,
      memory_overhead: template.memory.overhead,
      memory_target: template.memory.target,
      memory_static_max: template.memory.static_max,
      memory_static_min: template.memory.static_min,
      memory_dynamic_max: template.memory.dynamic_max,
      memory_dynamic_min: template.memory.dynamic_min,
      VCPUs_max: template.vcpus.max,
      VCPUs_at_startup: template.vcpus.at_startup,
      recommendations: template.recommendations,
      actions_after_shutdown: template.afterShutdown,
      actions_after_reboot: template.afterReboot,
      actions_after_crash: template.afterCrash,
    },
  };
}

function recordOf({ name, what, label }: TemplateRow, profile: Profile): Fields {
  const { has } = profile;
  const pv = what.kind !== 'hvm' && what.kind !== 'uefi';
  const memory = (what.kind === 'debianlike' ? 128 : what.memory) * mib;
  return {
    name_label: name,
    name_description: description(what, name),
    user_version: 1,
    ...bootFields(what, has('naples')),
    platform: platformOf(pv, has),
    other_config: { default_template: 'true', ...words(what) },
    memory_overhead: pv ? mib : 5 * mib,
    memory_target: 2 * memory,
    memory_static_max: 2 * memory,
    memory_static_min: memory,
    memory_dynamic_max: 2 * memory,
    memory_dynamic_min: 2 * memory,
    VCPUs_max: 1,
    VCPUs_at_startup: 1,
    recommendations: recommendationsOf(profile),
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'restart',
    actions_after_crash: 'restart',
    is_default_template: true,
    reference_label: label,
    // The base of all PV templates: plain again in November 2019, and not in March 2020 (guest-templates-json d254e55).
    domain_type: pv ? (has('stockholm') ? 'pv_in_pvh' : 'pv') : 'hvm',
  };
}

function bootFields(what: TemplateKind, named: boolean): Fields {
  switch (what.kind) {
    case 'debianlike': {
      const more = what.suite === 'precise' && what.arch === 'i386' ? preciseKernel : '';
      return { PV_bootloader: 'eliloader', PV_args: `-- quiet console=hvc0${more}`, HVM_boot_policy: '' };
    }
    case 'rhlike':
      return { PV_bootloader: 'eliloader', PV_args: 'graphical utf8', HVM_boot_policy: '' };
    case 'sleslike':
      return { PV_bootloader: 'eliloader', PV_args: 'console=ttyS0 xencons=ttyS', HVM_boot_policy: '' };
    default: {
      const firmware = named ? { firmware: what.kind === 'uefi' ? 'uefi' : 'bios' } : {};
      const order = what.linux ? 'cdn' : 'dc';
      return { HVM_boot_policy: 'BIOS order', HVM_boot_params: { order, ...firmware } };
    }
  }
}

const preciseKernel = ' d-i:base-installer/kernel/image=linux-generic-pae';

function words(what: TemplateKind): Fields {
  const hvm = what.kind === 'hvm' || what.kind === 'uefi';
  const size = hvm ? what.disk : 8;
  const disks = size === undefined ? {} : { disks: oneDisk(size, !hvm || what.linux === true) };
  switch (what.kind) {
    case 'debianlike':
      return {
        linux_template: 'true',
        'install-methods': what.cd === false ? 'http,ftp' : 'cdrom,http,ftp',
        'install-arch': what.arch,
        'debian-release': what.suite,
        ...disks,
        'install-distro': 'debianlike',
      };
    case 'rhlike':
    case 'sleslike':
      return {
        linux_template: 'true',
        'install-methods': 'cdrom,nfs,http,ftp',
        ...(what.kind === 'sleslike' && what.arch !== undefined ? { 'install-arch': what.arch } : {}),
        ...disks,
        'install-distro': what.kind,
      };
    default:
      return what.linux
        ? { linux_template: 'true', 'install-methods': 'cdrom,nfs,http,ftp', ...disks }
        : { 'install-methods': 'cdrom', ...disks };
  }
}

const oneDisk = (size: number, bootable: boolean): string =>
  `<provision><disk bootable="${bootable}" device="0" size="${size * gib}" sr="" type="system"/></provision>`;

/** Platform flags up to 6.0, and those since. */
export function platformOf(pv: boolean, has: Profile['has']): Fields {
  if (!has('tampa')) return { nx: pv ? 'false' : 'true', acpi: 'true', apic: 'true', pae: 'true', viridian: 'true' };
  const viridian: Fields = pv && has('quebec') ? {} : { viridian: 'true' };
  return { nx: 'true', acpi: '1', apic: 'true', pae: 'true', ...(has('ely') ? { hpet: 'true' } : {}), ...viridian };
}

/** What XenCenter lets people ask for at most. */
export function recommendationsOf({ has }: Profile): string {
  const [memory, vcpus, vbds] = has('ely')
    ? [128, 32, 255]
    : has('tampa')
      ? [128, 16, 7]
      : [32, has('boston') ? 16 : 8, 7];
  const field = (name: string, most: number): string => `<restriction field="${name}" max="${most}" />`;
  const property = (name: string, most: number): string => `<restriction property="${name}" max="${most}" />`;
  const all = [
    field('memory-static-max', Number(memory) * gib),
    field('vcpus-max', Number(vcpus)),
    property('number-of-vbds', Number(vbds)),
    property('number-of-vifs', 7),
  ];
  return `<restrictions>${all.join('')}</restrictions>`;
}

function description(what: TemplateKind, name: string): string {
  const family = { debianlike: 'Debian', rhlike: 'EL', sleslike: 'SLES', hvm: null, uefi: null }[what.kind];
  if (family !== null) {
    const nfs = what.kind === 'debianlike' ? '' : ' or nfs:server:/<path>';
    return `Template that allows VM installation from Xen-aware ${family}-based distros. To use this template from the CLI, install your VM using vm-install, then set other-config-install-repository to the path to your network repository, e.g. http://<server>/<path>${nfs}`;
  }
  if (name === 'Other install media') return 'Template which allows VM installation from install media';
  return `Clones of this template will automatically provision their storage when first booted and then reconfigure themselves with the optimal settings for ${name}.`;
}
