import { markKeys, readMark, type Verdict } from '../boot/marks.ts';
import { readVm, stateOf, type Vm } from '../hosts/vm.ts';
import type { Ref } from '../xapi/records.ts';
import type { RunContext } from './context.ts';
import { type MarkFields, type Plan, planFor } from './plan.ts';
import { execute } from './run.ts';

const fieldsOf = (verdict: Verdict): MarkFields =>
  verdict.verdict === 'installed' ? {} : { task: verdict.task, code: verdict.code, text: verdict.text };

/** Puts on record what an install came to. Nothing else is touched. */
export const planVerdict = (vm: Vm, verdict: Verdict): Plan =>
  planFor('verdict', vm, [
    {
      do: 'mark',
      name: verdict.verdict,
      fields: fieldsOf(verdict),
      before: vm.record.other_config[markKeys[verdict.verdict]] ?? null,
    },
  ]);

/**
 * Records a verdict on a VM; one that is gone has none. The record is read anew: it was just written by others. What
 * another process that watches has put there already stays. A reading session records nothing.
 */
export async function recordVerdict(vmRef: Ref, verdict: Verdict, context: RunContext): Promise<void> {
  if (context.host.session.access === 'read') return;
  const vm = await readVm(context.host.session, vmRef).catch(() => null);
  if (vm === null || (await isOnRecord(vm, verdict, context))) return;
  await execute(planVerdict(vm, verdict), context);
}

async function isOnRecord(vm: Vm, { verdict }: Verdict, { host }: RunContext): Promise<boolean> {
  const { rules } = await host.facts();
  const mark = readMark(vm.record.other_config, verdict, vm.record.uuid);
  return mark !== null && stateOf(vm, rules).state === verdict;
}
