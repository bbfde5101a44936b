import type { InstallState } from '../boot/install-state.ts';
import type { BootRules } from '../boot/releases.ts';
import { concernsUs, findVm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { failureOf, type Install, seenState } from '../watch/install.ts';
import type { Ref } from '../xapi/records.ts';
import type { Connection } from './connect.ts';
import { follow } from './following.ts';
import { jsonText } from './json.ts';
import { printPart } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { type VmItem, vmDetail, vmItem } from './vm-json.ts';
import { timeOfDay } from './watch-lines.ts';

export interface StatusWatchOptions {
  /** Empty: those that `status` shows. */
  readonly names: readonly string[];
  readonly all: boolean;
  readonly until: InstallState | undefined;
  readonly json: boolean;
}

/**
 * One line a change, JSON or text, until a signal ends it, or until all VMs named, or all that are shown, are in the
 * state that is waited for. A VM that did not change is not repeated.
 */
export async function watchStatus(
  connection: Connection,
  options: StatusWatchOptions,
  around: Surroundings,
): Promise<Result> {
  const { host } = connection;
  const { rules } = await host.facts();
  const named = new Map<Ref, string>();
  for (const name of options.names) named.set((await findVm(host.session, name)).ref, name);
  const stop = new AbortController();
  const told = new Map<Ref, string>();
  const now = (): number => around.now().getTime();
  const isWanted = ({ vm: { ref, record }, state }: Install): boolean => {
    return named.size > 0 ? named.has(ref) : options.all || concernsUs(record, state.state);
  };
  const show = (install: Install): void => {
    const item = watchedItem(install, rules, now());
    const text = options.json ? jsonText(item) : lineOf(item);
    if (told.get(install.vm.ref) === text) return;
    told.set(install.vm.ref, text);
    const at = around.now();
    const line = `${timeOfDay(at)} ${text}`;
    printPart(options.json, around, { ok: true, at: at.toISOString(), vms: [item] }, line);
  };
  let gone: string | undefined;
  const following = follow(connection, around, {
    stop: stop.signal,
    unheard: "FAI's messages are not heard",
    patience: defaults.patience,
    onChange(fleet, changed) {
      for (const ref of changed) {
        const install = fleet.byRef.get(ref);
        if (install === undefined) told.delete(ref);
        else if (isWanted(install)) show(install);
      }
      if (options.until === undefined || fleet.lost !== null) return;
      gone = [...named].find(([ref]) => !fleet.byRef.has(ref))?.[1];
      const wanted = [...fleet.byRef.values()].filter(isWanted);
      const isThere = (install: Install): boolean => watchedItem(install, rules, now()).state === options.until;
      // Where nothing is shown yet, nothing has come to its state.
      if (gone !== undefined || (wanted.length > 0 && wanted.every(isThere))) stop.abort();
    },
  });
  await following.ended;
  await following.recorded();
  if (gone !== undefined)
    fail({
      code: 'no-such-vm',
      exit: exit.notFound,
      message: `The VM "${gone}" is gone.`,
      try: [{ act: 'list-vms' }],
    });
  // Nobody reads any more: that is no failure.
  const ended = stop.signal.aborted || around.unread.aborted;
  return { exit: ended ? exit.done : exit.interrupted, json: {}, lines: [], streamed: true };
}

const lineOf = (item: VmItem): string =>
  [item.name, item.state, item.powerState, vmDetail(item)].join('  ').trimEnd();

/** As one sees it who watches: FAI's own word first, then the record. */
function watchedItem(install: Install, rules: BootRules, now: number): VmItem {
  const item = vmItem(install.vm, rules);
  const seen = seenState(install, now);
  const { state, task: _, code: __, ...rest } = item;
  const failure = seen === 'failed' ? failureOf(install) : null;
  return { ...rest, ...failure, state: seen === 'quiet' ? state : seen };
}
