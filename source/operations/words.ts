import { markKeys } from '../boot/marks.ts';
import { type ShellVariable, xe } from '../text/shell.ts';
import { formatBytes } from '../text/sizes.ts';
import type { Action, Plan, StepView, Subject } from './plan.ts';

// Every action in words: its name, before and after, the `xe` line that does the same, and what takes it back.

const paramName = {
  PV_bootloader: 'PV-bootloader',
  PV_args: 'PV-args',
  name_label: 'name-label',
  name_description: 'name-description',
} as const;

type Words = Omit<StepView, 'target'>;

/** The steps of a plan for people. `template`: the subject is one, and xe has its own commands for those. */
export function planView(plan: Plan): StepView[] {
  const template = plan.operation.startsWith('template');
  return plan.actions.map((action) => ({
    target: plan.target.name,
    ...describe(action, plan.target, template ? 'template' : 'vm'),
  }));
}

const uuidOf = (subject: Subject): string | ShellVariable =>
  subject.kind === 'existing' ? subject.uuid : { variable: 'VM' };

function describe(action: Action, subject: Subject, kind: 'vm' | 'template'): Words {
  const uuid = uuidOf(subject);
  const set = (name: string, value: string): string => xe(`${kind}-param-set`, { uuid, [name]: value });
  switch (action.do) {
    case 'clone': {
      const { source, label, sr } = action;
      // vm-install clones, puts the storage into the disks words and makes the disks: three of our steps.
      const line =
        sr === undefined
          ? xe('vm-clone', { uuid: source.uuid, 'new-name-label': label })
          : xe('vm-install', { template: source.uuid, 'new-name-label': label, 'sr-uuid': sr });
      return { step: 'clone', before: '', after: label, xe: `VM=$(${line})`, undo: xe('vm-destroy', { uuid }) };
    }
    case 'set-field': {
      const name = paramName[action.field];
      return {
        step: `set ${name}`,
        before: action.before ?? '',
        after: action.after,
        xe: set(name, action.after),
        undo: action.before === null ? '' : set(name, action.before),
      };
    }
    case 'set-key': {
      const change = (value: string | null): string =>
        value === null
          ? xe(`${kind}-param-remove`, { uuid, 'param-name': 'other-config', 'param-key': action.key })
          : set(`other-config:${action.key}`, value);
      const disks = action.key === 'disks';
      return {
        step: action.after === null ? `remove ${action.key}` : `set ${action.key}`,
        before: disks ? storageOf(action.before) : (action.before ?? ''),
        after: disks ? storageOf(action.after) : (action.after ?? ''),
        xe: action.key === 'disks' ? '' : change(action.after),
        undo: change(action.before),
      };
    }
    case 'snapshot':
      return {
        step: 'snapshot',
        before: '',
        after: action.label,
        xe: xe('vm-snapshot', { uuid, 'new-name-label': action.label }),
        undo: 'xe snapshot-destroy',
      };
    case 'set-memory': {
      const bytes = String(action.bytes);
      const line = { 'static-max': bytes, 'dynamic-min': bytes, 'dynamic-max': bytes };
      const words = { uuid, 'static-min': String(staticMin(action.bytes)), ...line };
      return {
        step: 'set memory',
        before: '',
        after: formatBytes(action.bytes),
        xe: xe('vm-memory-limits-set', words),
        undo: '',
      };
    }
    case 'set-vcpus': {
      const count = String(action.count);
      const line = `${set('VCPUs-max', count)}; ${set('VCPUs-at-startup', count)}`;
      return { step: 'set VCPUs', before: '', after: count, xe: line, undo: '' };
    }
    case 'provision':
      return { step: 'make the disks', before: 'a template', after: 'a VM with its disks', xe: '', undo: '' };
    case 'add-vif': {
      const mac = action.mac === '' ? {} : { mac: action.mac };
      const words = { 'vm-uuid': uuid, 'network-uuid': action.network.uuid, device: '0', ...mac };
      return {
        step: 'add network card',
        before: '',
        after: action.mac || 'MAC made by the host',
        xe: xe('vif-create', words),
        undo: '',
      };
    }
    case 'add-cd': {
      const words = { 'vm-uuid': uuid, 'vdi-uuid': action.vdi.uuid, device: action.device, type: 'CD', mode: 'RO' };
      return { step: 'add CD drive', before: '', after: action.vdi.name, xe: xe('vbd-create', words), undo: '' };
    }
    case 'mark':
      return {
        step: `note ${action.name}`,
        before: '',
        after: markKeys[action.name],
        xe: `# other-config:${markKeys[action.name]}, what xenfai remembers`,
        undo: '',
      };
    case 'prove':
      return {
        step: action.repair ? 'read back, write again what was lost' : 'read back',
        before: '',
        after: '',
        xe: xe(`${kind}-param-list`, { uuid }),
        undo: '',
      };
    case 'shutdown':
      return {
        step: action.how === 'reset' ? 'reset the power state' : 'shut down',
        before: 'running',
        after: 'halted',
        xe:
          action.how === 'reset'
            ? `${xe('vm-reset-powerstate', { uuid })} --force`
            : xe('vm-shutdown', { uuid, ...(action.how === 'hard' ? { force: 'true' } : {}) }),
        undo: xe('vm-start', { uuid }),
      };
    case 'start':
      return {
        step: 'start',
        before: 'halted',
        after: 'running',
        xe: xe('vm-start', { uuid }),
        undo: xe('vm-shutdown', { uuid }),
      };
  }
}

/** The disks words are XML of the template; what changes in them for people is where the disks go, and how large. */
function storageOf(xml: string | null): string {
  const disks = [...(xml ?? '').matchAll(/<disk\b[^>]*>/g)].map(([tag]) => {
    const value = (name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
    return `disk ${value('device')}, ${formatBytes(Number(value('size')))}, on ${value('sr') === '' ? 'no storage' : `storage ${value('sr')}`}`;
  });
  return disks.join('; ');
}

/** The smallest static-min that suits: what the template has is kept by the executor; this is for the line shown. */
const staticMin = (bytes: number): number => Math.min(bytes, 128 * 1024 * 1024);
