import { limits } from '../limits/limits.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { classify, HostFailure } from './errors.ts';
import { pause } from './pause.ts';
import { nothing, ref, taskRecord } from './records.ts';
import type { Session } from './session.ts';
import type { Param } from './value.ts';

/** Milliseconds between looks: short at first, because most tasks are. */
const firstLook = 100;
const longestPause = 1000;

/**
 * Runs a call as a task of the host and waits for its end, so that a long call outlives a cut connection. On abort
 * the task is asked to end, and its end is awaited all the same: what it came to is then known. Returns the result as
 * XML text. Errors: HostFailure as the call itself would have failed; ConnectionFailure when its end could not be seen.
 */
export async function runTask(
  session: Session,
  method: string,
  params: readonly Param[],
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  // Not with the signal: an abort now would lose the task's name.
  const task = await session.call(`Async.${method}`, params, ref);
  let cancelled: number | null = null;
  const began = performance.now();
  let seen = began;
  for (let wait = firstLook; ; wait = Math.min(wait * 1.5, longestPause)) {
    if (signal.aborted && cancelled === null) {
      cancelled = performance.now();
      await quietly(session.call('task.cancel', [task], nothing));
    }
    const record = await session.call('task.get_record', [task], taskRecord).catch((error: unknown) => {
      if (error instanceof HostFailure && classify(error).kind === 'unknown-object') {
        throw new ConnectionFailure('cut', 'the task vanished: xapi was restarted', { cause: error });
      }
      if (!(error instanceof ConnectionFailure) || performance.now() - seen > limits.task.unseen) throw error;
      return null;
    });
    if (record !== null) {
      seen = performance.now();
      if (record.status !== 'pending' && record.status !== 'cancelling') {
        await quietly(session.call('task.destroy', [task], nothing));
        if (record.status === 'success') return record.result;
        const [code = 'UNKNOWN', ...rest] = record.error_info;
        throw new HostFailure(method, code, rest);
      }
    }
    if (cancelled !== null && performance.now() - cancelled > limits.task.cancelled) {
      throw new ConnectionFailure('cut', 'the host goes on with it');
    }
    if (performance.now() - began > limits.task.whole)
      throw new ConnectionFailure('timeout', 'the host is still at it');
    await pause(wait, cancelled === null ? signal : null);
  }
}

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}
