import { diskDeviceText } from '../hosts/devices.ts';
import type { Finding } from '../problem/finding.ts';
import { counted } from '../text/counted.ts';
import { formatBytes } from '../text/sizes.ts';
import { type Disk, type Plan, type Source, shutsDown } from './plan.ts';
import { type Room, roomFindings } from './room.ts';

/** What plans come to together, for whoever has to agree: the same words on the screen and on the command line. */
export interface Summary {
  /** "12 new VMs, 96 GiB on Local storage of 120 GiB free, …" */
  readonly head: string;
  /** One row a plan that does something. */
  readonly rows: readonly { readonly name: string; readonly text: string }[];
  /** What would go wrong because of all of them together. */
  readonly findings: readonly Finding[];
}

/** `starts`: the VMs are started at once, so that what is erased is erased now. */
export function summaryOf(plans: readonly Plan[], room: Room, starts = false): Summary {
  return {
    head: [count(plans), ...storageParts(room), ...memoryPart(room), ...erasedPart(plans, starts), ...stopPart(plans)]
      .filter((part) => part !== '')
      .join(', '),
    rows: plans.map((plan) => ({ name: plan.target.name, text: rowText(plan) })),
    findings: roomFindings(room),
  };
}

/** A disk as one names it before it is erased or made: disk 0 (8 GiB on Local storage, "root"). */
export const diskText = (disk: Disk): string => `disk ${disk.device} (${diskDeviceText(disk)})`;

/** The disks that a plan will make. */
export const disksMade = ({ target, needs }: Plan): readonly Disk[] =>
  target.kind === 'made' ? (needs?.disks ?? []).map(({ disk }) => disk) : [];

/** A value and where it comes from: lenny (the VM). */
export const sourceText = ({ value, from }: Source): string =>
  `${value} (${typeof from === 'string' ? from : 'given'})`;

function count(plans: readonly Plan[]): string {
  const made = plans.filter(({ target }) => target.kind === 'made').length;
  return made === plans.length && made > 0 ? counted(made, 'new VM') : counted(plans.length, 'VM');
}

const storageParts = ({ storages }: Room): string[] =>
  storages.map(({ name, wanted, free }) => `${formatBytes(wanted)} on ${name} of ${formatBytes(free)} free`);

const memoryPart = ({ memory }: Room): string[] =>
  memory === null || memory.wanted === 0
    ? []
    : [`memory ${formatBytes(memory.wanted)} of ${formatBytes(memory.free)} free`];

function erasedPart(plans: readonly Plan[], starts: boolean): string[] {
  const disks = plans.flatMap(({ erases }) => erases);
  if (disks.length === 0) return [];
  const bytes = disks.reduce((sum, disk) => sum + disk.bytes, 0);
  return [`${counted(disks.length, 'disk')} erased ${starts ? 'now' : 'at the next boot'} (${formatBytes(bytes)})`];
}

function stopPart(plans: readonly Plan[]): string[] {
  const stopped = plans.filter((plan) => plan.operation !== 'stop' && shutsDown(plan)).length;
  return stopped === 0 ? [] : [`${stopped} shut down first`];
}

/** One plan in a row: how it stands, what it loses. */
export function rowText(plan: Plan): string {
  const loses = plan.erases.length === 0 ? [] : [`ERASES ${plan.erases.map(diskText).join(', ')}`];
  const made = plan.target.kind === 'made' && plan.needs !== undefined ? [sizesText(plan)] : [];
  return [...standingParts(plan), ...made, ...loses].join('; ');
}

function standingParts({ standing }: Plan): string[] {
  if (standing === undefined) return [];
  const { condition, reasons } = standing;
  return [
    condition,
    ...(reasons.length === 0 ? [] : [`missing ${reasons.map(({ missing }) => missing).join(', ')}`]),
  ];
}

const sizesText = (plan: Plan): string =>
  [`${formatBytes(plan.needs?.memory ?? 0)} of memory`, ...disksMade(plan).map(diskText)].join(', ');
