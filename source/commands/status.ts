import { installStates } from '../boot/install-state.ts';
import { withBootable } from '../hosts/bootable.ts';
import { readDevices } from '../hosts/devices.ts';
import type { Host } from '../hosts/host.ts';
import { allVms, concernsUs, findVm, stateOf } from '../hosts/vm.ts';
import { findOrphans } from '../operations/orphans.ts';
import { exit } from '../problem/exit.ts';
import { printShell } from '../text/shell.ts';
import { capabilitiesJson, capabilityLines } from './capabilities.ts';
import { type Changed, summary } from './changed.ts';
import { withHost } from './connect.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import { shellText } from './plain.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import { watchStatus } from './status-watch.ts';
import type { Surroundings } from './surroundings.ts';
import { table } from './table.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { oneOf } from './values.ts';
import { detailedItem, detailLines } from './vm-details.ts';
import { type VmItem, vmDetail, vmItem } from './vm-json.ts';

const takes = (take: Take) => ({
  names: take.any('VM'),
  all: take.on('--all', 'the other VMs, too'),
  orphans: take.on('--orphans', 'what a killed run left behind, each with the line that removes it'),
  watch: take.on('--watch', 'a line for every change, until interrupted; puts on record what an install came to'),
  until: take.as(
    '--until <state>',
    'with --watch: until all VMs named, or all shown, are in this state',
    oneOf(installStates),
  ),
});

type Options = Given & ReturnType<typeof takes>;

export const status = command({
  name: 'status',
  about: 'each VM with its install state',
  takes,
  examples: [
    ['xenfai status', 'every VM that has to do with an install'],
    ['xenfai status web01', 'one VM with its disks, networks, memory, and what it lacks'],
    ['xenfai status web01 --json', 'the same for a script'],
    ['xenfai status --watch', 'goes on until Ctrl-C'],
    ['xenfai status web01 web02 --watch --until installed', 'ends with 0 when both are; a failure does not end it'],
  ],
  exits: [7, 9],
  // Watching records verdicts.
  access: 'write',
  run(options, around) {
    if (options.watch && options.orphans)
      return usage('--orphans shows what is left at one moment: leave --watch out.');
    if (options.until !== undefined && !options.watch) usage('--until goes with --watch.');
    // Only watching writes.
    return withHost(options.watch ? options : { ...options, access: 'read' }, around, (connection) => {
      if (options.watch) return watchStatus(connection, options, around);
      if (options.orphans) return orphans(connection.host);
      return options.names.length > 0
        ? named(connection.host, options, around)
        : listed(connection.host, options, around);
    });
  },
});

async function named(host: Host, options: Options, around: Surroundings): Promise<Result> {
  // Asked for while the VMs are looked for.
  const facts = host.facts();
  const found = await eachName(options.names, host, around.signal, async (name): Promise<Changed> => {
    const [one, { rules }] = await Promise.all([findVm(host.session, name), facts]);
    const vm = await withBootable(host.session, one, rules);
    const devices = await readDevices(host.session, vm.record);
    return { item: detailedItem(vm, rules, devices), problem: null, lines: [], steps: [] };
  });
  const { able } = await facts;
  const items = found.filter(({ problem }) => problem === null).map(({ item }) => item);
  const details = items.flatMap((item) => [...(items.length === 1 ? [] : [`${item.name}:`]), ...detailLines(item)]);
  const { json, ...told } = summary(found, { dryRun: false });
  return {
    ...told,
    json: { ...json, capabilities: capabilitiesJson(able) },
    lines: items.length === 0 ? [] : [...rows(items, around), ...details, ...capabilityLines(able)],
  };
}

async function listed(host: Host, { all }: Options, around: Surroundings): Promise<Result> {
  const [{ rules, able }, vms] = await Promise.all([host.facts(), allVms(host.session)]);
  const wanted = vms.filter((vm) => all || concernsUs(vm.record, stateOf(vm, rules).state));
  const counted = await Promise.all(wanted.map((vm) => withBootable(host.session, vm, rules)));
  const items = counted.map((vm) => vmItem(vm, rules));
  return {
    exit: exit.done,
    json: { vms: items, capabilities: capabilitiesJson(able) },
    lines: [...rows(items, around), ...capabilityLines(able)],
  };
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

function rows(items: readonly VmItem[], { stdoutColumns: columns }: Surroundings): string[] {
  if (items.length === 0) return ['No VM here has to do with an FAI install; --all shows the others.'];
  return table(
    ['NAME', 'STATE', 'POWER', 'DETAIL', 'UUID'],
    items.map((item) => [item.name, item.state, item.powerState, vmDetail(item) || '-', item.uuid]),
    { columns, spare: [4] },
  );
}
