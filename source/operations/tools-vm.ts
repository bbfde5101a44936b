import * as z from 'zod/mini';
import type { Host } from '../hosts/host.ts';
import type { ToolsIso } from '../hosts/tools-iso.ts';
import { findVm, unfinishedName } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { pause } from '../xapi/pause.ts';
import { type Ref, ref, refs, srRecord, type Uuid, uuidForm, vdiRecord } from '../xapi/records.ts';
import type { RunContext } from './context.ts';
import { destroyWithDisks } from './destroy.ts';
import { type Action, newRunId, type Plan } from './plan.ts';
import { chooseNetwork } from './site.ts';

const template = 'Other install media';
const memory = 512 * 1024 ** 2;

export interface ToolsVmOptions {
  /** Name or UUID of a live disc (grml-small, say) in an ISO storage of the pool. */
  readonly liveIso: string;
  readonly network: string | undefined;
}

/**
 * The page's way to the tools ISO ("running a small dummy VM booting your custom live distribution"): a VM without a
 * disk, the live disc in its first drive, the tools in its second. Its name keeps the run until it is removed, so
 * that what a kill leaves behind is found.
 */
export async function planToolsVm(host: Host, iso: ToolsIso, { liveIso, network }: ToolsVmOptions): Promise<Plan> {
  const source = await findVm(host.session, template, 'template');
  const live = await findDisc(host, liveIso);
  const card = await chooseNetwork(host.session, network);
  const id = newRunId();
  const name = unfinishedName('xenfai tools', id);
  const { uuid, name_description: description, memory_static_min } = source.record;
  const actions: Action[] = [
    { do: 'clone', source: { ref: source.ref, uuid, description }, label: name },
    { do: 'mark', name: 'created', fields: { template: uuid }, before: null },
    { do: 'set-memory', bytes: memory, least: Math.min(memory_static_min, memory) },
    { do: 'provision' },
    // The BIOS boots the disc in the lower drive.
    { do: 'add-cd', vdi: live, device: '2' },
    { do: 'add-cd', vdi: { ref: iso.ref, uuid: iso.uuid, name: iso.name }, device: '3' },
    { do: 'add-vif', network: { ref: card.ref, uuid: card.record.uuid }, mac: '' },
    { do: 'start' },
  ];
  return {
    id,
    operation: 'tools vm',
    target: { kind: 'made', name },
    actions,
    erases: [],
    sources: [
      { what: 'live disc', value: live.name, from: { given: 'live-iso' } },
      { what: 'tools', value: iso.name, from: 'the host' },
      {
        what: 'network',
        value: card.record.name_label,
        from: network === undefined ? 'the host' : { given: 'network' },
      },
    ],
    notes: [],
  };
}

async function findDisc(host: Host, named: string): Promise<{ ref: Ref; uuid: Uuid; name: string }> {
  const { session } = host;
  const byName = await session.call('VDI.get_by_name_label', [named], refs);
  const byUuid = uuidForm.test(named) ? await session.call('VDI.get_by_uuid', [named], ref) : null;
  for (const vdi of [...byName, ...(byUuid === null ? [] : [byUuid])]) {
    const record = await session.call('VDI.get_record', [vdi], vdiRecord);
    const sr = await session.call('SR.get_record', [record.SR], srRecord);
    if (sr.content_type === 'iso') return { ref: vdi, uuid: record.uuid, name: record.name_label };
  }
  return fail({
    code: 'no-such-disc',
    exit: exit.notFound,
    message: `There is no disc "${named}" in an ISO storage of this pool.`,
    try: [
      { shell: ['xe', 'cd-list'], where: 'dom0', note: 'lists them' },
      'Copy a live disc, such as grml-small, into an ISO storage and scan it: xe sr-scan.',
    ],
  });
}

const lookEvery = 2000;

/** Waits until the VM is halted or gone, or somebody interrupts; then removes it. Errors: what removing it says. */
export async function awaitAndRemove(vm: Ref, { host, signal }: RunContext): Promise<void> {
  while (!signal.aborted) {
    const state = await host.session.call('VM.get_power_state', [vm], z.string()).catch((error: unknown) => {
      // Somebody has removed it. What cannot be seen now may be seen the next time.
      return error instanceof HostFailure && classify(error).kind === 'unknown-object' ? 'Halted' : 'unseen';
    });
    if (state === 'Halted') break;
    await pause(lookEvery, signal);
  }
  await destroyWithDisks(host.session, vm);
}
