import { findVm, readVm } from '../../../hosts/vm.ts';
import { outcomeProblem } from '../../../operations/outcome.ts';
import { execute, throwProblem } from '../../../operations/run.ts';
import { planTemplateSet } from '../../../operations/template.ts';
import type { Work } from '../../app/world.ts';
import type { ConfigureCommand, ConfigureEvent } from './state.ts';

/** Writes what differs to the template and reads it back; the answers are kept for next time. */
export async function performConfigure(
  { template, settings }: ConfigureCommand,
  { world, signal, dispatch }: Work<ConfigureEvent>,
): Promise<void> {
  const host = world.host();
  const vm = await findVm(host.session, template, 'template');
  const outcome = await execute(planTemplateSet(vm, settings), world.context(signal));
  throwProblem(outcomeProblem(outcome));
  const after = await readVm(host.session, vm.ref);
  const profile = world.settings.profiles().find(({ address }) => address === host.address);
  if (profile !== undefined) {
    const { repository, release, arch, args } = settings;
    world.settings.save({ ...profile, template: after.record.name_label, repository, release, arch, args });
  }
  dispatch({ type: 'configured', vm: after, changed: outcome.changed });
}
