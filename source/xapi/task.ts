import { classify, HostFailure, WireFailure } from './errors.ts';
import { nothing, ref, taskRecord } from './records.ts';
import type { Session } from './session.ts';
import type { Param } from './value.ts';

const pollEvery = 400;
/** How long polls may fail in a row before the task counts as out of sight. */
const blind = 60_000;
/** How long a task that was asked to end is waited for. */
const afterCancel = 30_000;

/**
 * Runs a call as a task of the host and waits for its end, so that a long call outlives a cut connection. On abort
 * the task is asked to end, and its end is awaited all the same: what it came to is then known. Returns the result as
 * XML text. Errors: HostFailure as the call itself would have failed; WireFailure when its end could not be seen.
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
  let seen = performance.now();
  for (;;) {
    if (signal.aborted && cancelled === null) {
      cancelled = performance.now();
      await quietly(session.call('task.cancel', [task], nothing));
    }
    const record = await session.call('task.get_record', [task], taskRecord).catch((error: unknown) => {
      if (error instanceof HostFailure && classify(error).kind === 'unknown-object') {
        throw new WireFailure('cut', 'the task vanished: xapi was restarted', { cause: error });
      }
      if (!(error instanceof WireFailure) || performance.now() - seen > blind) throw error;
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
    if (cancelled !== null && performance.now() - cancelled > afterCancel) {
      throw new WireFailure('cut', 'the host goes on with it');
    }
    await pause(pollEvery, cancelled === null ? signal : null);
  }
}

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}

/** Waits; an abort ends the wait early, without an error. */
export function pause(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
