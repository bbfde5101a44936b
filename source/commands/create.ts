import { findVm, readVm, type Vm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { checkProblem, checkVm } from '../operations/check.ts';
import { planCreate } from '../operations/create.ts';
import { type MadeOrThere, madeOnce, thereAlready } from '../operations/made-once.ts';
import { refuseForbidden } from '../operations/permitted.ts';
import { type CreateOptions, createSite } from '../operations/site.ts';
import { expandNames, mostNames } from '../operations/vm-names.ts';
import { ProblemError } from '../problem/problem.ts';
import { andWatch } from './and-watch.ts';
import { applyPlan, type Changed, withStart } from './changed.ts';
import { type Connection, withHost } from './connect.ts';
import { consent, foresee, withForeseen } from './create-consent.ts';
import { eachName } from './each.ts';
import type { Given } from './global-flags.ts';
import { type ManifestEntry, readManifest } from './manifest.ts';
import type { Result } from './result.ts';
import { command } from './spec.ts';
import { startOne } from './starting.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { between, size } from './values.ts';
import { vmItem } from './vm-json.ts';
import { watchFlags } from './watch-flags.ts';

const takes = (take: Take) => ({
  patterns: take.any('NAME'),
  manifest: take.text('--manifest <file>', 'JSON array of {name, mac, memory, vcpus, disk, sr, network}'),
  template: take.text('--template <name>', 'a template prepared for FAI'),
  memory: take.as('--memory <size>', 'such as 512M', size),
  vcpus: take.as('--vcpus <n>', 'virtual CPUs', between(1, 999)),
  disk: take.as('--disk <size>', 'of the first disk, such as 8G', size),
  sr: take.text('--sr <name>', 'storage; else the default of the pool'),
  network: take.text('--network <name>', 'by name, bridge or UUID'),
  mac: take.text('--mac <address>', 'of the one VM'),
  concurrency: take.as(
    '--concurrency <n>',
    `how many at a time; default ${defaults.concurrency}`,
    between(1, mostNames),
  ),
  start: take.on('--start', 'start them, if the repository passes the check'),
  ...watchFlags(take),
});

type Options = Given & ReturnType<typeof takes>;

export const create = command({
  name: 'create',
  about: 'new VMs from a template; web[01-08] makes eight',
  takes,
  examples: [
    ["xenfai create 'web[01-08]' --template 'Debian FAI' --memory 512M --disk 8G", 'eight armed VMs'],
    ['xenfai create --manifest machines.json --template FAI --start', 'each as its entry says'],
  ],
  exits: [6, 7, 8, 9, 11],
  access: 'write',
  run: createVms,
});

/** New VMs from one prepared template. A name we made from it already is left alone; any other is refused. */
async function createVms(options: Options, around: Surroundings): Promise<Result> {
  if (options.watch && !options.start) usage('--watch goes with --start.');
  const manifest = options.manifest === undefined ? [] : await readManifest(options.manifest, around.signal);
  const entries = new Map(manifest.map((entry) => [entry.name, entry]));
  const names = expand(
    options.patterns,
    manifest.map(({ name }) => name),
  );
  const { memory, disk, vcpus, sr, network, mac } = options;
  if (mac !== undefined && names.length > 1) usage('--mac fits one VM only.');
  const sizes = { memory, disk, vcpus, sr, network, mac };
  return withHost(options, around, async (connection) => {
    const { host, profile } = connection;
    const { signal, transport } = around;
    const named = options.template ?? profile?.template;
    if (named === undefined) return usage('create needs a template.', [{ act: 'give', setting: 'template' }]);
    const site = await createSite(host, await findVm(host.session, named, 'template'), sizes);
    if (options.start && !options.dryRun) {
      const check = await checkVm(site.template, host, { signal, transport });
      if (!check.ok) throw new ProblemError(checkProblem(names.join(', '), check));
    }
    const plan = async (name: string): Promise<MadeOrThere> => {
      const own = settingsOf(entries.get(name));
      const wishes = { ...sizes, ...own };
      const place = Object.keys(own).length === 0 ? site : await createSite(host, site.template, wishes);
      const made = await planCreate(host, place, name, wishes);
      if (made.kind === 'new') await refuseForbidden(made.plan, host);
      return made;
    };
    const concurrency = options.concurrency ?? defaults.concurrency;
    const foreseen = await foresee(names, connection, around, plan, concurrency);
    const refused = await consent(foreseen, options, around);
    if (refused !== null) return refused;
    const one = (name: string): Promise<Changed> =>
      madeOnce(
        () => plan(name),
        (there) => leaveOrStart(there, connection, options, around),
        async (made) =>
          startMade(await applyPlan(made, null, connection.context, options), connection, options, around),
      );
    const result = await andWatch(options, connection, around, () => eachName(names, host, signal, one, concurrency));
    return withForeseen(result, foreseen, options);
  });
}

/** The start that --start asks for, of a VM just made. The template's files were looked at: not once more for each. */
async function startMade(
  made: Changed,
  { host, context }: Connection,
  options: Options,
  { transport }: Surroundings,
): Promise<Changed> {
  if (!options.start || options.dryRun || made.problem !== null) return made;
  const vm = await findVm(host.session, made.item.uuid);
  const { rules } = await host.facts();
  const how = { dryRun: false, force: false, checked: true, transport };
  return withStart(made, await startOne(vm, context, rules, how));
}

/** Made by us from this template before: left as it is, but for a start that is still due. */
async function leaveOrStart(
  existing: Vm,
  { host, context }: Connection,
  options: Options,
  { transport }: Surroundings,
): Promise<Changed> {
  const { rules } = await host.facts();
  const item = { ...vmItem(existing, rules), ok: true, changed: false };
  const line = `${item.name}: ${thereAlready}`;
  const there: Changed = { item, problem: null, lines: [line], steps: [] };
  if (!options.start || options.dryRun || item.state !== 'armed') return there;
  const vm = await readVm(host.session, existing.ref);
  const how = { dryRun: false, force: false, checked: false, transport };
  return withStart(there, await startOne(vm, context, rules, how));
}

/** What an entry of the manifest says; what it leaves out is left to the flags. */
function settingsOf(entry: ManifestEntry | undefined): CreateOptions {
  const { name: _, ...settings } = entry ?? { name: '' };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function expand(patterns: readonly string[], listed: readonly string[]): string[] {
  const names = [...patterns.flatMap(expandNames), ...listed];
  if (names.length === 0) usage('Name at least one VM, or give --manifest.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) usage(`"${twice}" is named twice.`);
  return names;
}
