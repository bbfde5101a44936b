import { useApp } from 'ink';
import { useCallback, useLayoutEffect, useRef } from 'react';
import type { JobControl } from './job-control.ts';

/**
 * Gives the terminal back while this program is stopped, and draws everything anew when it goes on: after Ctrl-Z,
 * after a signal that asks, and after one that could not be seen coming. Returns what stops it.
 */
export function useJobControl(jobs: JobControl | null): () => void {
  const { suspendTerminal } = useApp();
  const away = useRef(false);
  const leaveFor = useCallback(
    async (control: JobControl, work: () => Promise<void>): Promise<void> => {
      if (away.current) return;
      away.current = true;
      try {
        await suspendTerminal(async () => {
          await work();
          await control.measure();
        });
      } finally {
        away.current = false;
      }
    },
    [suspendTerminal],
  );
  const stop = useCallback((): void => {
    if (jobs !== null) void leaveFor(jobs, jobs.stop);
  }, [jobs, leaveFor]);
  // With the first frame: a passive effect comes some time after it, and a signal meanwhile would stop us as we are.
  useLayoutEffect(
    () => jobs?.listen({ stop, continued: () => void leaveFor(jobs, () => Promise.resolve()) }),
    [jobs, stop, leaveFor],
  );
  return stop;
}
