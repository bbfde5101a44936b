import * as z from 'zod/mini';
import { sourceFindings, sourceOf } from '../boot/methods/eliloader.ts';
import { guestFindings } from '../boot/network-boot.ts';
import { validateLine } from '../fai/validate.ts';
import type { Capabilities } from '../hosts/capabilities.ts';
import type { Host } from '../hosts/host.ts';
import { templateFacts } from '../hosts/template.ts';
import type { Vm } from '../hosts/vm.ts';
import { limits } from '../limits/limits.ts';
import type { Setting } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { formatBytes } from '../text/sizes.ts';
import {
  isNull,
  type NetworkRecord,
  networkRecord,
  type Ref,
  ref,
  type SrRecord,
  srRecord,
  type VmRecord,
} from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { provisionDisks } from './disks-xml.ts';
import { refuseErrors } from './sources.ts';
import { refuseWithoutLoader } from './without-loader.ts';

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

/** What a VM of this template gets where nobody says otherwise; `disk` in bytes, null when it makes none. */
export function ownSizes({ memory_static_max, VCPUs_max, other_config }: VmRecord): {
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number | null;
} {
  const disk = provisionDisks(other_config['disks'] ?? '').find(({ device }) => device === '0');
  return { memory: memory_static_max, vcpus: VCPUs_max, disk: disk?.size ?? null };
}

/** What all VMs of one create share: read once. */
export interface CreateSite {
  readonly template: Vm;
  readonly sr: { readonly ref: Ref; readonly record: SrRecord };
  readonly network: { readonly ref: Ref; readonly record: NetworkRecord };
}

/** Resolves storage and network and refuses a template that no VM could be installed from. */
export async function createSite(host: Host, template: Vm, options: CreateOptions): Promise<CreateSite> {
  const { able } = await host.facts();
  refuseWithoutLoader(template.record.name_label, able);
  refuseUnprepared(template, able);
  refuseSizes(template, options);
  if (options.mac && template.record.VIFs.length > 0) {
    fail({
      code: 'has-card',
      exit: exit.usage,
      message: `"${template.record.name_label}" has a network card of its own: no other can be given a MAC.`,
      try: ['Remove the card from the template, or give no MAC.'],
    });
  }
  const [sr, network] = [await chooseSr(host, options.sr), await chooseNetwork(host.session, options.network)];
  return { template, sr, network };
}

const leastMemory = 64 * 1024 ** 2;
const leastDisk = 1024 ** 3;

/** Exit 2 for sizes no Debian lives in, or that the template itself advises against. */
function refuseSizes({ record }: Vm, { memory, vcpus, disk, mac }: CreateOptions): void {
  const most = (field: string): number => {
    const match = new RegExp(`field="${field}" max="(\\d+)"`).exec(record.recommendations);
    return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
  };
  const refuse = (message: string) => fail({ code: 'bad-size', exit: exit.usage, message });
  const [mostMemory, mostVcpus] = [most('memory-static-max'), most('vcpus-max')];
  if (memory !== undefined && memory < leastMemory)
    refuse(`${formatBytes(memory)} of memory is too little; 64 MiB is the least.`);
  if (memory !== undefined && memory > mostMemory)
    refuse(`The template takes at most ${formatBytes(mostMemory)} of memory.`);
  if (vcpus !== undefined && (vcpus < 1 || vcpus > mostVcpus)) refuse(`VCPUs must be from 1 to ${mostVcpus}.`);
  if (disk !== undefined && disk < leastDisk)
    refuse(`A disk of ${formatBytes(disk)} is too small for an install; 1 GiB is the least.`);
  if (mac !== undefined && mac !== '' && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac))
    refuse(`"${mac}" is not a MAC address.`);
}

/** Exit 8: made from it now, a VM would only waste its attempt. */
function refuseUnprepared(template: Vm, { networkBoot }: Capabilities): void {
  const facts = templateFacts(template);
  const { name } = facts;
  if (!facts.netboot) {
    fail({
      code: 'template-not-netboot',
      exit: exit.refused,
      message: `"${name}" ${facts.reason}.`,
      try: [{ act: 'list-templates', note: 'shows which templates netboot' }],
    });
  }
  if (facts.repository === '') {
    fail({
      code: 'template-not-prepared',
      exit: exit.refused,
      message: `"${name}" has no install repository yet.`,
      try: [{ act: facts.vendor ? 'copy-template' : 'set-template', template: name }],
    });
  }
  const source = { ...sourceOf(template.record.other_config), repository: facts.repository };
  const guest = guestFindings(source.paths === undefined ? source.arch : '', networkBoot);
  refuseErrors(name, [...sourceFindings(source), ...guest, ...validateLine(facts.args)]);
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
      try: [{ act: 'give', setting: 'sr' }],
    });
  }
  const table = await host.session.call('SR.get_all_records', [], z.record(ref, srRecord));
  return pick('storage', 'sr', named, table, (record) => [record.uuid, record.name_label]);
}

/** By name, bridge or UUID; without one that of the host's first card. */
export async function chooseNetwork(session: Session, named: string | undefined): Promise<CreateSite['network']> {
  const table = await session.call('network.get_all_records', [], z.record(ref, networkRecord));
  if (named !== undefined) {
    return pick('network', 'network', named, table, (record) => [record.uuid, record.name_label, record.bridge]);
  }
  // xenbr0 before xenbr1: the first card of the host; networks without a card lead nowhere.
  const wired = Object.entries(table).filter(([, record]) => record.PIFs.length > 0);
  const [first] = wired.sort(([, a], [, b]) => a.bridge.localeCompare(b.bridge, 'en', { numeric: true }));
  if (first === undefined) {
    return fail({
      code: 'no-network',
      exit: exit.usage,
      message: 'The host has no network with a card.',
      try: [{ act: 'give', setting: 'network' }],
    });
  }
  return { ref: ref.parse(first[0]), record: first[1] };
}

/** The one object with this name or UUID; else exit 7, naming those there are. */
function pick<T>(
  what: string,
  setting: Setting,
  named: string,
  table: Readonly<Record<string, T>>,
  names: (record: T) => string[],
) {
  const entries = Object.entries(table);
  const found = entries.filter(([, record]) => names(record).includes(named));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const known = [...new Set(entries.map(([, record]) => names(record)[1] ?? ''))].slice(0, limits.name.suggested);
    return fail({
      code: `no-such-${what}`,
      exit: exit.notFound,
      message:
        found.length > 1 ? `${found.length} of ${what} are called "${named}".` : `There is no ${what} "${named}".`,
      try: known.map((value) => ({ act: 'give' as const, setting, value })),
    });
  }
  return { ref: ref.parse(first[0]), record: first[1] };
}
