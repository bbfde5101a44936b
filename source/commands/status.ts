import type { Host } from '../hosts/host.ts';
import { allVms, concernsUs, findVm, type Vm } from '../hosts/vm.ts';
import { hands as makeHands } from '../operations/hands.ts';
import { halfMade } from '../operations/power.ts';
import { recordInstalled } from '../operations/start.ts';
import { exit } from '../problem/exit.ts';
import { cleanLine } from '../text/clean.ts';
import { foldInstalls, newlyProven, noInstalls } from '../watch/installs.ts';
import { followInventory } from '../watch/inventory.ts';
import { eachName, summary } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { table } from './print.ts';
import { type VmItem, vmItem } from './vm-json.ts';

export interface StatusOptions extends GlobalOptions {
  readonly all?: boolean;
  /** What a killed create may have left behind. */
  readonly orphans?: boolean;
  /** Go on until interrupted: a line for every change. */
  readonly watch?: boolean;
}

/** Each VM with its install state; without names those that have to do with an install. */
export function status(names: readonly string[], options: StatusOptions, around: Surroundings): Promise<Result> {
  return withHost(options, around, async ({ host }) => {
    if (options.watch) {
      const named = await Promise.all(names.map((name) => findVm(host.session, name)));
      return watchStatus(host, new Set(named.map(({ ref }) => ref)), options, around);
    }
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
    const wanted = options.orphans
      ? vms.filter(({ record }) => halfMade.test(record.name_label))
      : vms.filter(({ record }) => options.all || concernsUs(record));
    const items = wanted.map(vmItem);
    if (options.orphans && items.length === 0)
      return { exit: exit.done, json: { vms: [] }, lines: ['Nothing was left behind.'] };
    const advice = options.orphans ? ['Remove one that no xenfai is making now: xe vm-uninstall uuid=UUID'] : [];
    return { exit: exit.done, json: { vms: items }, lines: [...lines(items), ...advice] };
  });
}

function lines(items: readonly VmItem[]): string[] {
  if (items.length === 0) return ['No VM here has to do with an FAI install; --all shows the others.'];
  return table(
    ['NAME', 'STATE', 'POWER', 'MISSING', 'UUID'],
    items.map((item) => [item.name, item.state, item.powerState, item.missing.join(' ') || '-', item.uuid]),
  );
}

/** One line a change, JSON or text, until a signal ends it; a VM that did not change is not repeated. */
async function watchStatus(
  host: Host,
  named: ReadonlySet<string>,
  options: StatusOptions,
  around: Surroundings,
): Promise<Result> {
  const seen = new Map<string, string>();
  const hands = makeHands(host, around.signal);
  let installs = noInstalls;
  const show = ({ ref, record }: Vm): void => {
    const orphan = halfMade.test(record.name_label);
    const usual = options.orphans ? orphan : options.all || concernsUs(record);
    const wanted = named.size > 0 ? named.has(ref) : usual;
    const item = vmItem({ ref, record });
    const text = options.json
      ? JSON.stringify({ ok: true, vms: [item] })
      : [item.name, item.state, item.powerState, item.missing.join(' ')].map(cleanLine).join('  ').trimEnd();
    if (!wanted || seen.get(ref) === text) return;
    seen.set(ref, text);
    around.out(text);
  };
  await followInventory(host, around.signal, (event) => {
    const before = installs;
    installs = foldInstalls(installs, event, Date.now());
    if (!options.readOnly) for (const ref of newlyProven(before, installs)) void recordInstalled(ref, hands);
    if (event.type === 'all') for (const vm of event.vms) show(vm);
    if (event.type === 'vm') show(event.vm);
    if (event.type === 'gone') seen.delete(event.ref);
    if (event.type === 'lost') around.err(`xenfai: ${cleanLine(event.reason)} Trying again.`);
  });
  return { exit: exit.interrupted, json: {}, lines: [], streamed: true };
}
