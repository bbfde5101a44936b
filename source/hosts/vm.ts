import { type ArgsFacts, type InstallState, installState, type StateOfInstall } from '../boot/install-state.ts';
import { readMark } from '../boot/marks.ts';
import { hasFaiArguments } from '../fai/kernel-line.ts';
import { validateLine } from '../fai/validate.ts';
import { exit } from '../problem/exit.ts';
import { errorsOf } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { ref, refs, type VmRecord, vmRecord, vmTable } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';

/** A VM or template with the reference its calls need. */
export interface Vm {
  readonly ref: string;
  readonly record: VmRecord;
}

export const argsFacts = (line: string): ArgsFacts => ({
  hasFai: hasFaiArguments(line),
  errors: errorsOf(validateLine(line)).length > 0,
});

/** Install state by netboot's rules, with FAI's judgement of the kernel line. */
export const stateOf = (record: VmRecord): StateOfInstall => installState(record, argsFacts(record.PV_args));

/** What `status` shows without --all: anything that has, or had, to do with an install. */
export function concernsUs(record: VmRecord, state: InstallState = stateOf(record).state): boolean {
  const marked = (['created', 'armed', 'installed'] as const).some(
    (name) => readMark(record.other_config, name, record.uuid) !== null,
  );
  return state !== 'other' || marked || record.PV_bootloader === 'eliloader' || hasFaiArguments(record.PV_args);
}

/** A VM people mean: no template, snapshot or dom0. */
export const isMachine = (record: VmRecord): boolean =>
  !record.is_a_template && !record.is_a_snapshot && !record.is_control_domain;

export const isTemplate = (record: VmRecord): boolean =>
  record.is_a_template && !record.is_a_snapshot && !record.is_control_domain;

/** Shipped by the host: never written to. The field came with 7.2; before, the word in other_config says it. */
export const isVendorTemplate = (record: VmRecord): boolean =>
  record.is_default_template || record.other_config['default_template'] === 'true';

export async function allVms(session: Session): Promise<Vm[]> {
  const table = await session.call('VM.get_all_records', [], vmTable);
  return Object.entries(table)
    .map(([vmRef, record]) => ({ ref: vmRef, record }))
    .filter(({ record }) => isMachine(record))
    .sort((a, b) => a.record.name_label.localeCompare(b.record.name_label, 'en', { numeric: true }));
}

export async function allTemplates(session: Session): Promise<Vm[]> {
  const table = await session.call('VM.get_all_records', [], vmTable);
  return Object.entries(table)
    .map(([vmRef, record]) => ({ ref: vmRef, record }))
    .filter(({ record }) => isTemplate(record));
}

export const readVm = async (session: Session, vmRef: string): Promise<Vm> => ({
  ref: vmRef,
  record: await session.call('VM.get_record', [vmRef], vmRecord),
});

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The one VM with this name or UUID. Errors: exit 7 when there is none, or when several have the name; among
 * templates a copy is preferred to a vendor template of the same name, because a copy is what people work with.
 */
export async function findVm(session: Session, name: string, what: 'VM' | 'template' = 'VM'): Promise<Vm> {
  const wanted = what === 'VM' ? isMachine : isTemplate;
  const found = (await candidates(session, name)).filter(({ record }) => wanted(record));
  const own = found.filter(({ record }) => !isVendorTemplate(record));
  const [first, ...others] = what === 'template' && own.length === 1 ? own : found;
  if (first === undefined) {
    return fail({
      code: `no-such-${what.toLowerCase()}`,
      exit: exit.notFound,
      message: `There is no ${what} "${name}".`,
      try: [what === 'VM' ? 'xenfai status --all lists them.' : 'xenfai templates lists them.'],
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

async function candidates(session: Session, name: string): Promise<Vm[]> {
  if (uuidForm.test(name)) {
    try {
      return [await readVm(session, await session.call('VM.get_by_uuid', [name.toLowerCase()], ref))];
    } catch (error) {
      if (error instanceof HostFailure && classify(error).kind === 'unknown-object') return [];
      throw error;
    }
  }
  const found = await session.call('VM.get_by_name_label', [name], refs);
  return Promise.all(found.map((vmRef) => readVm(session, vmRef)));
}
