import { sourceFindings } from '../boot/methods/eliloader.ts';
import { validateLine } from '../fai/validate.ts';
import { isVendorTemplate, type Vm } from '../hosts/vm.ts';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { type Plan, planFor, type Wants } from './plan.ts';
import { type ArmingSettings, refuseErrors, refuseHalfPaths } from './sources.ts';
import { writesFor } from './writes.ts';

export interface TemplateSettings extends ArmingSettings {
  readonly proxy?: string | undefined;
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
      try: [{ act: 'copy-template', template: record.name_label }, 'Then set the copy.'],
    });
  }
  refuseHalfPaths(settings);
  const notes = settingFindings(template, settings);
  refuseErrors(record.name_label, notes);
  const wants = templateWants(settings);
  const actions = writesFor(record, wants);
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
