import {
  type ArgsFacts,
  type InstallState,
  installState,
  type Missing,
  type StateOfInstall,
} from '../boot/install-state.ts';
import { markNames, readMark } from '../boot/marks.ts';
import { lineAsBooted } from '../boot/methods/eliloader-line.ts';
import { type MissingReason, missingReasons } from '../boot/missing.ts';
import type { BootRules, Loader } from '../boot/releases.ts';
import { hasFaiArguments } from '../fai/kernel-line.ts';
import { validateLine } from '../fai/validate.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { type Ref, ref, refs, uuidForm, type VmRecord, vmRecord, vmTable } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';

/** A VM or template with the reference its calls need. */
export interface Vm {
  readonly ref: Ref;
  readonly record: VmRecord;
  /** Where that matters and somebody has counted (`withBootable`). */
  readonly bootableDisks?: number;
}

type Stated = Pick<Vm, 'record' | 'bootableDisks'>;

export const argsFacts = (line: string): ArgsFacts => ({
  hasFai: hasFaiArguments(line),
  errors: errorsOf(validateLine(line)).length > 0,
});

/** Install state by the rules of its host's release, with FAI's judgement of the kernel line. */
export const stateOf = ({ record, bootableDisks }: Stated, rules: BootRules): StateOfInstall =>
  installState(record, argsFacts(lineAsBooted(record, rules.loader)), { rules, bootableDisks });

/** What each word of `missing` is about: the setting, what it is, and what it must be. */
export const reasonsOf = (
  { record, bootableDisks }: Stated,
  missing: readonly Missing[],
  loader: Loader,
): MissingReason[] =>
  missingReasons(
    record,
    missing,
    missing.includes('args')
      ? errorsOf(validateLine(lineAsBooted(record, loader))).map(({ message }) => message)
      : [],
    { bootableDisks },
  );

/** "halted", "running". */
export const powerWord = ({ power_state }: Pick<VmRecord, 'power_state'>): string => power_state.toLowerCase();

/** "armed, halted": a VM in the words that every door has for it; of a template, whether VMs can be made from it. */
export function conditionText(vm: Vm, rules: BootRules): string {
  const { record } = vm;
  const { state, missing } = stateOf(vm, rules);
  if (record.is_a_template) return missing.length === 0 ? 'ready for new VMs' : `still lacks ${missing.join(', ')}`;
  return `${state}, ${powerWord(record)}`;
}

/** What `status` shows without --all: anything that has, or had, to do with an install. */
export function concernsUs(record: VmRecord, state: InstallState): boolean {
  const marked = markNames.some((name) => readMark(record.other_config, name, record.uuid) !== null);
  return state !== 'other' || marked || record.PV_bootloader === 'eliloader' || hasFaiArguments(record.PV_args);
}

/** A VM people mean: no template, snapshot or dom0. */
export const isMachine = (record: VmRecord): boolean =>
  !record.is_a_template && !record.is_a_snapshot && !record.is_control_domain;

/**
 * The name of what a create or a copy is making, or was making when it was killed. It carries the run until the last
 * step, so that it can be found, and until then it is nothing to work with.
 */
export const isUnfinished = ({ name_label }: Pick<VmRecord, 'name_label'>): boolean =>
  / xenfai:[0-9a-f]{8}$/.test(name_label);

/** What a snapshot is called that a run takes before it writes anything. */
export const snapshotName = (name: string, operation: string, run: string): string =>
  `${name} before ${operation} ${run}`;

/** The run that took it; null for a snapshot that somebody else took. */
export const runOfSnapshot = ({ name_label }: Pick<VmRecord, 'name_label'>): string | null =>
  / before (?:rearm|repair) ([0-9a-f]{8})$/.exec(name_label)?.[1] ?? null;

export const unfinishedName = (name: string, run: string): string => `${name} xenfai:${run}`;

export const isTemplate = (record: VmRecord): boolean =>
  record.is_a_template && !record.is_a_snapshot && !record.is_control_domain && !isUnfinished(record);

