import type { Host } from '../hosts/host.ts';
import { templateOn } from '../hosts/template.ts';
import { findVm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Changed } from './changed.ts';
import type { Given } from './global-flags.ts';
import { problemJson, stepJson } from './json.ts';
import type { Result } from './result.ts';

/** A changed template: what it is now, and what was done. */
export async function templateResult(
  { item, problem, steps, lines }: Changed,
  host: Host,
  { dryRun }: Pick<Given, 'dryRun'>,
): Promise<Result> {
  const made = item.uuid === '' ? null : await findVm(host.session, item.uuid, 'template').catch(() => null);
  const facts = made === null ? { name: item.name, uuid: item.uuid } : templateOn(made, (await host.facts()).able);
  return {
    exit: problem?.exit ?? exit.done,
    json: {
      template: {
        ...facts,
        changed: item.changed ?? false,
        ...(item.repaired === undefined ? {} : { repaired: item.repaired }),
        xe: item.xe ?? [],
      },
      ...(problem === null ? {} : { error: problemJson(problem) }),
      ...(dryRun ? { dryRun: true, plan: steps.map(stepJson) } : {}),
    },
    lines,
    ...(problem === null ? {} : { problems: [problem] }),
  };
}
