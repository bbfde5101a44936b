import { readMark } from '../boot/marks.ts';
import { sourceOf } from '../boot/methods/eliloader.ts';
import { validateLine } from '../fai/validate.ts';
import type { Host } from '../hosts/host.ts';
import { isUnfinished, readVm, unfinishedName, type Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Setting } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { refs } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { armedMark, armedWants } from './arming.ts';
import { provisionDisks, rewriteDisks } from './disks-xml.ts';
import type { MadeOrThere } from './made-once.ts';
import { type Action, type Needs, newRunId } from './plan.ts';
import { type CreateOptions, type CreateSite, ownSizes } from './site.ts';
import { writesFor } from './writes.ts';

/**
 * One VM from a prepared template. The storage goes into the `disks` key before VM.provision; the name carries the run
 * until the last step, so that what a crash leaves behind can be found. Errors: exit 2 for a name that is none, exit 8
 * when it is taken by anything else.
 */
export async function planCreate(
  host: Host,
  site: CreateSite,
  name: string,
  options: CreateOptions,
): Promise<MadeOrThere> {
  refuseName(name, 'VM');
  const existing = await existingVm(host.session, site, name);
  if (existing !== null) return { kind: 'existing', vm: existing };
  const { record } = site.template;
  const { rules } = await host.facts();
  const id = newRunId();
  const label = unfinishedName(name, id);
  const values = { ...sourceOf(record.other_config), args: record.PV_args };
  const wants = armedWants(values, record, rules.loader);
  const { uuid, name_description: description } = record;
  const actions: Action[] = [
    { do: 'claim', name },
    { do: 'clone', source: { ref: site.template.ref, uuid, description }, label, sr: site.sr.record.uuid },
    { do: 'mark', name: 'created', fields: { template: uuid }, before: null },
    { do: 'mark', name: 'armed', fields: armedMark(values), before: null },
    ...diskActions(record.other_config['disks'], site, options),
    // What the template lacks is written, not repaired.
    ...writesFor(record, { ...wants, fields: {} }),
    ...sizeActions(record.memory_static_min, options),
    { do: 'provision' },
    ...cardActions(site, options),
    { do: 'read-back', wants, repair: true },
    { do: 'give-name', name, label },
  ];
  const from = (value: string | undefined, given: Setting, otherwise: string) =>
    value === undefined ? otherwise : { given };
  return {
    kind: 'new',
    plan: {
      id,
      operation: 'create',
      target: { kind: 'made', name },
      actions,
      erases: [],
      needs: needsOf(site, options),
      sources: [
        { what: 'template', value: record.name_label, from: { given: 'template' } },
        { what: 'sr', value: site.sr.record.name_label, from: from(options.sr, 'sr', 'the pool') },
        {
          what: 'network',
          value: site.network.record.name_label,
          from: from(options.network, 'network', 'the host'),
        },
      ],
      notes: validateLine(record.PV_args).filter((finding) => finding.severity === 'warning'),
    },
  };
}

/** As the template has it where nobody says otherwise. */
function needsOf({ template: { record }, sr }: CreateSite, { memory, disk }: CreateOptions): Needs {
  const disks = provisionDisks(record.other_config['disks'] ?? '');
  return {
    memory: memory ?? ownSizes(record).memory,
    disks: disks.map(({ device, size }) => {
      const bytes = device === '0' ? (disk ?? size) : size;
      return { on: sr.ref, disk: { device, name: '', bytes, sr: sr.record.name_label } };
    }),
  };
}

function diskActions(disks: string | undefined, site: CreateSite, { disk }: CreateOptions): Action[] {
  if (disks === undefined) return [];
  return [
    { do: 'set-key', key: 'disks', before: disks, after: rewriteDisks(disks, site.sr.record.uuid, disk ?? null) },
  ];
}

function sizeActions(leastMemory: number, { memory, vcpus }: CreateOptions): Action[] {
  return [
    ...(memory === undefined
      ? []
      : [{ do: 'set-memory' as const, bytes: memory, least: Math.min(leastMemory, memory) }]),
    ...(vcpus === undefined ? [] : [{ do: 'set-vcpus' as const, count: vcpus }]),
  ];
}

function cardActions({ template, network }: CreateSite, { mac }: CreateOptions): Action[] {
  if (template.record.VIFs.length > 0) return [];
  return [{ do: 'add-vif', network: { ref: network.ref, uuid: network.record.uuid }, mac: mac ?? '' }];
}

/** Exit 2 for what no person would call a VM: a name must be seen, typed, and told from one that is being made. */
export function refuseName(name: string, what: 'VM' | 'template'): void {
  const usage = (code: string, message: string) => fail({ code, exit: exit.usage, message });
  if (name.trim() === '') usage('no-name', `A ${what} needs a name.`);
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) usage('bad-name', 'There is a control character in the name.');
  if ([...name].length > limits.name.length)
    usage('bad-name', `The name has more than ${limits.name.length} characters.`);
  if (isUnfinished({ name_label: name }))
    usage('bad-name', `"${name}" is how xenfai calls what it has not finished.`);
}

async function existingVm(session: Session, site: CreateSite, name: string): Promise<Vm | null> {
  for (const vmRef of await session.call('VM.get_by_name_label', [name], refs)) {
    const vm = await readVm(session, vmRef);
    const mark = readMark(vm.record.other_config, 'created', vm.record.uuid);
    if (mark !== null && mark.template === site.template.record.uuid && !vm.record.is_a_template) return vm;
    fail({
      code: 'name-taken',
      exit: exit.refused,
      message: `There is a ${vm.record.is_a_template ? 'template' : 'VM'} called "${name}" already.`,
      try: ['Choose another name.', { act: 'rearm', vm: name, note: 'installs that one again' }],
    });
  }
  return null;
}
