import { type Account, roleReason } from '../hosts/account.ts';
import type { Host } from '../hosts/host.ts';
import { exit } from '../problem/exit.ts';
import { type Problem, ProblemError } from '../problem/problem.ts';
import { roleForAll } from '../xapi/roles.ts';
import type { Action, ActionName, Plan } from './plan.ts';

const writesKey = ['VM.remove_from_other_config', 'VM.add_to_other_config'];
const nothing = (): readonly string[] => [];

/** What each action sends that changes the host. A claim that the account may not make is done without. */
const sends: { readonly [K in ActionName]: (action: Action<K>) => readonly string[] } = {
  claim: nothing,
  clone: () => ['VM.clone'],
  'set-field': ({ field }) => [`VM.set_${field}`],
  'set-key': () => writesKey,
  'set-memory': () => ['VM.set_memory_limits'],
  'set-vcpus': () => ['VM.set_VCPUs_max', 'VM.set_VCPUs_at_startup'],
  provision: () => ['VM.provision'],
  'add-vif': () => ['VIF.create'],
  'add-cd': () => ['VBD.create'],
  mark: () => writesKey,
  snapshot: () => ['VM.snapshot'],
  'read-back': nothing,
  shutdown: ({ how }) => (how === 'reset' ? ['VM.power_state_reset'] : ['VM.clean_shutdown', 'VM.hard_shutdown']),
  start: () => ['VM.start'],
  'give-name': () => ['VM.set_name_label'],
};

const sentBy = <K extends ActionName>(action: Action<K>): readonly string[] => sends[action.do](action);

/** All that a plan sends, each once. */
export const messagesOf = ({ actions }: Pick<Plan, 'actions'>): readonly string[] => [
  ...new Set(actions.flatMap((action) => sentBy(action))),
];

/** Why an account may not carry a plan out; null: it may, as far as the host has told. */
export function forbiddenProblem(plan: Pick<Plan, 'actions'>, account: Account): Problem | null {
  const messages = messagesOf(plan);
  const message = roleReason(account, messages);
  if (message === null) return null;
  return {
    code: 'permission',
    exit: exit.refused,
    message,
    cause: 'Nothing was sent.',
    try: [
      {
        shell: ['xe', 'subject-role-add', 'uuid=UUID', `role-name=${roleForAll(messages)}`],
        where: 'dom0',
        note: 'by root, for the account or its group; xe subject-list shows them',
      },
    ],
  };
}

/** Before anybody is asked to agree. Errors: ProblemError, exit 8; the host's own. */
export async function refuseForbidden(plan: Pick<Plan, 'actions'>, host: Host): Promise<void> {
  if (host.session.access === 'read' || plan.actions.length === 0) return;
  const problem = forbiddenProblem(plan, (await host.facts()).account);
  if (problem !== null) throw new ProblemError(problem);
}
