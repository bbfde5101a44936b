import { markKeys, readMark } from '../boot/marks.ts';
import type { Host } from '../hosts/host.ts';
import { readVm, unfinishedName, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { refs } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { refuseName } from './create.ts';
import type { MadeOrThere } from './made-once.ts';
import { type NetbootSettings, type NetbootWish, netbootSettings } from './netboot-copy.ts';
import { type Action, newRunId, type Wants } from './plan.ts';
import { writesFor } from './writes.ts';

export interface CopyOptions extends NetbootWish {
  readonly comment?: string | undefined;
}

/**
 * A copy of any template, the vendor's to begin with; it stays a template. With a release or an architecture it is made
 * one for that Debian, and the plan has each setting that then differs. Marks of another VM are not kept. The same
 * request once more finds what it has made.
 */
export async function planTemplateCopy(
  { session, facts }: Pick<Host, 'session' | 'facts'>,
  source: Vm,
  name: string,
  { comment, ...wish }: CopyOptions,
): Promise<MadeOrThere> {
  refuseName(name, 'template');
  const { record } = source;
  const settings = netbootSettings(source, wish, (await facts()).able);
  const existing = await existingCopy(session, source, name, comment, settings);
  if (existing !== null) return { kind: 'existing', vm: existing };
  const id = newRunId();
  const label = unfinishedName(name, id);
  const { uuid, name_description: description, other_config } = record;
  const inherited = Object.values(markKeys).filter((key) => other_config[key] !== undefined);
  const wanted = comment ?? description;
  const wants: Wants = {
    fields: {
      PV_bootloader: record.PV_bootloader,
      PV_args: record.PV_args,
      name_description: wanted,
      ...settings?.fields,
    },
    keys: settings?.keys ?? {},
    platform: settings?.platform ?? {},
  };
  const actions: Action[] = [
    { do: 'claim', name },
    { do: 'clone', source: { ref: source.ref, uuid, description }, label },
    { do: 'mark', name: 'created', fields: { template: uuid }, before: null },
    ...inherited
      .filter((key) => key !== markKeys.created)
      .map((key): Action => ({ do: 'set-key', key, before: null, after: null })),
    ...(wanted === description
      ? []
      : [{ do: 'set-field' as const, field: 'name_description' as const, before: null, after: wanted }]),
    ...(settings === null ? [] : writesFor(record, settings)),
    { do: 'read-back', wants, repair: true },
    { do: 'give-name', name, label },
  ];
  return {
    kind: 'new',
    plan: {
      id,
      operation: 'template copy',
      target: { kind: 'made', name },
      actions,
      erases: [],
      sources: [],
      notes: settings?.notes ?? [],
    },
  };
}

/** What this very command made before; exit 8 for anything else of that name: two could only be told apart by UUID. */
async function existingCopy(
  session: Session,
  source: Vm,
  name: string,
  comment: string | undefined,
  settings: NetbootSettings | null,
): Promise<Vm | null> {
  for (const one of await session.call('VM.get_by_name_label', [name], refs)) {
    const vm = await readVm(session, one);
    const { record } = vm;
    const mark = readCopyMark(vm);
    const holds = settings === null || writesFor(record, { ...settings, fields: {} }).length === 0;
    const ours = record.is_a_template && mark === source.record.uuid && holds;
    if (ours && (comment === undefined || record.name_description === comment)) return vm;
    fail({
      code: 'name-taken',
      exit: exit.refused,
      message: `Something is called "${name}" already.`,
      try: ['Choose another name: two of one name can only be told apart by UUID.'],
    });
  }
  return null;
}

/** UUID of the template a copy was made from, as its mark says. */
const readCopyMark = ({ record }: Vm): string | undefined =>
  readMark(record.other_config, 'created', record.uuid)?.template;
