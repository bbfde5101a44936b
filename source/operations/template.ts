import { markKeys, readMark } from '../boot/marks.ts';
import { sourceFindings } from '../boot/methods/eliloader.ts';
import { validateLine } from '../fai/validate.ts';
import { isVendorTemplate, readVm, unfinishedName, type Vm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { refs } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import { refuseName } from './create.ts';
import type { MadeOrThere } from './made-once.ts';
import { type Action, newRunId, type Plan, planFor, type Wants } from './plan.ts';
import { type ArmingSettings, refuseErrors, refuseHalfPaths } from './sources.ts';

export interface TemplateSettings extends ArmingSettings {
  readonly proxy?: string | undefined;
}

/**
 * A copy of any template, the vendor's to begin with; it stays a template. Marks of another VM are not kept. The same
 * request once more finds what it has made.
 */
export async function planTemplateCopy(
  session: Session,
  source: Vm,
  name: string,
  comment: string | undefined,
): Promise<MadeOrThere> {
  refuseName(name, 'template');
  const { record } = source;
  const existing = await existingCopy(session, source, name, comment);
  if (existing !== null) return { kind: 'existing', vm: existing };
  const id = newRunId();
  const label = unfinishedName(name, id);
  const { uuid, name_description: description, other_config } = record;
  const inherited = Object.values(markKeys).filter((key) => other_config[key] !== undefined);
  const wanted = comment ?? description;
  const wants: Wants = {
    fields: { PV_bootloader: record.PV_bootloader, PV_args: record.PV_args, name_description: wanted },
    keys: {},
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
      notes: [],
    },
  };
}

/** What this very command made before; exit 8 for anything else of that name: two could only be told apart by UUID. */
async function existingCopy(
  session: Session,
  source: Vm,
  name: string,
  comment: string | undefined,
): Promise<Vm | null> {
  for (const one of await session.call('VM.get_by_name_label', [name], refs)) {
    const vm = await readVm(session, one);
    const { record } = vm;
    const mark = readCopyMark(vm);
    const ours = record.is_a_template && mark === source.record.uuid;
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

/** Sets what is given on a template of one's own. A vendor template is refused: copy it, the host restores its own. */
export function planTemplateSet(template: Vm, settings: TemplateSettings): Plan {
  const { record } = template;
  if (isVendorTemplate(record)) {
    fail({
      code: 'vendor-template',
      exit: exit.refused,
      message: `"${record.name_label}" is a template of the vendor: it is never written to.`,
      cause: 'Upgrades of the host restore it, and others rely on it.',
      try: [{ act: 'copy-template', template: record.name_label }, 'Then set the copy.'],
    });
  }
  refuseHalfPaths(settings);
  const notes = settingFindings(template, settings);
  refuseErrors(record.name_label, notes);
  const wants = templateWants(settings);
  const actions: Action[] = [];
  for (const [key, after] of Object.entries(wants.keys)) {
    const before = record.other_config[key] ?? null;
    if (before !== after) actions.push({ do: 'set-key', key, before, after });
  }
  if (settings.args !== undefined && settings.args !== record.PV_args) {
    actions.push({ do: 'set-field', field: 'PV_args', before: record.PV_args, after: settings.args });
  }
  if (actions.length > 0) actions.push({ do: 'read-back', wants, repair: false });
  return {
    ...planFor('template set', template, actions),
    notes: notes.filter((finding) => finding.severity !== 'info'),
  };
}

/** Only what is given is judged: a template may be set up in several goes. */
function settingFindings({ record }: Vm, settings: TemplateSettings): Finding[] {
  const words = record.other_config;
  const source = {
    paths: settings.kernel ? { kernel: settings.kernel, ramdisk: settings.initrd ?? '' } : undefined,
    repository: settings.repository ?? words['install-repository'] ?? '',
    release: settings.release ?? words['debian-release'] ?? '',
    arch: settings.arch ?? words['install-arch'] ?? defaults.arch,
  };
  const isAbout = (code: string): boolean => {
    if (code.includes('path')) return settings.kernel !== undefined;
    if (code.includes('release')) return settings.release !== undefined;
    return code.startsWith('arch') ? settings.arch !== undefined : settings.repository !== undefined;
  };
  return [
    ...sourceFindings(source).filter(({ code }) => isAbout(code)),
    ...proxyFindings(settings.proxy),
    ...(settings.args === undefined ? [] : validateLine(settings.args)),
  ];
}

function proxyFindings(proxy: string | undefined): Finding[] {
  if (proxy === undefined || proxy === '' || /^http:\/\/[^/\s]+\/?$/.test(proxy)) return [];
  return [
    {
      severity: 'error',
      code: 'proxy',
      message: `"${proxy}" is not the address of a proxy.`,
      try: 'Write http://host:port.',
    },
  ];
}

function templateWants({ repository, release, arch, proxy, args, kernel, initrd }: TemplateSettings): Wants {
  const keys: Record<string, string | null> = {};
  if (repository !== undefined) keys['install-repository'] = repository;
  if (release !== undefined) keys['debian-release'] = release === '' ? null : release;
  if (arch !== undefined) keys['install-arch'] = arch;
  // The loader's way by paths, or with an empty one its tree again.
  if (kernel !== undefined) {
    keys['install-distro'] = kernel === '' ? 'debianlike' : 'pygrub';
    keys['install-kernel'] = kernel === '' ? null : kernel;
    keys['install-ramdisk'] = kernel === '' ? null : (initrd ?? null);
  }
  // An empty proxy takes it away.
  if (proxy !== undefined) keys['install-proxy'] = proxy === '' ? null : proxy;
  return { fields: args === undefined ? {} : { PV_args: args }, keys };
}
