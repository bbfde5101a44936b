import type { Vm } from '../../../hosts/vm.ts';
import { armAndStart } from '../../../operations/arm-start.ts';
import { madeOnce, thereAlready } from '../../../operations/made-once.ts';
import type { Plan } from '../../../operations/plan.ts';
import type { StepEvent } from '../../../operations/run.ts';
import { refuseOther } from '../../../operations/same-plan.ts';
import { startedText, startVm } from '../../../operations/start.ts';
import type { Ref } from '../../../xapi/records.ts';
import { carryOutTold, saidOnly, type Told, toldOf } from '../../app/told.ts';
import type { WorkBase } from '../../app/world.ts';
import type { Wish } from './wishes.ts';

/** What became of one VM. `startable`: it could be started now. */
export interface Done extends Told {
  readonly startable: Ref | null;
}

export interface CarryingOut {
  /** The plan that somebody agreed to. */
  readonly shown: Plan;
  /** Start whatever the check says. */
  readonly force: boolean;
  readonly tell: (text: string) => void;
}

/** Grants one wish. Its plan is made once more: one that has changed since it was shown is left alone. */
export async function carryOut(wish: Wish, work: WorkBase, how: CarryingOut): Promise<Done> {
  if (wish.kind === 'change') return change(await wish.plan(), work, how);
  let shown: Plan | null = how.shown;
  return madeOnce<Done>(
    async () => {
      const made = await wish.plan();
      if (made.kind === 'new' && shown !== null) refuseOther(shown, made.plan);
      // The race for a name was lost: what follows is not what was shown, and it is not ours any more either.
      shown = null;
      return made;
    },
    async () => ({ ...saidOnly(thereAlready), startable: null }),
    (plan) => run(plan, work, how),
  );
}

async function change(
  { vm, plan, thenStarts }: Awaited<ReturnType<Extract<Wish, { kind: 'change' }>['plan']>>,
  work: WorkBase,
  how: CarryingOut,
): Promise<Done> {
  refuseOther(how.shown, plan);
  if (thenStarts) return armThenStart(vm, plan, work, how);
  if (plan.operation !== 'start') return run(plan, work, how);
  const context = work.world.context(work.signal);
  const { rules } = await context.host.facts();
  how.tell('checking the repository, then starting');
  const { transport } = work.world;
  const started = await startVm(vm, plan, context, { transport, force: how.force, onStep: tellStep(how) });
  return { ...toldOf(started.outcome, startedText(started, rules)), startable: null };
}

async function armThenStart(vm: Vm, plan: Plan, { world, signal }: WorkBase, how: CarryingOut): Promise<Done> {
  const context = world.context(signal);
  const { rules } = await context.host.facts();
  how.tell('checking the repository');
  const done = await armAndStart(vm, plan, context, { transport: world.transport, onStep: tellStep(how) });
  if (done.came === 'refused') return { ...saidOnly('left as it was', done.problem), startable: null };
  const { outcome, text } = done.armed;
  if (done.started === null) return { ...toldOf(outcome, text), startable: null };
  const told = toldOf(done.started.outcome, startedText(done.started, rules));
  const notes = [...outcome.notes, ...told.notes];
  if (told.problem === null) return { ...told, notes, startable: null };
  // Armed it is all the same: it can be started when what kept it from it is mended.
  return { ...told, text: `${text}; its start ${told.text}`, notes, startable: outcome.ref };
}

async function run(plan: Plan, { world, signal }: WorkBase, how: CarryingOut): Promise<Done> {
  const { outcome, after: _, ...told } = await carryOutTold(plan, world.context(signal), tellStep(how));
  const startable = told.problem === null && plan.operation !== 'stop' ? outcome.ref : null;
  return { ...told, startable };
}

const tellStep =
  ({ tell }: CarryingOut) =>
  ({ index, total, step, state }: StepEvent): void => {
    if (state === 'begun') tell(`${index + 1}/${total} ${step}`);
  };
