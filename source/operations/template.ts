import { markKeys } from '../boot/marks.ts';
import { sourceFindings } from '../boot/methods/eliloader.ts';
import { validateLine } from '../fai/validate.ts';
import { isVendorTemplate, type Vm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { refs } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import type { Action, Plan, Wants } from './plan.ts';
import { refuseErrors, refuseHalfPaths, type Settings } from './sources.ts';

export interface TemplateSettings extends Settings {
  readonly proxy?: string | undefined;
}

/** A copy of any template, the vendor's to begin with; it stays a template. Marks of another VM are not kept. */
export async function planTemplateCopy(
  session: Session,
  source: Vm,
  name: string,
  comment: string | undefined,
  run: string,
): Promise<Plan> {
  if (name.trim() === '') fail({ code: 'no-name', exit: exit.usage, message: 'A template needs a name.' });
  const taken = await session.call('VM.get_by_name_label', [name], refs);
  if (taken.length > 0) {
    fail({
      code: 'name-taken',
      exit: exit.refused,
      message: `Something is called "${name}" already.`,
      try: ['Choose another name: two of one name can only be told apart by UUID.'],
    });
  }
  const { record } = source;
  const actions: Action[] = [
    { do: 'clone', source: { ref: source.ref, uuid: record.uuid }, label: `${name} xenfai:${run}` },
  ];
  if (comment !== undefined && comment !== record.name_description) {
    actions.push({ do: 'set-field', field: 'name_description', before: null, after: comment });
  }
  for (const key of Object.values(markKeys)) {
    if (record.other_config[key] !== undefined) actions.push({ do: 'set-key', key, before: null, after: null });
  }
  const fields = {
    PV_bootloader: record.PV_bootloader,
    PV_args: record.PV_args,
    ...(comment === undefined ? {} : { name_description: comment }),
  };
  actions.push({ do: 'prove', wants: { fields, keys: {} }, repair: true });
  actions.push({ do: 'set-field', field: 'name_label', before: null, after: name });
  return {
    operation: 'template copy',
    target: { kind: 'made', name },
    actions,
    erases: [],
    sources: [],
    notes: [],
  };
}

/** Sets what is given on a template of one's own. A vendor template is refused: copy it, the host restores its own. */
export function planTemplateSet(template: Vm, settings: TemplateSettings): Plan {
  const { record } = template;
  if (isVendorTemplate(record)) {
    fail({
      code: 'vendor-template',
      exit: exit.refused,
      message: `"${record.name_label}" is a template of the vendor: it is never written to.`,
      cause: 'Upgrades of the host restore it, and others rely on it.',
      try: [`xenfai template copy "${record.name_label}" "My ${record.name_label}"`, 'Then set the copy.'],
    });
  }
  refuseHalfPaths(settings);
  const words = record.other_config;
  const paths = settings.kernel ? { kernel: settings.kernel, ramdisk: settings.initrd ?? '' } : undefined;
  const source = {
    paths,
    repository: settings.repository ?? words['install-repository'] ?? '',
    release: settings.release ?? words['debian-release'] ?? '',
    arch: settings.arch ?? words['install-arch'] ?? 'i386',
  };
  // Only what is given is judged: a template may be set up in several goes.
  const about = (code: string): boolean =>
    code.includes('path')
      ? settings.kernel !== undefined
      : code.includes('release')
        ? settings.release !== undefined
        : code.startsWith('arch')
          ? settings.arch !== undefined
          : settings.repository !== undefined;
  const notes = [
    ...sourceFindings(source).filter(({ code }) => about(code)),
    ...proxyFindings(settings.proxy),
    ...(settings.args === undefined ? [] : validateLine(settings.args)),
  ];
  refuseErrors(record.name_label, notes);
  const wants = templateWants(settings);
  const actions: Action[] = [];
  for (const [key, after] of Object.entries(wants.keys)) {
    const before = words[key] ?? null;
    if (before !== after) actions.push({ do: 'set-key', key, before, after });
  }
  if (settings.args !== undefined && settings.args !== record.PV_args) {
    actions.push({ do: 'set-field', field: 'PV_args', before: record.PV_args, after: settings.args });
  }
  if (actions.length > 0) actions.push({ do: 'prove', wants, repair: false });
  return {
    operation: 'template set',
    target: { kind: 'existing', ref: template.ref, uuid: record.uuid, name: record.name_label },
    actions,
    erases: [],
    sources: [],
    notes: notes.filter((finding) => finding.severity !== 'info'),
  };
}

function proxyFindings(proxy: string | undefined): Finding[] {
  if (proxy === undefined || proxy === '' || /^http:\/\/[^/\s]+\/?$/.test(proxy)) return [];
  return [{ severity: 'error', code: 'proxy', message: `"${proxy}" is no proxy.`, try: 'Write http://host:port.' }];
}

function templateWants({ repository, release, arch, proxy, args, kernel, initrd }: TemplateSettings): Wants {
  const keys: Record<string, string | null> = {};
  if (repository !== undefined) keys['install-repository'] = repository;
  if (release !== undefined) keys['debian-release'] = release;
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
