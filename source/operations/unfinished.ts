import { isUnfinished } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { xe } from '../text/shell.ts';
import type { VmRecord } from '../xapi/records.ts';

/** What a create that was killed has left is nothing to install or to start. Errors: exit 8, with the line that removes it. */
export function refuseUnfinished(record: VmRecord): void {
  if (!isUnfinished(record)) return;
  fail({
    code: 'unfinished',
    exit: exit.refused,
    message: `${record.name_label} was left in the middle of a create: it is not whole.`,
    try: [
      { ...xe('vm-uninstall', { uuid: record.uuid, force: 'true' }), where: 'dom0', note: 'removes it' },
      { act: 'list-orphans' },
    ],
  });
}
