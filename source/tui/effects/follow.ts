import { foldInstalls, type InstallsEvent, noInstalls } from '../../watch/installs.ts';
import { followInventory } from '../../watch/inventory.ts';
import { followLoads } from '../../watch/loads.ts';
import { type Receiver, receiveMessages } from '../../watch/monitor-receiver.ts';
import type { Work } from './effects.ts';

/**
 * Follows the VMs of the host for as long as the screen is open: events, FAI's messages, and the load of VMs that
 * say nothing. A port that is taken is told, not fatal.
 */
export async function follow({ host, signal, dispatch, now: clock }: Work, monitorPort: number): Promise<void> {
  // The load reader must know which VMs to ask; it keeps its own fold, the screen's state is not reached into.
  let installs = noInstalls;
  const tell = (event: InstallsEvent): void => {
    const now = clock();
    installs = foldInstalls(installs, event, now);
    dispatch({ type: 'installs', event, now });
  };
  const receiver = await listen(monitorPort, tell, dispatch);
  try {
    const loads = followLoads(
      host,
      () => installs.byRef.values(),
      signal,
      (ref, load) => tell({ type: 'load', ref, load }),
    );
    await Promise.all([followInventory(host, signal, tell), loads]);
  } finally {
    await receiver?.close();
  }
}

async function listen(
  port: number,
  tell: (event: InstallsEvent) => void,
  dispatch: Work['dispatch'],
): Promise<Receiver | null> {
  try {
    const receiver = await receiveMessages(port, (message) => tell({ type: 'message', message }));
    dispatch({ type: 'receiver', port: receiver.port });
    return receiver;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const problem = code === 'EADDRINUSE' ? `port ${port} is taken (another monitor runs here)` : String(error);
    dispatch({ type: 'receiver-failed', problem });
    return null;
  }
}
