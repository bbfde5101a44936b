import { readMark } from '../boot/marks.ts';
import { guestFindings } from '../boot/network-boot.ts';
import { countBootable } from '../hosts/bootable.ts';
import { placedDisks } from '../hosts/devices.ts';
import type { Host } from '../hosts/host.ts';
import { findVm, isTemplate, readVm, snapshotName, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { refs, type VmRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { armingActions } from './arming.ts';
import { missingTexts, oneBootable, severalDisks } from './missing-texts.ts';
import { type Action, type Disk, type Plan, planFor } from './plan.ts';
import { type ArmingSettings, chooseSources, refuseErrors } from './sources.ts';
import { standingOf } from './standing.ts';
import { refuseUnfinished } from './unfinished.ts';
import { refuseWithoutLoader } from './without-loader.ts';

export interface RearmOptions extends ArmingSettings {
  readonly template?: string | undefined;
  /** Shut a running VM down first. */
  readonly force?: boolean | undefined;
  /** Take a snapshot before anything is written, so that the disks can be had back. */
  readonly snapshot?: boolean | undefined;
  /** Where nothing else has a value. */
  readonly defaults?: ArmingSettings;
  /** Read the disks for the preview: two calls a disk more. */
  readonly showDisks?: boolean;
}

/**
 * The installer once more: bootloader and distro as the page says, and what it does not say: round, repository,
 * release, arch, kernel line. `repair` is the same for a VM another tool made, before its first boot. Refuses HVM, hosts
 * without the loader, and running VMs unless forced. A VM that is armed so already: no step.
 */
export async function planArming(
  operation: 'rearm' | 'repair',
  host: Host,
  vm: Vm,
  options: RearmOptions,
): Promise<Plan> {
  const { record } = vm;
  refuseUnfinished(record);
  refuseHvm(record);
  const { rules, able } = await host.facts();
  refuseWithoutLoader(record.name_label, able);
  const running = record.power_state !== 'Halted';
  if (running && !options.force) refuseRunning(record);
  const template = await templateOf(host.session, record, options.template);
  const chosen = chooseSources({
    flags: options,
    vm: record,
    template,
    named: options.template !== undefined,
    profile: options.defaults ?? {},
  });
  const guest = guestFindings(chosen.paths === undefined ? chosen.arch : '', able.networkBoot);
  refuseErrors(record.name_label, guest);
  const arming = armingActions(record, chosen, rules.loader);
  const shutdown: Action[] = running
    ? [{ do: 'shutdown', how: record.power_state === 'Running' ? 'clean-then-hard' : 'hard' }]
    : [];
  const plan = planFor(operation, vm, []);
  const snapshot: Action[] =
    arming.length > 0 && options.snapshot
      ? [{ do: 'snapshot', label: snapshotName(record.name_label, operation, plan.id) }]
      : [];
  const actions = [...shutdown, ...snapshot, ...arming];
  return {
    ...plan,
    actions,
    erases: options.showDisks ? await disksOf(host.session, record) : [],
    standing: standingOf(vm, rules),
    needs: { disks: [], memory: record.memory_static_max },
    netboot: chosen,
    sources: chosen.sources,
    notes: [
      ...(await bootableNote(host, vm)),
      ...[...guest, ...chosen.notes].filter((finding) => finding.severity !== 'info'),
    ],
  };
}

function refuseHvm(record: VmRecord): void {
  if (record.HVM_boot_policy === '') return;
  fail({
    code: 'is-hvm',
    exit: exit.refused,
    message: `${record.name_label} is an HVM machine: eliloader is never asked.`,
    cause: `HVM-boot-policy is "${record.HVM_boot_policy}".`,
    try: ['Boot it over the network (PXE) for an FAI install instead.'],
  });
}

function refuseRunning(record: VmRecord): void {
  fail({
    code: 'is-running',
    exit: exit.refused,
    message: `${record.name_label} is ${record.power_state.toLowerCase()}: armed now, it would be erased at its next reboot.`,
    try: [
      { act: 'stop', vm: record.name_label },
      { act: 'give', setting: 'force', note: 'shuts it down and arms it' },
    ],
  });
}

/** --template, or what the host recorded (base_template_name, 6.1 and later); a name that fits nothing is no source. */
async function templateOf(session: Session, record: VmRecord, named: string | undefined): Promise<VmRecord | null> {
  if (named !== undefined) return (await findVm(session, named, 'template')).record;
  // It comes after the mark: one that says everything leaves no question.
  const { repository, release, arch, args } = readMark(record.other_config, 'armed', record.uuid) ?? {};
  if (repository && release && arch && args) return null;
  const base = record.other_config['base_template_name'];
  if (base === undefined || base === '') return null;
  const found = await session.call('VM.get_by_name_label', [base], refs);
  const templates = (await Promise.all(found.map((ref) => readVm(session, ref)))).filter((one) =>
    isTemplate(one.record),
  );
  return templates.length === 1 ? (templates[0]?.record ?? null) : null;
}

/** Every disk that an install would write to. */
export async function disksOf(session: Session, record: VmRecord): Promise<Disk[]> {
  const disks = await placedDisks(session, record.VBDs);
  return disks.map(({ vdi: _, ...disk }) => disk);
}

/** Several bootable disks, which arming does not mend. Nothing is changed about them: which one is meant, nobody knows. */
async function bootableNote(host: Host, { record, bootableDisks }: Vm): Promise<Finding[]> {
  const count = bootableDisks ?? (await countBootable(host.session, record, (await host.facts()).rules)) ?? 0;
  if (count < 2) return [];
  return [{ severity: 'warning', code: severalDisks, message: missingTexts.disks, try: oneBootable(record) }];
}
