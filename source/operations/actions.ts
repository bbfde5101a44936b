import { formatMark, markKeys, staleMarks } from '../boot/marks.ts';
import { readVm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { classify, HostFailure, WireFailure } from '../xapi/errors.ts';
import { isNull, nothing, ref, vbdRecord, vmRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { pause, runTask } from '../xapi/task.ts';
import { cdRecord, vifRecord } from './devices.ts';
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
      progress.ref = refIn(await runTask(session, 'VM.clone', [action.source.ref, action.label], hands.signal));
      progress.uuid = await session.call('VM.get_uuid', [progress.ref], ref);
      return;
    case 'set-field':
      return setField(session, self, action.field, action.after);
    case 'set-key':
      return setKey(session, self, action.key, action.after, action.before !== null);
    case 'snapshot':
      progress.snapshot = refIn(await runTask(session, 'VM.snapshot', [self, action.label], hands.signal));
      return;
    case 'set-memory':
      return setMemory(session, self, action.bytes);
    case 'set-vcpus':
      return setVcpus(session, self, action.count);
    case 'provision':
      await runTask(session, 'VM.provision', [self], hands.signal);
      return;
    case 'add-vif':
      await session.call('VIF.create', [vifRecord(self, action.network.ref, action.mac)], ref);
      return;
    case 'add-cd':
      await session.call('VBD.create', [cdRecord(self, action.vdi.ref, action.device)], ref);
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

/** A task's result is XML text around the reference. */
const refIn = (result: string): string => /<value>([^<]+)<\/value>/.exec(result)?.[1] ?? result;

/**
 * Takes one action back. Only what still is as we left it is touched: null when all is as before, else in words what
 * remains and why.
 */
export async function takeBack(action: Action, session: Session, progress: Progress): Promise<string | null> {
  switch (action.do) {
    case 'snapshot':
      if (progress.snapshot !== '') await destroyWithDisks(session, progress.snapshot);
      return null;
    case 'set-field': {
      const { record } = await readVm(session, progress.ref);
      const now = record[action.field];
      if (action.before === null || now === action.before) return null;
      if (now !== action.after) return 'somebody else has changed it since';
      await setField(session, progress.ref, action.field, action.before);
      return null;
    }
    case 'set-key': {
      const { record } = await readVm(session, progress.ref);
      const now = record.other_config[action.key] ?? null;
      if (now === action.before) return null;
      // Absent is ours, too: a replacement that stopped between removing and adding.
      if (now !== action.after && now !== null) return 'somebody else has changed it since';
      await setKey(session, progress.ref, action.key, action.before, true);
      return null;
    }
    case 'mark':
      await setKey(session, progress.ref, markKeys[action.name], action.before, true);
      return null;
    case 'shutdown':
      return 'it was shut down, and stays so';
    default:
      return null;
  }
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

/** Milliseconds a guest gets to shut down by itself. */
const patience = 60_000;

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
      // A guest that waits for RETURN never answers; where hard is allowed next, it is not waited for long.
      const limit = how === 'clean' ? [] : [AbortSignal.timeout(patience)];
      await runTask(session, 'VM.clean_shutdown', [self], AbortSignal.any([hands.signal, ...limit]));
      return;
    } catch (error) {
      if (how === 'clean' || hands.signal.aborted || !(error instanceof HostFailure)) throw error;
    }
  }
  await runTask(session, 'VM.hard_shutdown', [self], hands.signal);
}

/**
 * Removes a VM this program made, with the disks that belong to it. What is gone already counts as done; every disk
 * is tried. Errors: a problem that names the disks left, or why the VM could not be removed.
 */
export async function destroyWithDisks(session: Session, self: string): Promise<void> {
  const record = await session.call('VM.get_record', [self], vmRecord).catch(unlessGone);
  if (record === null) return;
  if (record.power_state === 'Running') await session.call('VM.hard_shutdown', [self], nothing).catch(unlessGone);
  const disks: string[] = [];
  for (const vbd of record.VBDs) {
    const device = await session.call('VBD.get_record', [vbd], vbdRecord);
    if (device.type === 'Disk' && !isNull(device.VDI)) disks.push(device.VDI);
  }
  await persist(() => session.call('VM.destroy', [self], nothing).catch(unlessGone));
  const left: string[] = [];
  for (const disk of disks) {
    await persist(() => session.call('VDI.destroy', [disk], nothing).catch(unlessGone)).catch(() => left.push(disk));
  }
  if (left.length > 0) {
    fail({
      code: 'disks-left',
      exit: exit.hostError,
      message: `The VM is gone, its disks are not: ${left.join(', ')}.`,
      try: ['xe vdi-list, and xe vdi-destroy for those that belong to no VM.'],
    });
  }
}

/** Null for an object that is not there any more; every other error stays one. */
function unlessGone(error: unknown): null {
  if (error instanceof HostFailure && ['HANDLE_INVALID', 'UUID_INVALID'].includes(error.code)) return null;
  throw error;
}

const mostAttempts = 5;

/** Tries again while the host is busy with the object or a call was cut: clean-up must not give up at once. */
async function persist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const busy = error instanceof HostFailure && ['busy', 'power-state'].includes(classify(error).kind);
      if ((!busy && !(error instanceof WireFailure)) || attempt === mostAttempts) throw error;
      await pause(1000, null);
    }
  }
}
