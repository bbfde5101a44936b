import { classify, HostFailure, WireFailure } from './errors.ts';
import { nothing, ref, taskRecord } from './records.ts';
import type { Session } from './session.ts';
import type { Param } from './value.ts';

const pollEvery = 400;

/**
 * Runs a call as a task of the host and waits for its end: a long call then outlives a cut connection, and can be
 * cancelled. On abort the task is asked to end and waited for no longer. Errors: HostFailure as the call itself
 * would have failed; a task that vanished is a WireFailure.
 */
export async function runTask(session: Session, method: string, params: readonly Param[], signal: AbortSignal) {
  signal.throwIfAborted();
  const task = await session.call(`Async.${method}`, params, ref, { signal });
  try {
    for (;;) {
      const record = await session.call('task.get_record', [task], taskRecord, { signal });
      if (record.status === 'success') return record.result;
      if (record.status !== 'pending' && record.status !== 'cancelling') {
        const [code = 'UNKNOWN', ...rest] = record.error_info;
        throw new HostFailure(method, code, rest);
      }
      await pause(pollEvery, signal);
    }
  } catch (error) {
    if (signal.aborted)
      await quietly(session.call('task.cancel', [task], nothing, { signal: AbortSignal.timeout(3000) }));
    if (
      error instanceof HostFailure &&
      classify(error).kind === 'unknown-object' &&
      error.method === 'task.get_record'
    ) {
      throw new WireFailure('cut', 'the task vanished: xapi was restarted', { cause: error });
    }
    throw error;
  } finally {
    if (!signal.aborted) await quietly(session.call('task.destroy', [task], nothing));
  }
}

async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', aborted, { once: true });
  });
}
