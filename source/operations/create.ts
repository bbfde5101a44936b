import * as z from 'zod';
import { readMark } from '../boot/marks.ts';
import { sourceFindings, sourceOf } from '../boot/methods/eliloader.ts';
import { validateLine } from '../fai/validate.ts';
import type { Host } from '../hosts/host.ts';
import { templateFacts } from '../hosts/template.ts';
import { readVm, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { formatBytes } from '../text/sizes.ts';
import { isNull, type NetworkRecord, networkRecord, refs, type SrRecord, srRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { armedMark, armedWants, writesFor } from './arming.ts';
import { rewriteDisks } from './disks-xml.ts';
import type { Action, Plan } from './plan.ts';
import { refuseErrors } from './sources.ts';

export interface CreateOptions {
  /** Bytes. */
  readonly memory?: number | undefined;
  readonly vcpus?: number | undefined;
  /** Bytes of disk 0. */
  readonly disk?: number | undefined;
  readonly sr?: string | undefined;
  readonly network?: string | undefined;
  readonly mac?: string | undefined;
}

/** What all VMs of one run share: read once. */
export interface CreateSite {
  readonly template: Vm;
  readonly sr: { readonly ref: string; readonly record: SrRecord };
  readonly network: { readonly ref: string; readonly record: NetworkRecord };
}

/** Resolves storage and network and refuses a template that no VM could be installed from. */
export async function createSite(host: Host, template: Vm, options: CreateOptions): Promise<CreateSite> {
  refuseUnprepared(template);
  refuseSizes(template, options);
  if (options.mac && template.record.VIFs.length > 0) {
    fail({
      code: 'has-card',
      exit: exit.usage,
      message: `"${template.record.name_label}" has a network card of its own: --mac cannot be given to another.`,
      try: ['Remove the card from the template, or leave --mac off.'],
    });
  }
  const [sr, network] = [await chooseSr(host, options.sr), await chooseNetwork(host.session, options.network)];
  return { template, sr, network };
}

const leastMemory = 64 * 1024 ** 2;

/** Exit 2 for sizes no Debian lives in, or that the template itself advises against. */
function refuseSizes({ record }: Vm, { memory, vcpus, disk, mac }: CreateOptions): void {
  const most = (field: string): number => {
    const match = new RegExp(`field="${field}" max="(\\d+)"`).exec(record.recommendations);
    return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
  };
  const refuse = (message: string) => fail({ code: 'bad-size', exit: exit.usage, message });
  const [mostMemory, mostVcpus] = [most('memory-static-max'), most('vcpus-max')];
  if (memory !== undefined && memory < leastMemory)
    refuse(`${formatBytes(memory)} of memory are too little; 64 MiB is the least.`);
  if (memory !== undefined && memory > mostMemory)
    refuse(`The template takes at most ${formatBytes(mostMemory)} of memory.`);
  if (vcpus !== undefined && (vcpus < 1 || vcpus > mostVcpus)) refuse(`VCPUs must be from 1 to ${mostVcpus}.`);
  if (disk !== undefined && disk < 1024 ** 3)
    refuse(`A disk of ${formatBytes(disk)} is too small for an install; 1 GiB is the least.`);
  if (mac !== undefined && mac !== '' && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac))
    refuse(`"${mac}" is no MAC address.`);
}

/** Exit 8: made from it now, a VM would only waste its attempt. */
function refuseUnprepared(template: Vm): void {
  const facts = templateFacts(template);
  const name = facts.name;
  if (!facts.netboot) {
    fail({
      code: 'template-not-netboot',
      exit: exit.refused,
      message: `"${name}" ${facts.reason}.`,
      try: ['xenfai templates shows which templates netboot.'],
    });
  }
  if (facts.repository === '') {
    fail({
      code: 'template-not-prepared',
      exit: exit.refused,
      message: `"${name}" has no install repository yet.`,
      try: facts.vendor
        ? [`Copy it first: xenfai template copy "${name}" NAME`]
        : [`xenfai template set "${name}" --repository http://… --args "…"`],
    });
  }
  const source = { ...sourceOf(template.record.other_config), repository: facts.repository };
  refuseErrors(name, [...sourceFindings(source), ...validateLine(facts.args)]);
}

/**
 * One VM from a prepared template. The storage goes into the disks words before VM.provision; the name carries the
 * run until the last step, so that what a crash leaves behind can be found. Null: it exists, made by us from this
 * very template. Errors: exit 8 when the name is taken by anything else.
 */
export async function planCreate(host: Host, site: CreateSite, name: string, options: CreateOptions, run: string) {
  if (name.trim() === '') fail({ code: 'no-name', exit: exit.usage, message: 'A VM needs a name.' });
  const existing = await existingVm(host.session, site, name);
  if (existing !== null) return { plan: null, existing };
  const { record } = site.template;
  const words = record.other_config;
  const values = { ...sourceOf(words), args: record.PV_args };
  const wants = armedWants(values);
  const actions: Action[] = [
    {
      do: 'clone',
      source: { ref: site.template.ref, uuid: record.uuid },
      label: `${name} xenfai:${run}`,
      sr: site.sr.record.uuid,
    },
    { do: 'mark', name: 'created', words: { template: record.uuid }, before: null },
  ];
  const disks = words['disks'];
  if (disks !== undefined) {
    const after = rewriteDisks(disks, site.sr.record.uuid, options.disk ?? null);
    actions.push({ do: 'set-key', key: 'disks', before: disks, after });
  }
  // What the template lacks is written, not repaired.
  actions.push(...writesFor(record, { fields: {}, keys: wants.keys }));
  if (options.memory !== undefined) actions.push({ do: 'set-memory', bytes: options.memory });
  if (options.vcpus !== undefined) actions.push({ do: 'set-vcpus', count: options.vcpus });
  actions.push({ do: 'provision' });
  if (record.VIFs.length === 0) {
    const network = { ref: site.network.ref, uuid: site.network.record.uuid };
    actions.push({ do: 'add-vif', network, mac: options.mac ?? '' });
  }
  actions.push({ do: 'prove', wants, repair: true });
  actions.push({ do: 'mark', name: 'armed', words: armedMark(values), before: null });
  actions.push({ do: 'set-field', field: 'name_label', before: null, after: name });
  const plan: Plan = {
    operation: 'create',
    target: { kind: 'made', name },
    actions,
    erases: [],
    sources: [
      { what: 'template', value: record.name_label, from: '--template' },
      { what: 'sr', value: site.sr.record.name_label, from: options.sr === undefined ? 'the pool' : '--sr' },
      {
        what: 'network',
        value: site.network.record.name_label,
        from: options.network === undefined ? 'the host' : '--network',
      },
    ],
    notes: validateLine(record.PV_args).filter((finding) => finding.severity === 'warning'),
  };
  return { plan, existing: null };
}

async function existingVm(session: Session, site: CreateSite, name: string): Promise<Vm | null> {
  const found = await session.call('VM.get_by_name_label', [name], refs);
  for (const vmRef of found) {
    const vm = await readVm(session, vmRef);
    const mark = readMark(vm.record.other_config, 'created', vm.record.uuid);
    if (mark !== null && mark.template === site.template.record.uuid && !vm.record.is_a_template) return vm;
    fail({
      code: 'name-taken',
      exit: exit.refused,
      message: `There is a ${vm.record.is_a_template ? 'template' : 'VM'} called "${name}" already.`,
      try: ['Choose another name.', `To install that one again: xenfai rearm "${name}"`],
    });
  }
  return null;
}

async function chooseSr(host: Host, named: string | undefined): Promise<CreateSite['sr']> {
  if (named === undefined) {
    const { defaultSr } = await host.facts();
    if (!isNull(defaultSr)) {
      return { ref: defaultSr, record: await host.session.call('SR.get_record', [defaultSr], srRecord) };
    }
    return fail({
      code: 'no-default-sr',
      exit: exit.usage,
      message: 'The pool has no default storage.',
      try: ['Give --sr NAME: xe sr-list shows them.'],
    });
  }
  const table = await host.session.call('SR.get_all_records', [], z.record(z.string(), srRecord));
  return pick('storage', named, Object.entries(table), (record) => [record.uuid, record.name_label]);
}

/** By name, bridge or UUID; without one that of the host's first card. */
export async function chooseNetwork(session: Session, named: string | undefined): Promise<CreateSite['network']> {
  const table = await session.call('network.get_all_records', [], z.record(z.string(), networkRecord));
  const entries = Object.entries(table);
  if (named !== undefined) {
    return pick('network', named, entries, (record) => [record.uuid, record.name_label, record.bridge]);
  }
  // xenbr0 before xenbr1: the first card of the host; networks without a card lead nowhere.
  const wired = entries.filter(([, record]) => record.PIFs.length > 0);
  const [first] = wired.sort(([, a], [, b]) => a.bridge.localeCompare(b.bridge, 'en', { numeric: true }));
  if (first === undefined) {
    return fail({
      code: 'no-network',
      exit: exit.usage,
      message: 'The host has no network with a card.',
      try: ['Give --network.'],
    });
  }
  return { ref: first[0], record: first[1] };
}

function pick<T>(what: string, named: string, entries: readonly [string, T][], names: (record: T) => string[]) {
  const found = entries.filter(([, record]) => names(record).includes(named));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    return fail({
      code: `no-such-${what}`,
      exit: exit.notFound,
      message:
        found.length > 1 ? `${found.length} of ${what} are called "${named}".` : `There is no ${what} "${named}".`,
      try: [...new Set(entries.map(([, record]) => names(record)[1] ?? ''))].slice(0, 12),
    });
  }
  return { ref: first[0], record: first[1] };
}
