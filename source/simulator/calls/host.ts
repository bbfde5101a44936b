import { model } from '../model.ts';
import { type Handlers, refsOf, text } from './context.ts';
import { freeMemory } from './vm-power.ts';

export const methodNames = (): string[] =>
  [...model].flatMap(([className, definition]) =>
    [...definition.messages].flatMap(([method, message]) => [
      `${className}.${method}`,
      ...(message.async ? [`Async.${className}.${method}`] : []),
    ]),
  );

export const hostCalls: Handlers = {
  list_methods: () => methodNames(),
  compute_free_memory: ({ world }) => freeMemory(world),
};

export const vmQueryCalls: Handlers = {
  get_allowed_VIF_devices({ world }, vm) {
    const used = refsOf(world.database.get('VM', text(vm))['VIFs']).map(
      (vif) => world.database.get('VIF', vif)['device'],
    );
    return ['0', '1', '2', '3', '4', '5', '6'].filter((device) => !used.includes(device));
  },
  get_allowed_VBD_devices({ world }, vm) {
    const used = refsOf(world.database.get('VM', text(vm))['VBDs']).map(
      (vbd) => world.database.get('VBD', vbd)['userdevice'],
    );
    return Array.from({ length: 16 }, (_, i) => String(i)).filter((device) => !used.includes(device));
  },
  get_possible_hosts: ({ world }) => [world.host],
  get_cooperative: () => true,
  compute_memory_overhead: ({ world }, vm) => Number(world.database.get('VM', text(vm))['memory_overhead']),
};
