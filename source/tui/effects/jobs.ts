import { findVm, readVm, stateOf } from '../../hosts/vm.ts';
import { createSite, planCreate } from '../../operations/create.ts';
import { execute, withRemains } from '../../operations/execute.ts';
import type { Plan } from '../../operations/plan.ts';
import { planStart, planStop } from '../../operations/power.ts';
import { disksOf, planRearm, planRepair } from '../../operations/rearm.ts';
import type { Settings } from '../../operations/sources.ts';
import { startVm } from '../../operations/start.ts';
import { expandNames } from '../../operations/vm-names.ts';
import { parseSize } from '../../text/sizes.ts';
import type { Command, CreateRequest } from '../events.ts';
import type { JobPlan, JobResult } from '../state.ts';
import type { Work } from './effects.ts';

/** The plans of a create, one a name. A name that is refused is shown with its reason among the others. */
export async function planCreates(
  { host, hands, dispatch }: Work,
  template: string,
  request: CreateRequest,
): Promise<void> {
  const names = request.names
    .split(/\s+/)
    .filter((name) => name !== '')
    .flatMap(expandNames);
  const options = {
    memory: parseSize(request.memory) ?? undefined,
    vcpus: Number(request.vcpus),
    disk: parseSize(request.disk) ?? undefined,
    sr: request.sr || undefined,
    network: request.network || undefined,
  };
  const site = await createSite(host, await findVm(host.session, template, 'template'), options);
  const plans: JobPlan[] = [];
  for (const name of names) {
    plans.push(
      await attempt(name, host.explain, async () => {
        const { plan, existing } = await planCreate(host, site, name, options, hands.run);
        return existing === null
          ? { plan, note: null }
          : { plan: null, note: 'is there already, made from this template' };
      }),
    );
  }
  dispatch({ type: 'planned', plans });
}

/** The plans of start, stop, rearm or repair for VMs that are there. */
export async function planWork(
  { host, dispatch }: Work,
  command: Command & { do: 'plan' },
  defaults: Settings,
): Promise<void> {
  const plans: JobPlan[] = [];
  for (const ref of command.refs) {
    const vm = await readVm(host.session, ref);
    const options = { defaults, showDisks: true, force: true, template: command.template ?? undefined };
    const make = async (): Promise<Plan> => {
      if (command.work === 'start') {
        const plan = planStart(vm);
        const onNet = vm.record.PV_bootloader === 'eliloader' && plan.actions.length > 0;
        return onNet ? { ...plan, erases: await disksOf(host.session, vm.record) } : plan;
      }
      if (command.work === 'stop') return planStop(vm, {});
      return command.work === 'rearm' ? planRearm(host, vm, options) : planRepair(host, vm, options);
    };
    plans.push(
      await attempt(vm.record.name_label, host.explain, async () => {
        const plan = await make();
        return plan.actions.length === 0 ? { plan: null, note: 'nothing to do' } : { plan, note: null };
      }),
    );
  }
  dispatch({ type: 'planned', plans });
}

async function attempt(
  name: string,
  explain: Work['host']['explain'],
  make: () => Promise<{ plan: Plan | null; note: string | null }>,
): Promise<JobPlan> {
  try {
    return { name, problem: null, ...(await make()) };
  } catch (error) {
    return { name, plan: null, note: null, problem: explain(error) };
  }
}

/** Carries the plans out one after the other; an interrupt takes the current one back and leaves the rest. */
export async function runPlans(
  { host, hands, signal, dispatch }: Work,
  plans: readonly JobPlan[],
  force: boolean,
): Promise<void> {
  const workable = plans.filter(({ plan }) => plan !== null);
  for (const [index, { name, plan }] of workable.entries()) {
    if (plan === null) continue;
    if (signal.aborted) {
      const rest = workable.slice(index);
      const text = rest.length === 1 ? 'not begun' : `not begun, and ${rest.length - 1} more`;
      dispatch({ type: 'result', result: { name, ok: false, text, problem: null }, startable: null });
      break;
    }
    const tell = (text: string): void => dispatch({ type: 'progress', name, text });
    const { result, ref } = plan.operation === 'start' ? await runStart() : await runPlan();
    const startable = result.ok && ref !== '' && plan.operation !== 'start' && plan.operation !== 'stop' ? ref : null;
    dispatch({ type: 'result', result, startable });

    async function runStart(): Promise<{ result: JobResult; ref: string }> {
      const target = plan?.target.kind === 'existing' ? plan.target.ref : '';
      tell('checking the repository, then starting');
      const started = await startVm(await readVm(host.session, target), hands, { force });
      const used = started.attemptUsed === null ? 'unknown' : started.attemptUsed ? 'used' : 'not used';
      const text = started.problem === null ? 'started' : `not started; the attempt is ${used}`;
      return { result: { name, ok: started.problem === null, text, problem: started.problem }, ref: target };
    }

    async function runPlan(): Promise<{ result: JobResult; ref: string }> {
      if (plan === null) throw new Error('no plan');
      const outcome = await execute(plan, hands, ({ index, total, step, state }) => {
        if (state === 'begun') tell(`${index + 1}/${total} ${step}`);
      });
      const problem = withRemains(outcome);
      if (problem !== null) return { result: { name, ok: false, text: 'failed; taken back', problem }, ref: '' };
      if (plan.operation === 'stop')
        return { result: { name, ok: true, text: 'halted', problem: null }, ref: outcome.ref };
      const { state } = stateOf((await readVm(host.session, outcome.ref)).record);
      const lost =
        outcome.repaired.length === 0
          ? ''
          : `; ${outcome.repaired.join(', ')} were lost by the host and written again`;
      return { result: { name, ok: true, text: `${state}${lost}`, problem: null }, ref: outcome.ref };
    }
  }
  dispatch({ type: 'finished' });
}
