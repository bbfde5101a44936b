import { readVm } from '../hosts/vm.ts';
import { formatMark, markKeys, staleMarks } from '../netboot/marks.ts';
import { exit } from '../text/exit.ts';
import { fail } from '../text/problem.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { isNull, nothing, ref, vbdRecord, vmRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { runTask } from '../xapi/task.ts';
import type { Hands } from './hands.ts';
import type { Action, TextField, Wants } from './plan.ts';

/** What the actions of one plan know of each other. */
export interface Progress {
  /** The object acted on; empty until a clone made it. */
  ref: string;
  uuid: string;
  /** What read-back found lost and wrote again. */
  readonly repaired: string[];
  /** A snapshot this plan took, empty until then. */
  snapshot: string;
  wrote: boolean;
}

/** Carries one action out. Errors are the call's own; the executor explains and takes back. */
export async function carryOut(action: Action, hands: Hands, progress: Progress): Promise<void> {
  const { session } = hands.host;
  const self = progress.ref;
  if (action.do !== 'prove') progress.wrote = true;
  switch (action.do) {
    case 'clone':
      progress.ref = await session.call('VM.clone', [action.source.ref, action.label], ref);
      progress.uuid = await session.call('VM.get_uuid', [progress.ref], ref);
      return;
    case 'set-field':
      return setField(session, self, action.field, action.after);
    case 'set-key':
      return setKey(session, self, action.key, action.after, action.before !== null);
    case 'snapshot':
      progress.snapshot = await session.call('VM.snapshot', [self, action.label], ref);
      return;
    case 'set-memory':
      return setMemory(session, self, action.bytes);
    case 'set-vcpus':
      return setVcpus(session, self, action.count);
    case 'provision':
      await session.call('VM.provision', [self], nothing);
      return;
    case 'add-vif':
      await session.call('VIF.create', [vifRecord(self, action.network.ref, action.mac)], ref);
      return;
    case 'mark':
      return writeMark(action, hands, progress);
    case 'prove':
      return prove(action.wants, action.repair, session, progress);
    case 'shutdown':
      return shutDown(action.how, hands, self);
    case 'start':
      await runTask(session, 'VM.start', [self, false, false], hands.signal);
  }
}

/** Takes one action back, as far as that means something. The last of a made object takes the object with it. */
export async function takeBack(action: Action, session: Session, progress: Progress): Promise<void> {
  if (action.do === 'clone') return destroyWithDisks(session, progress.ref);
  if (action.do === 'snapshot' && progress.snapshot !== '') return destroyWithDisks(session, progress.snapshot);
  if (action.do === 'set-field' && action.before !== null) {
    return setField(session, progress.ref, action.field, action.before);
  }
  if (action.do === 'set-key') return setKey(session, progress.ref, action.key, action.before, true);
  if (action.do === 'mark') return setKey(session, progress.ref, markKeys[action.name], action.before, true);
}

async function setField(session: Session, self: string, field: TextField, value: string): Promise<void> {
  await session.call(`VM.set_${field}`, [self, value], nothing);
}

const mostTries = 5;

/** There is no atomic replace: remove, add, and again when somebody else added in between. */
async function setKey(session: Session, self: string, key: string, value: string | null, present: boolean) {
  if (present || value === null) await session.call('VM.remove_from_other_config', [self, key], nothing);
  if (value === null) return;
  for (let tries = 1; ; tries += 1) {
    try {
      await session.call('VM.add_to_other_config', [self, key, value], nothing);
      return;
    } catch (error) {
      const duplicate = error instanceof HostFailure && classify(error).kind === 'duplicate-key';
      if (!duplicate || tries === mostTries) throw error;
      await session.call('VM.remove_from_other_config', [self, key], nothing);
    }
  }
}

/** All four limits at once: single setters fail half-way, and 5.6 without DMC wants dynamic equal to static max. */
async function setMemory(session: Session, self: string, bytes: number): Promise<void> {
  const record = await session.call('VM.get_record', [self], vmRecord);
  const least = String(Math.min(record.memory_static_min, bytes));
  await session.call('VM.set_memory_limits', [self, least, String(bytes), String(bytes), String(bytes)], nothing);
}

