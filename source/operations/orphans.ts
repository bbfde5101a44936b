import type { Host } from '../hosts/host.ts';
import { everyVm, isUnfinished, type Vm } from '../hosts/vm.ts';
import { type ShellLine, xe } from '../text/shell.ts';
import { deadClaims } from './claim.ts';

/** What a run that was killed has left on a host, with the line that removes it. */
export interface Orphan {
  readonly kind: 'VM' | 'template' | 'claim';
  readonly name: string;
  /** Of a VM or template; empty for a claim. */
  readonly uuid: string;
  readonly remove: ShellLine;
  /** Null for a claim. */
  readonly vm: Vm | null;
}

/**
 * Everything half-made: VMs and templates whose name still carries a run, and claims that nobody will give back. One
 * that somebody is making at this moment is listed, too: only the operator knows.
 */
export async function findOrphans(host: Host): Promise<Orphan[]> {
  const { poolRef, poolUuid: pool } = await host.facts();
  const vms = (await everyVm(host.session)).filter(({ record }) => isUnfinished(record) && !record.is_a_snapshot);
  const claims = await deadClaims(host.session, poolRef, await host.now());
  return [
    ...vms.map(orphanOf),
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
