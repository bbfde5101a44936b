import { parameterLines } from '../../../hosts/param-list.ts';
import { allTemplates, findVm, type Vm } from '../../../hosts/vm.ts';
import { copiedAlready, type MadeOrThere, madeOnce } from '../../../operations/made-once.ts';
import { planTemplateCopy } from '../../../operations/template-copy.ts';
import { rawRecord } from '../../../xapi/records.ts';
import { carryOutTold, saidOnly, type Told } from '../../app/told.ts';
import type { Work } from '../../app/world.ts';
import type { TemplateCommand, TemplateEvent } from './state.ts';

export async function performTemplate(command: TemplateCommand, work: Work<TemplateEvent>): Promise<void> {
  const { world, dispatch } = work;
  const { session } = world.host();
  switch (command.do) {
    case 'load-templates':
      return dispatch({ type: 'templates', vms: await allTemplates(session) });
    case 'load-params': {
      const record = await session.call('VM.get_record', [command.ref], rawRecord);
      return dispatch({ type: 'params', uuid: command.uuid, lines: parameterLines(record, () => undefined) });
    }
    case 'copy-template':
      return copyTemplate(command, work);
  }
}

interface Copied extends Told {
  readonly after: Vm | null;
}

/** The same copy once more is the one that is there. */
async function copyTemplate(
  { source, name, ...options }: TemplateCommand & { readonly do: 'copy-template' },
  { world, signal, dispatch }: Work<TemplateEvent>,
): Promise<void> {
  const host = world.host();
  const context = world.context(signal);
  const vm = await findVm(host.session, source, 'template');
  const planned = (): Promise<MadeOrThere> => planTemplateCopy(host, vm, name, options);
  const copied = await madeOnce<Copied>(
    planned,
    async (there) => ({ ...saidOnly(copiedAlready), after: there }),
    (plan) => carryOutTold(plan, context),
  );
  dispatch({ type: 'copied', name, told: copied, vm: copied.after });
}
