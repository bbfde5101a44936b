import { parameterLines } from '../hosts/param-list.ts';
import { sortTemplates, type TemplateFacts, templateFacts } from '../hosts/template.ts';
import type { Vm } from '../hosts/vm.ts';
import { allTemplates, findVm, readVm } from '../hosts/vm.ts';
import type { Hands } from '../operations/hands.ts';
import { hands as makeHands } from '../operations/hands.ts';
import type { Plan } from '../operations/plan.ts';
import { planTemplateCopy, planTemplateSet, type TemplateSettings } from '../operations/template.ts';
import { exit } from '../problem/exit.ts';
import { cleanText } from '../text/clean.ts';
import { rawRecord } from '../xapi/records.ts';
import { applyPlan, type Changed, refuseReadOnly } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { findingLines, problemLines, table } from './print.ts';
import { problemJson } from './vm-json.ts';

/** All templates: those that netboot as Debian first, the others with the reason why not. */
export function templates(options: GlobalOptions, around: Surroundings): Promise<Result> {
  return withHost(options, around, async ({ host }) => {
    const all = sortTemplates((await allTemplates(host.session)).map(templateFacts));
    const row = (one: TemplateFacts): string[] => [
      one.name,
      one.vendor ? 'vendor' : 'own',
      one.netboot ? [one.release, one.arch].join(' ') : '-',
      one.netboot ? one.repository || 'no repository yet' : (one.reason ?? ''),
    ];
    return {
      exit: exit.done,
      json: { templates: all },
      lines: table(['NAME', 'OWNER', 'NETBOOTS', 'REPOSITORY, OR WHY NOT'], all.map(row)),
    };
  });
}

/** Every parameter, as `xe template-param-list` prints it. */
export function templateShow(name: string, options: GlobalOptions, around: Surroundings): Promise<Result> {
  return withHost(options, around, async ({ host }) => {
    const vm = await findVm(host.session, name, 'template');
    const record = await host.session.call('VM.get_record', [vm.ref], rawRecord);
    const lines = parameterLines(record, () => undefined);
    return {
      exit: exit.done,
      json: {
        template: { ...templateFacts(vm), params: Object.fromEntries(lines.map((line) => [line.name, line.value])) },
      },
      lines: lines.map((line) => cleanText(line.line).replaceAll('\n', ' ')),
    };
  });
}

export function templateCopy(
  source: string,
  name: string,
  options: GlobalOptions & { readonly comment?: string },
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  return withHost(options, around, async ({ host }) => {
    const vm = await findVm(host.session, source, 'template');
    const hands = makeHands(host, around.signal);
    const plan = await planTemplateCopy(host.session, vm, name, options.comment, hands.run);
    return templateResult(plan, null, hands, options);
  });
}

export function templateSet(
  name: string,
  options: GlobalOptions & TemplateSettings,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  return withHost(options, around, async ({ host }) => {
    const vm = await findVm(host.session, name, 'template');
    return templateResult(planTemplateSet(vm, options), vm, makeHands(host, around.signal), options);
  });
}

async function templateResult(plan: Plan, before: Vm | null, hands: Hands, options: GlobalOptions): Promise<Result> {
  const changed: Changed = await applyPlan(plan, before, hands, options);
  const { item, problem, steps } = changed;
  const made = item.uuid === '' ? null : await readVm(hands.host.session, await refOf(hands, item.uuid));
  const facts = made === null ? { name: plan.target.name, uuid: '' } : templateFacts(made);
  const done = item.changed ? 'written' : 'nothing to do';
  const text = options.dryRun
    ? [...changed.lines]
    : [`${facts.name}: ${done}  ${facts.uuid}`, ...findingLines(plan.notes)];
  return {
    exit: problem?.exit ?? exit.done,
    json: {
      template: {
        ...facts,
        changed: item.changed ?? false,
        ...(item.repaired ? { repaired: item.repaired } : {}),
        xe: item.xe,
      },
      ...(problem === null ? {} : { error: problemJson(problem) }),
      ...(options.dryRun ? { dryRun: true, plan: steps } : {}),
    },
    lines: problem === null ? text : [],
    ...(problem === null ? {} : { problems: problemLines(problem) }),
  };
}

const refOf = async (hands: Hands, uuid: string): Promise<string> =>
  (await findVm(hands.host.session, uuid, 'template')).ref;
