import type { BootRules } from '../boot/releases.ts';
import { isNull, type VmRecord, vbdRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import type { Vm } from './vm.ts';

/**
 * The same VM with its bootable disks counted, where that keeps it from its installer: up to 6.0 several of them stop
 * every bootloader. One call a drive, for VMs on eliloader with more than one drive; the others are handed back as they
 * are.
 */
export async function withBootable(session: Session, vm: Vm, rules: BootRules): Promise<Vm> {
  const { PV_bootloader, other_config, is_a_template } = vm.record;
  if (is_a_template || (PV_bootloader !== 'eliloader' && other_config['install-distro'] === undefined)) return vm;
  const bootableDisks = await countBootable(session, vm.record, rules);
  return bootableDisks === null ? vm : { ...vm, bootableDisks };
}

/** Bootable drives that are not empty, CDs included (helpers.ml, boot_method_of_vm); null where they are of no account. */
export async function countBootable(
  session: Session,
  { VBDs }: VmRecord,
  { severalDisks }: BootRules,
): Promise<number | null> {
  if (severalDisks !== 'refused' || VBDs.length < 2) return null;
  const drives = await Promise.all(VBDs.map((vbd) => session.call('VBD.get_record', [vbd], vbdRecord)));
  return drives.filter(({ bootable, VDI }) => bootable && !isNull(VDI)).length;
}
