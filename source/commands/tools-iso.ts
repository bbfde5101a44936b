import type { ToolsIso } from '../hosts/tools-iso.ts';
import { outcomeProblem } from '../operations/outcome.ts';
import { planView } from '../operations/plan-view.ts';
import { execute, throwProblem } from '../operations/run.ts';
import { copyFromDisc, toolsIsoOf, withToolsIso } from '../operations/tools-iso.ts';
import { awaitAndRemove, planToolsVm } from '../operations/tools-vm.ts';
import { exit } from '../problem/exit.ts';
import { type Connection, withHost } from './connect.ts';
import type { Given } from './global-flags.ts';
import { stepJson } from './json.ts';
import { planLines } from './plain.ts';
import { note } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';

export interface ToolsIsoFlags extends Given {
  readonly liveIso: string | undefined;
  readonly network: string | undefined;
}

/** The tools ISO of a host: fetched and handed to `work`, or by a VM with a live disc, where one is named. */
export function fromToolsIso(
  options: ToolsIsoFlags,
  around: Surroundings,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  return withHost(options, around, async (connection) => {
    const { host } = connection;
    const iso = await toolsIsoOf(host);
    if (options.liveIso !== undefined) return byLiveDisc(connection, iso, options.liveIso, options, around);
    const onFetch = () => note(around, `Fetching ${iso.name} from ${host.address}.`);
    return withToolsIso(host, iso, { signal: around.signal, onFetch }, work);
  });
}

/** The page's way: a VM to copy the files from by hand. It is removed when it is shut down, or on Ctrl-C. */
async function byLiveDisc(
  { host, context }: Connection,
  iso: ToolsIso,
  liveIso: string,
  { network, dryRun }: ToolsIsoFlags,
  around: Surroundings,
): Promise<Result> {
  const plan = await planToolsVm(host, iso, { liveIso, network });
  if (dryRun)
    return {
      exit: exit.done,
      json: { dryRun: true, plan: planView(plan).map(stepJson) },
      lines: planLines(plan),
    };
  const outcome = await execute(plan, context);
  throwProblem(outcomeProblem(outcome));
  note(
    around,
    `"${plan.target.name}" runs. On its console:`,
    `  ${copyFromDisc}`,
    '  poweroff',
    'It is removed when it is off. Ctrl-C removes it now.',
  );
  if (outcome.ref !== null) await awaitAndRemove(outcome.ref, context);
  return {
    exit: exit.done,
    json: { vm: { name: plan.target.name, uuid: outcome.uuid }, removed: true, commands: [copyFromDisc] },
    lines: ['The VM is removed. Stage what you copied: xenfai stage --deb F …'],
  };
}
