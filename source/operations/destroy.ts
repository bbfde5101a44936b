import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { pause } from '../xapi/pause.ts';
import { isNull, nothing, type Ref, vbdRecord, vmRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';

/**
 * Removes a VM or template this program made, with the disks that belong to it. What is gone already counts as done;
 * every disk is tried. Errors: a problem that names the disks left, or why the VM could not be removed.
 */
export async function destroyWithDisks(session: Session, self: Ref): Promise<void> {
  const record = await session.call('VM.get_record', [self], vmRecord).catch(unlessGone);
  if (record === null) return;
  if (record.power_state === 'Running') await session.call('VM.hard_shutdown', [self], nothing).catch(unlessGone);
  const disks: Ref[] = [];
  for (const vbd of record.VBDs) {
    const device = await session.call('VBD.get_record', [vbd], vbdRecord).catch(unlessGone);
    if (device?.type === 'Disk' && !isNull(device.VDI)) disks.push(device.VDI);
  }
  await persist(() => session.call('VM.destroy', [self], nothing).catch(unlessGone));
  const left: Ref[] = [];
  for (const disk of disks) {
    await persist(() => session.call('VDI.destroy', [disk], nothing).catch(unlessGone)).catch(() => left.push(disk));
  }
  if (left.length > 0) {
    fail({
      code: 'disks-left',
      exit: exit.hostError,
      message: `The VM is gone, its disks are not: ${left.join(', ')}.`,
      try: [{ shell: ['xe', 'vdi-list'], where: 'dom0', note: 'and xe vdi-destroy for those that belong to no VM' }],
    });
  }
}

/** Null for an object that is not there any more; every other error stays one. */
function unlessGone(error: unknown): null {
  if (error instanceof HostFailure && classify(error).kind === 'unknown-object') return null;
  throw error;
}

const firstPause = 250;

/**
 * Tries again while the host is busy with the object or a call was cut: clean-up must not give up at once. Destroying
 * twice is harmless.
 */
async function persist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const busy = error instanceof HostFailure && ['busy', 'power-state'].includes(classify(error).kind);
      if ((!busy && !(error instanceof ConnectionFailure)) || attempt === limits.run.removals) throw error;
      await pause(firstPause * attempt, null);
    }
  }
}
