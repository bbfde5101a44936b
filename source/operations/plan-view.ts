import type { Subject } from './actions/action.ts';
import { kindOf } from './actions/index.ts';
import type { Action, Plan, StepView } from './plan.ts';

/** The steps of a plan for people, each with the xe lines that do the same. */
export function planView(plan: Plan): StepView[] {
  const { target, operation } = plan;
  const subject: Subject = {
    uuid: target.kind === 'existing' ? target.uuid : { variable: 'VM' },
    kind: operation === 'template copy' || operation === 'template set' ? 'template' : 'vm',
  };
  return plan.actions.map((action) => ({ target: target.name, ...describe(action, subject) }));
}

const describe = (action: Action, subject: Subject) => kindOf(action).describe(action, subject);
