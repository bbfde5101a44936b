import type { BootRules } from '../boot/releases.ts';
import type { Host } from '../hosts/host.ts';
import { allVms, concernsUs, findVm, stateOf } from '../hosts/vm.ts';
import { findOrphans } from '../operations/orphans.ts';
import { recordVerdict } from '../operations/verdict.ts';
import { exit } from '../problem/exit.ts';
import { fileLearned } from '../settings/learned.ts';
import { stateFolder } from '../settings/state-folder.ts';
import { printShell } from '../text/shell.ts';
import type { Fleet } from '../watch/fleet.ts';
import { type Install, seenState } from '../watch/install.ts';
import { watchFleet } from '../watch/stream.ts';
import type { Ref } from '../xapi/records.ts';
import { type Changed, summary } from './changed.ts';
import { type Connection, withHost } from './connect.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import { jsonText } from './json.ts';
import { listenPort } from './monitor-port.ts';
import { shellText, table } from './plain.ts';
import { note, printPart } from './print.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { type VmItem, vmItem } from './vm-json.ts';

const takes = (take: Take) => ({
  names: take.any('VM'),
  all: take.on('--all', 'the other VMs, too'),
  orphans: take.on('--orphans', 'what a killed run left behind, each with the line that removes it'),
  watch: take.on('--watch', 'a line for every change, until interrupted; puts on record what an install came to'),
});

type Options = Given & ReturnType<typeof takes>;

export const status = command({
  name: 'status',
  about: 'each VM with its install state',
  takes,
  examples: [
    ['xenfai status', 'every VM that has to do with an install'],
    ['xenfai status web01 --json', 'one VM, for a script'],
    ['xenfai status --watch', 'goes on until Ctrl-C'],
  ],
  exits: [7, 9],
  // Watching records verdicts.
  access: 'write',
  run(options, around) {
    if (options.watch && options.orphans)
      return usage('--orphans shows what is left at one moment: leave --watch out.');
    // Only watching writes.
    return withHost(options.watch ? options : { ...options, access: 'read' }, around, (connection) => {
      if (options.watch) return watched(connection, options, around);
      if (options.orphans) return orphans(connection.host);
      return options.names.length > 0 ? named(connection.host, options, around) : listed(connection.host, options);
    });
  },
});

async function named(host: Host, options: Options, { signal }: Surroundings): Promise<Result> {
  const { rules } = await host.facts();
  const found = await eachName(options.names, host, signal, async (name): Promise<Changed> => {
    const item = vmItem(await findVm(host.session, name), rules);
    return { item, problem: null, lines: [], steps: [] };
  });
  const items = found.filter(({ problem }) => problem === null).map(({ item }) => item);
  return { ...summary(found, { dryRun: false }), lines: items.length === 0 ? [] : rows(items) };
}

async function listed(host: Host, { all }: Options): Promise<Result> {
  const { rules } = await host.facts();
  const vms = await allVms(host.session);
  const wanted = vms.filter(({ record }) => all || concernsUs(record, stateOf(record, { rules }).state));
  const items = wanted.map((vm) => vmItem(vm, rules));
  return { exit: exit.done, json: { vms: items }, lines: rows(items) };
}

async function orphans(host: Host): Promise<Result> {
  const { rules } = await host.facts();
  const found = await findOrphans(host);
  return {
    exit: exit.done,
    json: {
      vms: found.flatMap(({ vm }) => (vm === null ? [] : [vmItem(vm, rules)])),
      orphans: found.map(({ kind, name, uuid, remove }) => ({ kind, name, uuid, remove: printShell(remove) })),
    },
    lines:
      found.length === 0
        ? ['Nothing was left behind.']
        : [
            ...found.flatMap(({ kind, name, uuid, remove }) => [
              `${kind}  ${name}  ${uuid}`.trimEnd(),
              `    ${shellText(remove)}`,
            ]),
            `${found.length} left behind. Run the line below each in dom0, unless a xenfai is making it now.`,
          ],
  };
}

function rows(items: readonly VmItem[]): string[] {
  if (items.length === 0) return ['No VM here has to do with an FAI install; --all shows the others.'];
  return table(
    ['NAME', 'STATE', 'POWER', 'DETAIL', 'UUID'],
    items.map((item) => [item.name, item.state, item.powerState, detail(item) || '-', item.uuid]),
  );
}

/** What is missing, or where it has failed. */
const detail = ({ missing, task, code }: VmItem): string =>
  task === undefined ? missing.join(' ') : `at ${task}, code ${code ?? 0}`;

/** One line a change, JSON or text, until a signal ends it; a VM that did not change is not repeated. */
async function watched({ host, context }: Connection, options: Options, around: Surroundings): Promise<Result> {
  const { rules } = await host.facts();
  const named = new Set<Ref>();
  for (const name of options.names) named.add((await findVm(host.session, name)).ref);
  const seen = new Map<Ref, string>();
  const now = (): number => around.now().getTime();
  const isWanted = ({ vm: { ref, record }, state }: Install): boolean => {
    return named.size > 0 ? named.has(ref) : options.all || concernsUs(record, state.state);
  };
  let lost: Fleet['lost'] = null;
  const tellLoss = (fleet: Fleet): void => {
    if (fleet.lost !== null && lost === null) note(around, `xenfai: ${fleet.lost.reason} Trying again.`);
    lost = fleet.lost;
  };
  const show = (install: Install): void => {
    const item = watchedItem(install, rules, now());
    const line = [item.name, item.state, item.powerState, item.missing.join(' ')].join('  ').trimEnd();
    const told = options.json ? jsonText(item) : line;
    if (!isWanted(install) || seen.get(install.vm.ref) === told) return;
    seen.set(install.vm.ref, told);
    printPart(options.json, around, { ok: true, vms: [item] }, line);
  };
  await watchFleet({
    host,
    transport: around.transport,
    monitorPort: listenPort(around),
    learned: fileLearned(stateFolder(around.env)),
    now,
    signal: AbortSignal.any([around.signal, around.unread]),
    onChange(fleet, changed) {
      tellLoss(fleet);
      for (const ref of changed) {
        const install = fleet.byRef.get(ref);
        if (install === undefined) seen.delete(ref);
        else show(install);
      }
    },
    onVerdict: (ref, verdict) => void recordVerdict(ref, verdict, context),
    onListening(listening) {
      if ('problem' in listening) note(around, `xenfai: FAI's messages are not heard: ${listening.problem.message}`);
    },
  });
  // Nobody reads any more: that is no failure.
  return { exit: around.unread.aborted ? exit.done : exit.interrupted, json: {}, lines: [], streamed: true };
}

/** As one sees it who watches: FAI's own word first, then the record. */
function watchedItem(install: Install, rules: BootRules, now: number): VmItem {
  const item = vmItem(install.vm, rules);
  const seen = seenState(install, now);
  return { ...item, state: seen === 'quiet' ? item.state : seen };
}