/** Shipped by the host: never written to. The field came with 7.2; before, the word in other_config says it. */
export const isVendorTemplate = (record: VmRecord): boolean =>
  record.is_default_template || record.other_config['default_template'] === 'true';

const byName = (a: Vm, b: Vm): number =>
  a.record.name_label.localeCompare(b.record.name_label, 'en', { numeric: true });

/** Everything the host keeps in its VM table: machines, templates, snapshots, dom0. */
export async function everyVm(session: Session): Promise<Vm[]> {
  const table = await session.call('VM.get_all_records', [], vmTable);
  return Object.entries(table).map(([key, record]) => ({ ref: ref.parse(key), record }));
}

export const allVms = async (session: Session): Promise<Vm[]> =>
  (await everyVm(session)).filter(({ record }) => isMachine(record)).sort(byName);

export const allTemplates = async (session: Session): Promise<Vm[]> =>
  (await everyVm(session)).filter(({ record }) => isTemplate(record));

export const readVm = async (session: Session, vmRef: Ref): Promise<Vm> => ({
  ref: vmRef,
  record: await session.call('VM.get_record', [vmRef], vmRecord),
});

/**
 * The one VM with this name or UUID. Errors: exit 7 when there is none, or when several have the name; among
 * templates a copy is preferred to a vendor template of the same name, because a copy is what people work with.
 */
export async function findVm(session: Session, name: string, what: 'VM' | 'template' = 'VM'): Promise<Vm> {
  const wanted = what === 'VM' ? isMachine : isTemplate;
  const named = await candidates(session, name);
  const found = named.filter(({ record }) => wanted(record));
  const own = found.filter(({ record }) => !isVendorTemplate(record));
  const [first, ...others] = what === 'template' && own.length === 1 ? own : found;
  if (first === undefined) {
    return fail({
      code: `no-such-${what.toLowerCase()}`,
      exit: exit.notFound,
      message: `There is no ${what} "${name}"${other(what, named)}.`,
      try: [{ act: what === 'VM' ? 'list-vms' : 'list-templates' }],
    });
  }
  if (others.length > 0) {
    fail({
      code: 'ambiguous-name',
      exit: exit.notFound,
      message: `${found.length} ${what}s are called "${name}".`,
      try: ['Name it by its UUID:', ...found.map(({ record }) => record.uuid)],
    });
  }
  return first;
}

/** What has the name, where it is not what was asked for. */
function other(what: 'VM' | 'template', named: readonly Vm[]): string {
  if (what === 'VM') return named.some(({ record }) => isTemplate(record)) ? ': that is a template' : '';
  return named.some(({ record }) => isMachine(record)) ? ': that is a VM' : '';
}

/** What can stand in a filter without being quoted. */
const plainName = /^[\w .:@+-]+$/;

/** One call in place of two. The message is not in the documentation: null where a host does not take it. */
async function called(session: Session, name: string): Promise<Vm[] | null> {
  try {
    const table = await session.call('VM.get_all_records_where', [`field "name__label" = "${name}"`], vmTable);
    return Object.entries(table).map(([key, record]) => ({ ref: ref.parse(key), record }));
  } catch (error) {
    if (error instanceof HostFailure && classify(error).kind !== 'session-lost') return null;
    throw error;
  }
}

async function candidates(session: Session, name: string): Promise<Vm[]> {
  if (uuidForm.test(name)) {
    try {
      return [await readVm(session, await session.call('VM.get_by_uuid', [name.toLowerCase()], ref))];
    } catch (error) {
      if (error instanceof HostFailure && classify(error).kind === 'unknown-object') return [];
      throw error;
    }
  }
  const filtered = plainName.test(name) ? await called(session, name) : null;
  if (filtered !== null) return filtered;
  const found = await session.call('VM.get_by_name_label', [name], refs);
  return Promise.all(found.map((vmRef) => readVm(session, vmRef)));
}
