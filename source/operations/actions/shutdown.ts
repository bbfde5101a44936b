import { limits } from '../../limits/limits.ts';
import { xe } from '../../text/shell.ts';
import { classify, HostFailure } from '../../xapi/errors.ts';
import { nothing } from '../../xapi/records.ts';
import { runTask } from '../../xapi/task.ts';
import { type ActionKind, type Bench, selfOf } from './action.ts';
import { readRecord } from './record.ts';

export const shutdownKind: ActionKind<'shutdown'> = {
  describe({ how }, { uuid }) {
    const reset = how === 'reset';
    const off = xe('vm-shutdown', { uuid, ...(how === 'hard' ? { force: 'true' } : {}) });
    const forget = { shell: [...xe('vm-reset-powerstate', { uuid }).shell, '--force'] };
    return {
      step: reset ? 'reset the power state' : 'shut down',
      before: 'running',
      after: 'halted',
      xe: [reset ? forget : off],
      undo: [xe('vm-start', { uuid })],
    };
  },
  async perform({ how }, bench) {
    switch (how) {
      case 'reset':
        await bench.session.call('VM.power_state_reset', [selfOf(bench)], nothing);
        return;
      case 'hard':
        return end('hard_shutdown', bench, bench.context.signal);
      case 'clean':
        return end('clean_shutdown', bench, bench.context.signal);
      case 'clean-then-hard':
        return cleanThenHard(bench);
    }
  },
  happened: async (_, bench) => (await readRecord(bench.session, selfOf(bench))).power_state === 'Halted',
  repeatable: true,
  // One that the host refused, or that was never sent, has left it running.
  async undo(_, bench) {
    const { power_state, current_operations } = await readRecord(bench.session, selfOf(bench));
    if (power_state === 'Halted') return 'it was shut down, and stays so';
    if (bench.progress.guestAsked) return 'its guest was asked to shut down, and may still do so';
    return Object.keys(current_operations).length > 0 ? 'it may still be shutting down' : null;
  },
};

/** A guest that waits for RETURN never answers: it is not waited for long. */
async function cleanThenHard(bench: Bench): Promise<void> {
  const { signal } = bench.context;
  try {
    await end('clean_shutdown', bench, AbortSignal.any([signal, AbortSignal.timeout(limits.run.cleanShutdown)]));
  } catch (error) {
    if (signal.aborted || !(error instanceof HostFailure)) throw error;
    await end('hard_shutdown', bench, signal);
  }
}

async function end(call: 'clean_shutdown' | 'hard_shutdown', bench: Bench, signal: AbortSignal): Promise<void> {
  try {
    await runTask(bench.session, `VM.${call}`, [selfOf(bench)], signal);
  } catch (error) {
    // It has halted by itself meanwhile: that is what was wanted.
    const sorted = error instanceof HostFailure ? classify(error) : null;
    // Who cancels the task ends the host's waiting; what the guest was asked it does all the same.
    if (call === 'clean_shutdown' && error instanceof HostFailure && error.code === 'TASK_CANCELLED') {
      bench.progress.guestAsked = true;
    }
    if (sorted?.kind === 'power-state' && sorted.actual === 'halted') return;
    throw error;
  }
}
