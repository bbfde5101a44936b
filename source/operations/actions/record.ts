import { limits } from '../../limits/limits.ts';
import { classify, HostFailure } from '../../xapi/errors.ts';
import { nothing, type Ref, type VmRecord, vmRecord } from '../../xapi/records.ts';
import type { Session } from '../../xapi/session.ts';
import type { KeyMap, TextField } from '../plan.ts';

// The two ways a record is written; every action that writes one goes through here.

export const readRecord = (session: Session, self: Ref): Promise<VmRecord> =>
  session.call('VM.get_record', [self], vmRecord);

export async function setField(session: Session, self: Ref, field: TextField, value: string): Promise<void> {
  await session.call(`VM.set_${field}`, [self, value], nothing);
}

/**
 * One key of a map; null takes it away. There is no atomic replace: remove, add, and again when somebody else
 * added in between. `present`: something is there already.
 */
export async function setKey(
  session: Session,
  self: Ref,
  key: string,
  value: string | null,
  present: boolean,
  map: KeyMap = 'other_config',
): Promise<void> {
  if (present || value === null) await session.call(`VM.remove_from_${map}`, [self, key], nothing);
  if (value === null) return;
  for (let tries = 1; ; tries += 1) {
    try {
      await session.call(`VM.add_to_${map}`, [self, key, value], nothing);
      return;
    } catch (error) {
      const duplicate = error instanceof HostFailure && classify(error).kind === 'duplicate-key';
      if (!duplicate || tries === limits.run.replacements) throw error;
      await session.call(`VM.remove_from_${map}`, [self, key], nothing);
    }
  }
}
