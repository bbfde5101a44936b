import * as z from 'zod/mini';
import type { Host } from '../hosts/host.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import type { Problem } from '../problem/problem.ts';
import { formatBytes } from '../text/sizes.ts';
import { hostMetrics, type Ref, ref, srRecord } from '../xapi/records.ts';
import { type Plan, shutsDown } from './plan.ts';

/** What plans want of a host, beside what it has. Bytes. */
export interface Room {
  readonly storages: readonly StorageRoom[];
  /** Of all hosts of the pool; null: nobody asked. */
  readonly memory: { readonly wanted: number; readonly free: number } | null;
}

export interface StorageRoom {
  readonly name: string;
  readonly wanted: number;
  readonly free: number;
  /** Its disks take room as they are filled, not when they are made. */
  readonly thin: boolean;
}

export const noRoomAsked: Room = { storages: [], memory: null };

/** VHD files on a file system; LVM gives a disk all of its room at once. */
const thinTypes = ['ext', 'nfs', 'file', 'smb', 'cifs', 'xfs', 'zfs', 'gfs2'];

/**
 * Looks what the host has of what the plans need: one call a storage, and one for memory. A host that does not say it
 * is asked by the work itself.
 */
export const readRoom = ({ session }: Host, plans: readonly Plan[]): Promise<Room> =>
  lookForRoom(session, plans).catch(() => noRoomAsked);

async function lookForRoom(session: Host['session'], plans: readonly Plan[]): Promise<Room> {
  const wanted = new Map<Ref, number>();
  for (const { on, disk } of plans.flatMap(({ needs }) => needs?.disks ?? []))
    wanted.set(on, (wanted.get(on) ?? 0) + disk.bytes);
  const storages = [...wanted].map(async ([sr, bytes]): Promise<StorageRoom> => {
    const record = await session.call('SR.get_record', [sr], srRecord);
    const free = Math.max(0, record.physical_size - record.physical_utilisation);
    return { name: record.name_label, wanted: bytes, free, thin: thinTypes.includes(record.type) };
  });
  return { storages: await Promise.all(storages), memory: await memoryFor(session, plans) };
}

/** Of VMs that run already nothing more is needed. */
async function memoryFor(session: Host['session'], plans: readonly Plan[]): Promise<Room['memory']> {
  const wanted = plans.filter((plan) => !shutsDown(plan)).reduce((sum, { needs }) => sum + (needs?.memory ?? 0), 0);
  if (wanted === 0) return null;
  const metrics = await session.call('host_metrics.get_all_records', [], z.record(ref, hostMetrics));
  const free = Object.values(metrics).reduce((sum, { live, memory_free }) => sum + (live ? memory_free : 0), 0);
  return { wanted, free };
}

/** Exit 8, once for all plans together, when the host would refuse some of them for want of room. Null: it has it. */
export function noRoomProblem(room: Room): Problem | null {
  const finding = roomFindings(room).find(({ severity }) => severity === 'error');
  if (finding === undefined) return null;
  const { code, message, try: advice } = finding;
  return { code, exit: exit.refused, message, ...(advice === undefined ? {} : { try: [advice] }) };
}

/** What will not fit, said once for all plans together. A storage that is too small is an error: the host would refuse. */
export function roomFindings({ storages, memory }: Room): Finding[] {
  return [...storages.flatMap(storageFinding), ...memoryFinding(memory)];
}

function storageFinding({ name, wanted, free, thin }: StorageRoom): Finding[] {
  if (wanted <= free) return [];
  const facts = `${name} has ${formatBytes(free)} free, and these disks take ${formatBytes(wanted)}`;
  return thin
    ? [{ severity: 'warning', code: 'little-space', message: `${facts} once they are full.` }]
    : [{ severity: 'error', code: 'no-space', message: `${facts}.`, try: { act: 'give', setting: 'disk' } }];
}

function memoryFinding(memory: Room['memory']): Finding[] {
  if (memory === null || memory.wanted <= memory.free) return [];
  const { wanted, free } = memory;
  const message = `${formatBytes(free)} of memory are free, and together they take ${formatBytes(wanted)}: not all of them can run at once.`;
  return [{ severity: 'warning', code: 'little-memory', message, try: { act: 'give', setting: 'memory' } }];
}
