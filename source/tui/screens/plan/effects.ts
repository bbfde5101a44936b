import type { Host } from '../../../hosts/host.ts';
import { thereAlready } from '../../../operations/made-once.ts';
import { refuseForbidden } from '../../../operations/permitted.ts';
import type { Plan } from '../../../operations/plan.ts';
import { planView } from '../../../operations/plan-view.ts';
import { noRoomAsked, type Room, readRoom } from '../../../operations/room.ts';
import { saidOnly } from '../../app/told.ts';
import type { Request } from '../../app/work.ts';
import type { Work } from '../../app/world.ts';
import { carryOut } from './carry-out.ts';
import { type JobEntry, type PlanCommand, type PlanEvent, type Planned, startsVms } from './state.ts';
import { type Wish, wishesOf } from './wishes.ts';

type PlanWork = Work<PlanEvent>;

export async function performPlan(command: PlanCommand, work: PlanWork): Promise<void> {
  const wishes = await wishesOf(command.request, work);
  switch (command.do) {
    case 'plan': {
      const entries: JobEntry[] = [];
      for (const wish of wishes) entries.push(await entryOf(wish, work.world.host()));
      entries.push(...unfitEntries(command.request));
      // One that was left by Esc must not come up in the next.
      const room = await roomFor(command.request, entries, work.world.host());
      if (!work.signal.aborted) work.dispatch({ type: 'planned', entries, room });
      return;
    }
    case 'run':
      return run(wishes, command, work);
  }
}

/** Asked only where something is made or started. */
async function roomFor(request: Request, entries: readonly JobEntry[], host: Host): Promise<Room> {
  if (request.work !== 'create' && !startsVms(request)) return noRoomAsked;
  const plans = entries.flatMap(({ planned }) => (planned === null ? [] : [planned.plan]));
  return readRoom(host, plans);
}

/** Those that were chosen with the others and cannot be done; behind the wishes, whose places count. */
const unfitEntries = (request: Request): readonly JobEntry[] =>
  request.work === 'create'
    ? []
    : (request.unfit ?? []).map(({ name, reason }) => ({ name, planned: null, problem: null, note: reason }));

/** A plan, or in words why there is none, or the problem on the way to it. */
async function entryOf(wish: Wish, host: Host): Promise<JobEntry> {
  const { name } = wish;
  try {
    const made = await wish.plan();
    const plan = 'kind' in made && made.kind === 'existing' ? null : made.plan;
    if (plan !== null) await refuseForbidden(plan, host);
    const starts = 'thenStarts' in made && made.thenStarts;
    const note = plan === null ? thereAlready : plan.actions.length === 0 && !starts ? 'nothing to do' : null;
    return { name, planned: plan === null || note !== null ? null : shown(plan, starts), problem: null, note };
  } catch (error) {
    return { name, planned: null, problem: host.explain(error), note: null };
  }
}

const shown = (plan: Plan, starts: boolean): Planned => ({
  steps: planView(starts ? { ...plan, actions: [...plan.actions, { do: 'start' }] } : plan),
  plan,
});

/** Carries the plans out one after the other; an interrupt takes the current one back and leaves the rest. */
async function run(
  wishes: readonly Wish[],
  { entries, request }: PlanCommand & { readonly do: 'run' },
  work: PlanWork,
): Promise<void> {
  const { world, signal, dispatch } = work;
  const due = entries.flatMap(({ name, planned }, index) => {
    const wish = wishes[index];
    return planned === null || wish === undefined ? [] : [{ name, wish, plan: planned.plan }];
  });
  for (const [index, { name, wish, plan }] of due.entries()) {
    if (signal.aborted) {
      const others = due.length - index - 1;
      const text = others === 0 ? 'not begun' : `not begun, and ${others} more`;
      dispatch({ type: 'result', result: { name, ok: false, ...saidOnly(text) }, startable: null });
      break;
    }
    const tell = (text: string): void => dispatch({ type: 'progress', name, text });
    const how = { shown: plan, force: request.force ?? false, tell };
    try {
      const { startable, ...told } = await carryOut(wish, work, how);
      dispatch({ type: 'result', result: { name, ok: told.problem === null, ...told }, startable });
    } catch (error) {
      const told = saidOnly('left as it was', world.problemOf(error));
      dispatch({ type: 'result', result: { name, ok: false, ...told }, startable: null });
    }
  }
  dispatch({ type: 'finished' });
}
