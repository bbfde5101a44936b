import { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import type { World } from '../world.ts';
import { type Handlers, text } from './context.ts';

/** A task as xapi makes one for every call that could run without its caller. */
export function beginTask(world: World, label: string): string {
  return world.database.create('task', {
    name_label: label,
    status: 'pending',
    type: '<none/>',
    created: hostTime(world.clock.now()),
    resident_on: world.host,
  });
}

/** `result` is XML text; for a void call it is empty. */
export function endTask(world: World, task: string, outcome: { result: string } | { error: ApiError }): void {
  if (world.database.find('task', task) === undefined) return;
  const set = (name: string, value: string | number | readonly string[]) =>
    world.database.set('task', task, name, value as string);
  if ('error' in outcome) {
    set('error_info', [outcome.error.code, ...outcome.error.params]);
    set('status', outcome.error.code === 'TASK_CANCELLED' ? 'cancelled' : 'failure');
  } else {
    set('result', outcome.result);
    set('status', 'success');
  }
  set('progress', 1);
  set('finished', hostTime(world.clock.now()));
}

export const taskCalls: Handlers = {
  create({ world }, label, description) {
    const task = beginTask(world, text(label));
    world.database.set('task', task, 'name_description', text(description));
    return task;
  },
  destroy({ world }, task) {
    world.database.destroy('task', text(task));
    return '';
  },
  cancel({ world }, task) {
    const record = world.database.get('task', text(task));
    // Bootloaders and provisioning of 5.6 cannot be stopped half-way: the wish is noted, the task goes on.
    if (record['status'] !== 'pending') throw new ApiError('OPERATION_NOT_ALLOWED', 'task is finished');
    return '';
  },
};