/** at_startup may never exceed max: raise max first, lower at_startup first. */
async function setVcpus(session: Session, self: string, count: number): Promise<void> {
  const record = await session.call('VM.get_record', [self], vmRecord);
  const names = count > record.VCPUs_max ? ['VCPUs_max', 'VCPUs_at_startup'] : ['VCPUs_at_startup', 'VCPUs_max'];
  for (const name of names) await session.call(`VM.set_${name}`, [self, String(count)], nothing);
}

const vifRecord = (vm: string, network: string, mac: string) => ({
  device: '0',
  network,
  VM: vm,
  MAC: mac,
  MTU: '1500',
  other_config: {},
  qos_algorithm_type: '',
  qos_algorithm_params: {},
});

/** Writes a mark, and drops what a clone inherited. */
async function writeMark(action: Action & { do: 'mark' }, hands: Hands, progress: Progress): Promise<void> {
  const { session } = hands.host;
  const { record } = await readVm(session, progress.ref);
  const key = markKeys[action.name];
  for (const stale of staleMarks(record.other_config, record.uuid)) {
    if (stale !== key) await setKey(session, progress.ref, stale, null, true);
  }
  const mark = { vm: record.uuid, run: hands.run, at: hands.now().toISOString(), by: hands.by, ...action.words };
  await setKey(session, progress.ref, key, formatMark(mark), record.other_config[key] !== undefined);
}

const shortNames: Readonly<Record<string, string>> = {
  PV_bootloader: 'bootloader',
  PV_args: 'args',
  'install-distro': 'distro',
  'install-repository': 'repository',
  'debian-release': 'release',
  'install-arch': 'arch',
  'install-round': 'round',
};

/** Reads everything back. What differs is written again (repair) or is an error: somebody else is at work. */
async function prove(wants: Wants, repair: boolean, session: Session, progress: Progress): Promise<void> {
  for (let round = 0; ; round += 1) {
    const { record } = await readVm(session, progress.ref);
    const fields = Object.entries(wants.fields).filter(([name, value]) => record[name as TextField] !== value);
    const keys = Object.entries(wants.keys).filter(([key, value]) => (record.other_config[key] ?? null) !== value);
    if (fields.length === 0 && keys.length === 0) return;
    const names = [...fields, ...keys].map(([name]) => shortNames[name] ?? name);
    if (!repair || round > 0) {
      return fail({
        code: 'not-kept',
        exit: exit.hostError,
        message: `The host did not keep what was written: ${names.join(', ')}.`,
        cause: 'Another client changed the VM at the same moment.',
        try: ['Close its window in other clients and run it again.'],
      });
    }
    for (const [name, value] of fields) await setField(session, progress.ref, name as TextField, value);
    for (const [key, value] of keys) {
      await setKey(session, progress.ref, key, value, record.other_config[key] !== undefined);
    }
    progress.repaired.push(...names);
    progress.wrote = true;
  }
}

async function shutDown(
  how: 'clean' | 'hard' | 'clean-then-hard' | 'reset',
  hands: Hands,
  self: string,
): Promise<void> {
  const { session } = hands.host;
  if (how === 'reset') {
    await session.call('VM.power_state_reset', [self], nothing);
    return;
  }
  if (how !== 'hard') {
    try {
      await runTask(session, 'VM.clean_shutdown', [self], hands.signal);
      return;
    } catch (error) {
      if (how === 'clean' || hands.signal.aborted || !(error instanceof HostFailure)) throw error;
    }
  }
  await runTask(session, 'VM.hard_shutdown', [self], hands.signal);
}

/** Removes a VM this program made, with the disks that belong to it. Nothing is left that a name would find. */
export async function destroyWithDisks(session: Session, self: string): Promise<void> {
  const record = await session.call('VM.get_record', [self], vmRecord);
  if (record.power_state !== 'Halted') await session.call('VM.hard_shutdown', [self], nothing);
  const disks: string[] = [];
  for (const vbd of record.VBDs) {
    const device = await session.call('VBD.get_record', [vbd], vbdRecord);
    if (device.type === 'Disk' && !isNull(device.VDI)) disks.push(device.VDI);
  }
  await session.call('VM.destroy', [self], nothing);
  for (const disk of disks) await session.call('VDI.destroy', [disk], nothing);
}
