import { deviceName } from './attach.ts';
import { genericBios } from './boot.ts';
import { bootRecord } from './boot-record.ts';
import { fieldsOf, refsOf, text } from './calls/context.ts';
import { createDisk } from './calls/disks.ts';
import { generateMac } from './calls/mac.ts';
import { memoryOverhead } from './calls/vm-limits.ts';
import { updateAllowedOperations } from './calls/vm-operations.ts';
import { hostTime } from './clock.ts';
import { platformOf, recommendationsOf } from './releases/templates.ts';
import type { Fields, Value } from './types.ts';
import type { EmptyWorld, World } from './world.ts';

const gib = 1024 ** 3;
export const diskSize = 8 * gib;
const yesterday = 12.7 * 3600 * 1000;

/** What a population of VMs hangs on. */
export interface Site {
  readonly host: string;
  readonly localStorage: string;
  readonly network: string;
}

/** The states of the VMs that `--vms N` makes, round and round. */
const mix = ['armed', 'installed', 'fired', 'half-armed', 'windows', 'unprepared'] as const;
type Kind = (typeof mix)[number];

interface Wanted {
  readonly name: string;
  readonly kind: Kind;
  readonly repository: string;
  readonly allowed: Value;
  /** Kernel line; else one that FAI takes. */
  readonly args?: string;
}

/** N machines somebody made before: some armed, some installed, some half-done, some of other trades. */
export function populateVms(world: World, site: Site, count: number, repository: string): void {
  let allowed: Value = [];
  for (let i = 0; i < count; i += 1) {
    const kind = mix[i % mix.length] ?? 'armed';
    const name = `${kind === 'windows' ? 'win' : 'vm'}${String(i + 1).padStart(String(count).length, '0')}`;
    const vm = makeVm(world, site, { name, kind, repository, allowed });
    // What is halted and no template is allowed the same: worked out once, not for each of thousands.
    if (i === 0) updateAllowedOperations(world, vm);
    allowed = world.database.get('VM', vm)['allowed_operations'] ?? [];
  }
}

/** A kernel line of FAI 3.4 on this world's server, with these flags. */
export const faiLine = (flags: string): string =>
  `quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live ip=dhcp FAI_FLAGS=${flags} FAI_ACTION=install`;

/** One of FAI 6, with dracut's words, and the config space that it does not know otherwise. */
export const faiSixLine = (flags: string): string =>
  `quiet console=hvc0 root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp FAI_CONFIG_SRC=nfs://10.1.1.6/srv/fai/config FAI_FLAGS=${flags} FAI_ACTION=install`;

const usualLine = faiLine('verbose,sshd,reboot');

/** One machine as somebody made it; halted. */
export function makeVm(
  world: World,
  site: Site,
  { name, kind, repository, allowed, args = usualLine }: Wanted,
): string {
  const { database } = world;
  const eliloader = kind === 'armed' || kind === 'half-armed' || kind === 'unprepared';
  const hvm = kind === 'windows';
  const words: Fields = {
    mac_seed: world.random.uuid(),
    linux_template: 'true',
    'install-methods': 'cdrom,http,ftp',
    'install-arch': 'i386',
    'debian-release': 'lenny',
    ...(kind === 'unprepared' ? {} : { 'install-repository': repository }),
    ...(eliloader && kind !== 'half-armed' ? { 'install-distro': 'debianlike' } : {}),
  };
  const vm = database.create(
    'VM',
    withDerived(world, {
      name_label: name,
      power_state: 'Halted',
      allowed_operations: allowed,
      PV_bootloader: hvm ? '' : eliloader ? 'eliloader' : 'pygrub',
      PV_args: hvm ? '' : kind === 'unprepared' ? '' : args,
      HVM_boot_policy: hvm ? 'BIOS order' : '',
      HVM_boot_params: hvm ? { order: 'dc' } : {},
      platform: platformOf(true, world.profile.has),
      other_config: hvm ? { mac_seed: world.random.uuid() } : words,
      memory_target: gib / 4,
      memory_static_min: gib / 8,
      memory_static_max: gib / 4,
      memory_dynamic_min: gib / 4,
      memory_dynamic_max: gib / 4,
      VCPUs_max: 1,
      VCPUs_at_startup: 1,
      actions_after_shutdown: 'destroy',
      actions_after_reboot: 'restart',
      actions_after_crash: 'restart',
      domid: -1,
      recommendations: recommendationsOf(world.profile),
      metrics: newMetrics(world, 1),
      HVM_shadow_multiplier: 1,
    }),
  );
  addDevices(world, site, vm, kind === 'installed');
  if (kind === 'installed' || kind === 'fired' || kind === 'windows') hasRun(world, vm, kind);
  if (kind === 'installed') {
    const uuid = String(database.get('VM', vm)['uuid']);
    const mark = {
      vm: uuid,
      run: world.random.uuid().slice(0, 8),
      at: new Date(world.clock.now().getTime() - yesterday).toISOString(),
      by: 'root@jump',
    };
    database.setKey('VM', vm, 'other_config', 'xenfai:installed', JSON.stringify(mark));
  }
  return vm;
}

