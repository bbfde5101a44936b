import type { Mark, MarkName } from '../boot/marks.ts';
import type { NetbootSource } from '../boot/methods/eliloader.ts';
import type { MissingReason } from '../boot/missing.ts';
import type { DiskDevice } from '../hosts/devices.ts';
import type { Setting } from '../problem/advice.ts';
import type { Finding } from '../problem/finding.ts';
import type { ShellLine } from '../text/shell.ts';
import type { Ref, Uuid } from '../xapi/records.ts';

/** What a plan is for; the journal's word, and the one that is shown. */
export const operations = [
  'create',
  'rearm',
  'repair',
  'start',
  'stop',
  'template copy',
  'template set',
  'tools vm',
  'verdict',
] as const;

export type Operation = (typeof operations)[number];

/** What a plan acts on: an object that is there, or the one it makes. */
export type Target =
  | { readonly kind: 'existing'; readonly ref: Ref; readonly uuid: Uuid; readonly name: string }
  | { readonly kind: 'made'; readonly name: string };

/** The plain text fields a plan may write. */
export type TextField = 'PV_bootloader' | 'PV_bootloader_args' | 'PV_args' | 'name_description' | 'domain_type';

/** The maps of a record that are written key by key. */
export type KeyMap = 'other_config' | 'platform';

/** What the object must hold in the end. Keys of other_config and of platform; null: must be absent. */
export interface Wants {
  readonly fields: Readonly<Partial<Record<TextField, string>>>;
  readonly keys: Readonly<Record<string, string | null>>;
  readonly platform?: Readonly<Record<string, string | null>>;
}

/** What a mark keeps besides whose it is, when, and by whom. */
export type MarkFields = Partial<Omit<Mark, 'vm' | 'run' | 'at' | 'by'>>;

/** What each action needs to know. `before` null: not there, or not known because the object is made by this plan. */
export interface ActionData {
  /** Keeps other clients from making a VM of this name at the same time. */
  claim: { readonly name: string };
  /** `sr`: of the disks to come; only for the line shown. */
  clone: {
    readonly source: { readonly ref: Ref; readonly uuid: Uuid; readonly description: string };
    readonly label: string;
    readonly sr?: string;
  };
  'set-field': { readonly field: TextField; readonly before: string | null; readonly after: string };
  /** Of other_config, unless another map is named. */
  'set-key': {
    readonly map?: KeyMap;
    readonly key: string;
    readonly before: string | null;
    readonly after: string | null;
  };
  'set-memory': { readonly bytes: number; readonly least: number };
  'set-vcpus': { readonly count: number };
  provision: Readonly<Record<never, never>>;
  'add-vif': { readonly network: { readonly ref: Ref; readonly uuid: Uuid }; readonly mac: string };
  'add-cd': {
    readonly vdi: { readonly ref: Ref; readonly uuid: Uuid; readonly name: string };
    readonly device: string;
  };
  mark: {
    readonly name: MarkName;
    readonly fields: MarkFields;
    readonly before: string | null;
    /** Keys of marks that a clone has inherited, to be dropped with it; absent: the record has to be looked at. */
    readonly stale?: readonly string[];
  };
  snapshot: { readonly label: string };
  'read-back': { readonly wants: Wants; readonly repair: boolean };
  shutdown: { readonly how: 'clean' | 'hard' | 'clean-then-hard' | 'reset' };
  start: Readonly<Record<never, never>>;
  /** The last step of what is made: from here on it is what people see. */
  'give-name': { readonly name: string; readonly label: string };
}

export type ActionName = keyof ActionData;

/** One change, as data: previewed, printed, executed, journalled and reversed by the file of its name. */
export type Action<K extends ActionName = ActionName> = { [P in K]: { readonly do: P } & ActionData[P] }[K];

/** Where a value came from, for the preview: "the VM", "template X"; or it was given, by a flag or in a form. */
export interface Source {
  readonly what: string;
  readonly value: string;
  readonly from: string | { readonly given: Setting };
}

/** What a boot through the loader goes by. */
export interface Netboot extends NetbootSource {
  readonly args: string;
}

/** A disk that an install overwrites, or that a plan makes. */
export type Disk = DiskDevice;

/** How a VM stands before its plan is carried out, in words: "fired, halted", "installed 2026-05-01 10:00". */
export interface Standing {
  readonly condition: string;
  readonly history: string;
  /** What a half-armed one lacks. */
  readonly reasons: readonly MissingReason[];
}

/** What a plan takes of its host: bytes on storages, and memory once its VM runs. */
export interface Needs {
  readonly disks: readonly { readonly on: Ref; readonly disk: Disk }[];
  readonly memory: number;
}

export interface Plan {
  /** Names this run: in the journal, in marks and claims, in the name of what is being made. */
  readonly id: string;
  readonly operation: Operation;
  readonly target: Target;
  readonly actions: readonly Action[];
  /** What is lost when this plan's effect comes. */
  readonly erases: readonly Disk[];
  readonly sources: readonly Source[];
  readonly notes: readonly Finding[];
  /** What the VM will ask for once the plan is done. */
  readonly netboot?: Netboot;
  /** Absent for what this plan makes. */
  readonly standing?: Standing;
  readonly needs?: Needs;
}

/** A step as `--dry-run` and the preview show it. */
export interface StepView {
  readonly target: string;
  readonly step: string;
  readonly before: string;
  readonly after: string;
  readonly xe: readonly ShellLine[];
  readonly undo: readonly ShellLine[];
}

/** Somebody's VM is shut down by it. */
export const shutsDown = ({ actions }: Pick<Plan, 'actions'>): boolean =>
  actions.some((action) => action.do === 'shutdown');

/** Eight hexadecimal digits. They tell runs apart and keep nothing secret: node:crypto takes longer to load than a call. */
export const newRunId = (): string =>
  Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');

/** A plan for an object that is there, with nothing lost and nothing to say. */
export const planFor = (
  operation: Operation,
  { ref, record }: { readonly ref: Ref; readonly record: { readonly uuid: Uuid; readonly name_label: string } },
  actions: readonly Action[],
): Plan => ({
  id: newRunId(),
  operation,
  target: { kind: 'existing', ref, uuid: record.uuid, name: record.name_label },
  actions,
  erases: [],
  sources: [],
  notes: [],
});
