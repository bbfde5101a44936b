import { findVm } from '../../../hosts/vm.ts';
import { planTemplateSet } from '../../../operations/template.ts';
import { carryOutTold } from '../../app/told.ts';
import type { Work } from '../../app/world.ts';
import type { ConfigureCommand, ConfigureEvent } from './state.ts';

/** Writes what differs to the template and reads it back; the answers are kept for next time. */
export async function performConfigure(
  { template, settings }: ConfigureCommand,
  { world, signal, dispatch }: Work<ConfigureEvent>,
): Promise<void> {
  const host = world.host();
  const vm = await findVm(host.session, template, 'template');
  const told = await carryOutTold(planTemplateSet(vm, settings), world.context(signal));
  const after = told.after ?? vm;
  dispatch({ type: 'configured', vm: after, told, changed: told.outcome.changed });
  if (told.problem !== null) return;
  const profile = world.settings.profiles().find(({ address }) => address === host.address);
  if (profile !== undefined) {
    const { repository, release, arch, args } = settings;
    await world.settings.save({ ...profile, template: after.record.name_label, repository, release, arch, args });
  }
}