/**
 * What is left of a run in a halted VM: its last boot, which was the installer's own where it was fired, and the one
 * after it where it is installed.
 */
function hasRun(world: World, vm: string, kind: 'installed' | 'fired' | 'windows'): void {
  const { database } = world;
  const record = database.get('VM', vm);
  const hvm = kind === 'windows';
  const before = (): Fields => {
    if (kind === 'windows') return {};
    if (kind === 'installed') {
      return { power_state: 'Running', domid: world.nextDomid(), resident_on: world.host, domarch: 'x32' };
    }
    const words = { ...fieldsOf(record['other_config']), 'install-distro': 'debianlike' };
    return { PV_bootloader: 'eliloader', other_config: words };
  };
  const { has } = world.profile;
  if (!has('inverness'))
    database.set('VM', vm, 'last_booted_record', bootRecord(database.model, { ...record, ...before() }));
  database.set('VM', vm, 'bios_strings', genericBios);
  if (!has('tampa')) database.set('VM', vm, 'domarch', hvm ? 'hvm' : 'x32');
  for (const vbd of refsOf(record['VBDs'])) {
    database.set('VBD', vbd, 'device', deviceName(text(database.get('VBD', vbd)['userdevice']), hvm));
  }
  const started = new Date(world.clock.now().getTime() - yesterday);
  database.set('VM_metrics', text(record['metrics']), 'start_time', hostTime(started));
}

/** What follows from the rest of a VM's record: memory beside its own, from 7.5 on also the kind of its domain. */
export const withDerived = (world: EmptyWorld, fields: Fields): Fields => ({
  ...fields,
  memory_overhead: memoryOverhead(world, fields),
  domain_type: fields['domain_type'] ?? (fields['HVM_boot_policy'] === '' ? 'pv' : 'hvm'),
});

export function newMetrics(world: EmptyWorld, cpus: number): string {
  return world.database.create('VM_metrics', {
    VCPUs_utilisation: Object.fromEntries(Array.from({ length: cpus }, (_, i) => [String(i), 0])),
  });
}

function addDevices(world: World, site: Site, vm: string, installed: boolean): void {
  const { database } = world;
  const vdi = createDisk(world, { SR: site.localStorage, virtual_size: diskSize, type: 'system', name_label: '0' });
  if (installed) world.disks.set(vdi, { system: 'Debian 5.0 (lenny)' });
  database.create('VBD', {
    VM: vm,
    VDI: vdi,
    userdevice: '0',
    bootable: true,
    mode: 'RW',
    type: 'Disk',
    other_config: { owner: '' },
  });
  database.create('VIF', { VM: vm, network: site.network, device: '0', MTU: 1500, MAC: generateMac(world, vm, '0') });
}
