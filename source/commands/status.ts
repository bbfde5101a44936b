import { allVms, concernsUs, findVm } from '../hosts/vm.ts';
import { exit } from '../text/exit.ts';
import { eachName, summary } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { table } from './print.ts';
import { type VmItem, vmItem } from './vm-json.ts';

export interface StatusOptions extends GlobalOptions {
  readonly all?: boolean;
}

/** Each VM with its install state; without names those that have to do with an install. */
export function status(names: readonly string[], options: StatusOptions, around: Surroundings): Promise<Result> {
  return withHost(options, around, async ({ host }) => {
    if (names.length > 0) {
      const found = await eachName(names, host, around, async (name) => ({
        item: vmItem(await findVm(host.session, name)),
        problem: null,
        lines: [],
        steps: [],
      }));
      const result = summary(found, {});
      const items = found.filter((one) => one.problem === null).map((one) => one.item);
      return { ...result, lines: items.length === 0 ? result.lines : [...lines(items), ...result.lines] };
    }
    const vms = await allVms(host.session);
    const items = vms.filter(({ record }) => options.all || concernsUs(record)).map(vmItem);
    return { exit: exit.done, json: { vms: items }, lines: lines(items) };
  });
}

function lines(items: readonly VmItem[]): string[] {
  if (items.length === 0) return ['No VM here has to do with an FAI install; --all shows the others.'];
  return table(
    ['NAME', 'STATE', 'POWER', 'MISSING', 'UUID'],
    items.map((item) => [item.name, item.state, item.powerState, item.missing.join(' ') || '-', item.uuid]),
  );
}
