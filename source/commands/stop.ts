import { planStop } from '../operations/power.ts';
import { changeVms } from './change-vms.ts';
import { applyPlan } from './changed.ts';
import { command } from './spec.ts';

export const stop = command({
  name: 'stop',
  about: 'shut down',
  takes: (take) => ({
    names: take.some('VM'),
    force: take.on('--force', 'at once, without asking the guest'),
    reset: take.on('--reset', 'only tell the host that the VM is gone'),
  }),
  examples: [
    ['xenfai stop web01', 'asks the guest to shut down'],
    ['xenfai stop web01 --force --yes', 'switches it off'],
  ],
  exits: [7, 8, 9],
  access: 'write',
  run: (options, around) =>
    changeVms(options.names, options, around, {
      plan: async (vm, { host }) => planStop(vm, (await host.facts()).rules, options),
      question: (plans) =>
        `Stop ${plans
          .filter(({ actions }) => actions.length > 0)
          .map(({ target }) => target.name)
          .join(', ')}?`,
      carryOut: (vm, plan, { context }) => applyPlan(plan, vm, context, options),
    }),
});
