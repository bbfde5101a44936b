import type { ApiError } from '../api-error.ts';
import { hostTime } from '../clock.ts';
import type { Value } from '../types.ts';
import type { World } from '../world.ts';
import { fieldsOf, type Handlers, text } from './context.ts';

/** xapi_globs.ml: how many tasks there may be, and how long a finished one is kept, in milliseconds. */
const mostTasks = 200;
const longestKept = 65 * 60 * 1000;

/** A task as xapi makes one for every call that could run without its caller. */
export function beginTask(world: World, label: string): string {
  collectTasks(world);
  return world.database.create('task', {
    name_label: label,
    status: 'pending',
    type: '<none/>',
    created: hostTime(world.clock.now()),
    resident_on: world.host,
  });
}

/** The task of a call that has none in the database: it shows in current_operations only (ref.ml:make_dummy). */
export const dummyTask = (world: World, label: string): string => `DummyRef:|${world.random.uuid()}|${label}`;

const isPending = (world: World, task: string): boolean =>
  world.database.find('task', task)?.['status'] === 'pending';

/**
 * The end of a task. `result` is XML text; for a void call it is empty. One that has ended stays as it is.
 * The order of the writes is taskHelper.ml's.
 */
export function endTask(world: World, task: string, outcome: { result: string } | { error: ApiError }): void {
  if (!isPending(world, task)) return;
  const set = (name: string, value: Value) => world.database.set('task', task, name, value);
  const finished = hostTime(world.clock.now());
  if ('error' in outcome) {
    const { code, params } = outcome.error;
    set('progress', 1);
    set('error_info', [code, ...params]);
    set('finished', finished);
    set('allowed_operations', []);
    set('status', code === 'TASK_CANCELLED' ? 'cancelled' : 'failure');
  } else {
    set('allowed_operations', []);
    set('finished', finished);
    set('progress', 1);
    set('result', outcome.result);
    set('status', 'success');
  }
}

/** From now on somebody may cancel it, which the call must look for. */
export function setCancellable(world: World, task: string): void {
  if (isPending(world, task)) world.database.set('task', task, 'allowed_operations', ['cancel']);
}

export const isCancelling = (world: World, task: string): boolean =>
  Object.values(fieldsOf(world.database.find('task', task)?.['current_operations'])).includes('cancel');

/** db_gc.ml:timeout_tasks, which xapi does now and then and this world whenever a task is made. Pending ones stay. */
function collectTasks(world: World): void {
  const { database } = world;
  const oldest = hostTime(new Date(world.clock.now().getTime() - longestKept));
  const ended = [...database.all('task')]
    .filter(([, record]) => !['pending', 'cancelling'].includes(text(record['status'])))
    .sort(([, a], [, b]) => (text(a['finished']) < text(b['finished']) ? -1 : 1));
  const surplus = database.all('task').size - mostTasks;
  for (const [i, [task, record]] of ended.entries()) {
    if (i < surplus || text(record['finished']) < oldest) database.destroy('task', task);
  }
}

export const taskCalls: Handlers = {
  create({ world }, label, description) {
    const task = beginTask(world, text(label));
    world.database.set('task', task, 'name_description', text(description));
    return task;
  },
  /** From 6.5 on one that has not ended is only marked (fa583a3479). */
  destroy({ world }, task) {
    const { database, profile } = world;
    const ended = !['pending', 'cancelling'].includes(text(database.get('task', text(task))['status']));
    if (ended || !profile.has('creedence')) database.destroy('task', text(task));
    else database.setKey('task', text(task), 'current_operations', 'task', 'destroy');
    return '';
  },
  /** A wish that the task may look for; of one that has ended it is noted all the same (xapi_task.ml). */
  cancel(context, task) {
    context.world.database.set('task', text(task), 'current_operations', { [context.task]: 'cancel' });
    return '';
  },
};
