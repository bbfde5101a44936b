import { updateAllowedOperations } from './calls/vm-operations.ts';
import type { World } from './world.ts';

/**
 * What a start of xapi does to what the one before has left: sessions, subscriptions and tasks are not kept, no
 * operation is under way any more. The database and the domains stay. `stopped` is the new process's own signal.
 */
export function restartXapi(world: World, stopped: AbortSignal): void {
  const { database } = world;
  world.stopped = stopped;
  world.events.restart();
  forget(world, 'session');
  forget(world, 'task');
  for (const className of ['VM', 'VBD', 'VIF', 'VDI', 'SR', 'host']) {
    for (const ref of database.all(className).keys()) database.set(className, ref, 'current_operations', {});
  }
  for (const ref of database.all('VM').keys()) updateAllowedOperations(world, ref);
  // dbsync_slave.ml: a string of a float, as OCaml writes it.
  const seconds = Math.floor(world.clock.now().getTime() / 1000);
  database.setKey('host', world.host, 'other_config', 'agent_start_time', `${seconds}.`);
}

/** Sessions, or tasks, that xapi knows no more. */
export function forget({ database, events, sessions }: World, what: 'session' | 'task'): void {
  for (const ref of [...database.all(what).keys()]) database.destroy(what, ref);
  if (what === 'task') return;
  const gone = [...sessions];
  sessions.clear();
  for (const session of gone) events.drop(session);
}
