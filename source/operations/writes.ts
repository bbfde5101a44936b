import type { VmRecord } from '../xapi/records.ts';
import type { Action, Wants } from './plan.ts';

/** PV_bootloader comes last: with it a VM is armed. A description is no setting, and has steps of its own. */
const inOrder = ['domain_type', 'PV_bootloader_args', 'PV_args', 'PV_bootloader'] as const;

/** Only the writes that change something of what the record holds. */
export function writesFor(record: VmRecord, { keys, platform = {}, fields }: Wants): Action[] {
  const changed = (held: VmRecord['other_config'], wanted: Wants['keys']) =>
    Object.entries(wanted)
      .map(([key, after]) => ({ key, before: held[key] ?? null, after }))
      .filter(({ before, after }) => before !== after);
  return [
    ...changed(record.other_config, keys).map((change): Action => ({ do: 'set-key', ...change })),
    ...changed(record.platform, platform).map((change): Action => ({ do: 'set-key', map: 'platform', ...change })),
    ...inOrder.flatMap((field): Action[] => {
      const [before, after] = [record[field], fields[field]];
      return after === undefined || before === after ? [] : [{ do: 'set-field', field, before, after }];
    }),
  ];
}
