import { markKeys } from '../boot/marks.ts';
import type { Host } from '../hosts/host.ts';
import { everyVm, isUnfinished, runOfSnapshot, type Vm } from '../hosts/vm.ts';
import { type ShellLine, xe } from '../text/shell.ts';
import { deadClaims } from './claim.ts';

/** What a run that was killed has left on a host, with the line that removes it. */
export interface Orphan {
  readonly kind: 'VM' | 'template' | 'snapshot' | 'claim';
  readonly name: string;
  /** Empty for a claim. */
  readonly uuid: string;
  readonly remove: ShellLine;
  /** Null for a snapshot or a claim. */
  readonly vm: Vm | null;
}

/**
 * Everything half-made: VMs and templates whose name still carries a run, snapshots whose run has come no further, and
 * claims that nobody will give back. One that somebody is making at this moment is listed, too: only the operator knows.
 */
export async function findOrphans(host: Host): Promise<Orphan[]> {
  const { poolRef, poolUuid: pool } = await host.facts();
  const all = await everyVm(host.session);
  const vms = all.filter(({ record }) => isUnfinished(record) && !record.is_a_snapshot);
  const claims = await deadClaims(host.session, poolRef, await host.now());
  return [
    ...vms.map(orphanOf),
    ...snapshotsOf(all),
    ...claims.map(({ key, name }): Orphan => {
      const remove = xe('pool-param-remove', { uuid: pool, 'param-name': 'other-config', 'param-key': key });
      return { kind: 'claim', name, uuid: '', remove, vm: null };
    }),
  ];
}

function orphanOf(vm: Vm): Orphan {
  const { record } = vm;
  const template = record.is_a_template;
  const remove = template
    ? xe('template-uninstall', { 'template-uuid': record.uuid, force: 'true' })
    : xe('vm-uninstall', { uuid: record.uuid, force: 'true' });
  return { kind: template ? 'template' : 'VM', name: record.name_label, uuid: record.uuid, remove, vm };
}

/**
 * Snapshots after which nothing was armed. A snapshot has a copy of its VM's marks: as long as the VM still has the same
 * one, the run was killed in between. Afterwards a snapshot may be what somebody wants to go back to.
 */
function snapshotsOf(all: readonly Vm[]): Orphan[] {
  const byRef = new Map(all.map((vm) => [vm.ref, vm]));
  return all.flatMap(({ record }): Orphan[] => {
    const { name_label: name, uuid, other_config: then } = record;
    const now = byRef.get(record.snapshot_of)?.record.other_config;
    if (!record.is_a_snapshot || runOfSnapshot(record) === null || now === undefined) return [];
    if (now[markKeys.armed] !== then[markKeys.armed]) return [];
    const remove = xe('snapshot-uninstall', { 'snapshot-uuid': uuid, force: 'true' });
    return [{ kind: 'snapshot', name, uuid, remove, vm: null }];
  });
}
