import { withBootable } from '../../../hosts/bootable.ts';
import { findVm, readVm, type Vm } from '../../../hosts/vm.ts';
import { planCreate } from '../../../operations/create.ts';
import type { MadeOrThere } from '../../../operations/made-once.ts';
import type { Plan } from '../../../operations/plan.ts';
import { bootsThroughLoader, planStart, planStop } from '../../../operations/power.ts';
import { disksOf, planArming } from '../../../operations/rearm.ts';
import { createSite } from '../../../operations/site.ts';
import { expandNames } from '../../../operations/vm-names.ts';
import { parseSize } from '../../../text/sizes.ts';
import type { Request } from '../../app/work.ts';
import type { WorkBase } from '../../app/world.ts';

/** One VM that is to be made or changed, and how its plan is made: for the preview, and once more when it is due. */
export type Wish =
  | { readonly name: string; readonly kind: 'make'; readonly plan: () => Promise<MadeOrThere> }
  | { readonly name: string; readonly kind: 'change'; readonly plan: () => Promise<Change> };

interface Change {
  /** As it is now. */
  readonly vm: Vm;
  readonly plan: Plan;
  /** It is started when it is armed. */
  readonly thenStarts: boolean;
}

/** Everything a request asks for, VM by VM. Errors: those that concern all of them. */
export const wishesOf = (request: Request, work: WorkBase): Promise<Wish[]> =>
  request.work === 'create' ? newVms(request, work) : presentVms(request, work);

async function newVms(
  { template, answers }: Extract<Request, { work: 'create' }>,
  { world }: WorkBase,
): Promise<Wish[]> {
  const host = world.host();
  const options = {
    memory: parseSize(answers.memory) ?? undefined,
    vcpus: Number(answers.vcpus),
    disk: parseSize(answers.disk) ?? undefined,
    sr: answers.sr || undefined,
    network: answers.network || undefined,
  };
  const names = answers.names
    .split(/\s+/)
    .filter((name) => name !== '')
    .flatMap(expandNames);
  const site = await createSite(host, await findVm(host.session, template, 'template'), options);
  return names.map((name) => ({ name, kind: 'make', plan: () => planCreate(host, site, name, options) }));
}

async function presentVms(request: Exclude<Request, { work: 'create' }>, { world }: WorkBase): Promise<Wish[]> {
  const { session } = world.host();
  return Promise.all(
    request.refs.map(async (ref): Promise<Wish> => {
      // One that is gone by now costs the others nothing: its own plan says so.
      const name = await readVm(session, ref).then(
        ({ record }) => record.name_label,
        () => ref,
      );
      const plan = async (): Promise<Change> => {
        const { rules } = await world.host().facts();
        const vm = await withBootable(session, await readVm(session, ref), rules);
        return { vm, plan: await planFor(request, vm, { world }), thenStarts: request.work === 'rearm and start' };
      };
      return { name, kind: 'change', plan };
    }),
  );
}

/** The screen asks before it changes a VM, so that a running one is offered its shutdown with the rest. */
async function planFor(
  { work, template }: Exclude<Request, { work: 'create' }>,
  vm: Vm,
  { world }: Pick<WorkBase, 'world'>,
): Promise<Plan> {
  const host = world.host();
  const arming = (operation: 'rearm' | 'repair'): Promise<Plan> => {
    const profile = world.settings.profiles().find(({ address }) => address === host.address);
    const options = { defaults: profile ?? {}, showDisks: true, force: true, template: template ?? undefined };
    return planArming(operation, host, vm, options);
  };
  switch (work) {
    case 'start': {
      const plan = planStart(vm, (await host.facts()).rules);
      const installs = bootsThroughLoader(vm) && plan.actions.length > 0;
      return installs ? { ...plan, erases: await disksOf(host.session, vm.record) } : plan;
    }
    case 'stop':
      return planStop(vm, (await host.facts()).rules, {});
    case 'rearm':
    case 'repair':
      return arming(work);
    case 'rearm and start': {
      const plan = await arming('rearm');
      // One that is armed already loses its disks all the same.
      return plan.actions.length > 0 ? plan : { ...plan, erases: await disksOf(host.session, vm.record) };
    }
  }
}
