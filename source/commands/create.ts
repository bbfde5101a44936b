import { findVm, type Vm } from '../hosts/vm.ts';
import { checkProblem, checkVm } from '../operations/check.ts';
import { type CreateOptions, createSite, planCreate } from '../operations/create.ts';
import { type Hands, hands as makeHands } from '../operations/hands.ts';
import { expandNames } from '../operations/vm-names.ts';
import { exit } from '../problem/exit.ts';
import { fail, ProblemError } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import { parseSize } from '../text/sizes.ts';
import { applyPlan, type Changed, eachName, refuseReadOnly, summary, withStart } from './change.ts';
import { withHost } from './connect.ts';
import { type ManifestEntry, readManifest } from './manifest.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { startOne } from './start.ts';
import { vmItem } from './vm-json.ts';

export interface CreateCommandOptions extends GlobalOptions {
  readonly template?: string;
  readonly memory?: string;
  readonly vcpus?: number;
  readonly disk?: string;
  readonly sr?: string;
  readonly network?: string;
  readonly mac?: string;
  readonly start?: boolean;
  readonly concurrency?: number;
  readonly manifest?: string;
}

/** Ten starts at once have brought hosts down; four clones at once have not. */
const usualConcurrency = 4;

/** New VMs from one prepared template. A name we made from it already is left alone; any other is refused. */
export async function create(
  patterns: readonly string[],
  options: CreateCommandOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  const manifest = options.manifest === undefined ? [] : await readManifest(options.manifest);
  const entries = new Map(manifest.map((entry) => [entry.name, entry]));
  const names = expand(
    patterns,
    manifest.map(({ name }) => name),
  );
  if (options.mac !== undefined && names.length > 1) usage('--mac fits one VM only.');
  const sizes = {
    memory: size('--memory', options.memory),
    disk: size('--disk', options.disk),
    vcpus: options.vcpus,
    sr: options.sr,
    network: options.network,
    mac: options.mac,
  };
  return withHost(options, around, async ({ host, profile }) => {
    const template = options.template ?? profile?.template;
    if (template === undefined) usage('Give --template NAME.');
    const site = await createSite(host, await findVm(host.session, template ?? '', 'template'), sizes);
    if (options.start && !options.dryRun) {
      const check = await checkVm(site.template, await host.facts(), { signal: around.signal });
      if (!check.ok) throw new ProblemError(checkProblem(names.join(', '), check));
    }
    const hands = makeHands(host, around.signal);
    const all = await eachName(
      names,
      host,
      around,
      async (name): Promise<Changed> => {
        const own = settingsOf(entries.get(name));
        const wishes = { ...sizes, ...own };
        const place = Object.keys(own).length === 0 ? site : await createSite(host, site.template, wishes);
        const { plan, existing } = await planCreate(host, place, name, wishes, hands.run);
        if (existing !== null) return leaveOrStart(existing, hands, options);
        const changed = await applyPlan(plan, null, hands, options);
        if (!options.start || options.dryRun || changed.problem !== null) return changed;
        // The template's files were fetched above: not once more for every VM.
        const made = await findVm(host.session, changed.item.uuid);
        return withStart(changed, await startOne(made, hands, { ...options, checked: true }));
      },
      options.concurrency ?? usualConcurrency,
    );
    return summary(all, options);
  });
}

/** Made by us from this template before: left as it is, but for a start that is still due. */
async function leaveOrStart(existing: Vm, hands: Hands, options: CreateCommandOptions): Promise<Changed> {
  const item = { ...vmItem(existing), ok: true, changed: false };
  const line = `${cleanLine(item.name)}: is there already, made from this template; it is left as it is`;
  const there: Changed = { item, problem: null, lines: [line], steps: [] };
  if (!options.start || options.dryRun || item.state !== 'armed') return there;
  return withStart(there, await startOne(existing, hands, options));
}

/** What an entry of the manifest says; what it leaves out is left to the flags. */
function settingsOf(entry: ManifestEntry | undefined): CreateOptions {
  const { name: _, ...settings } = entry ?? { name: '' };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function expand(patterns: readonly string[], listed: readonly string[]): string[] {
  try {
    const names = [...patterns.flatMap(expandNames), ...listed];
    if (names.length === 0) usage('Name at least one VM, or give --manifest.');
    if (new Set(names).size < names.length) usage('A name stands there twice.');
    return names;
  } catch (error) {
    if (error instanceof RangeError) return usage(error.message);
    throw error;
  }
}

function size(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return parseSize(text) ?? usage(`${flag} ${text} is no size; write 512M or 8G.`);
}

const usage = (message: string): never => fail({ code: 'usage', exit: exit.usage, message });
