import type { Finding } from '../problem/finding.ts';
import type { NetbootWords } from './check.ts';

/** What a step acts on: an object that is there, or the one this plan makes. */
export type Subject =
  | { readonly kind: 'existing'; readonly ref: string; readonly uuid: string; readonly name: string }
  | { readonly kind: 'made'; readonly name: string };

/** The plain text fields a plan may write. */
export type TextField = 'PV_bootloader' | 'PV_args' | 'name_label' | 'name_description';

/** What the object must hold in the end. Keys of other_config; null: must be absent. */
export interface Wants {
  readonly fields: Readonly<Partial<Record<TextField, string>>>;
  readonly keys: Readonly<Record<string, string | null>>;
}

/**
 * One change, as data: previewed, printed, executed, journalled and reversed by the one table in actions.ts.
 * `before` null: not known, because the object is made by this plan.
 */
export type Action =
  | {
      readonly do: 'clone';
      readonly source: { readonly ref: string; readonly uuid: string };
      readonly label: string;
      /** Uuid of the storage its disks will be on; only for the line shown. */
      readonly sr?: string;
    }
  | { readonly do: 'set-field'; readonly field: TextField; readonly before: string | null; readonly after: string }
  | { readonly do: 'set-key'; readonly key: string; readonly before: string | null; readonly after: string | null }
  | { readonly do: 'set-memory'; readonly bytes: number }
  | { readonly do: 'set-vcpus'; readonly count: number }
  | { readonly do: 'provision' }
  | {
      readonly do: 'add-vif';
      readonly network: { readonly ref: string; readonly uuid: string };
      readonly mac: string;
    }
  | {
      readonly do: 'add-cd';
      readonly vdi: { readonly ref: string; readonly uuid: string; readonly name: string };
      readonly device: string;
    }
  | {
      readonly do: 'mark';
      readonly name: 'created' | 'armed' | 'installed';
      readonly words: MarkFields;
      readonly before: string | null;
    }
  | { readonly do: 'snapshot'; readonly label: string }
  | { readonly do: 'prove'; readonly wants: Wants; readonly repair: boolean }
  | { readonly do: 'shutdown'; readonly how: 'clean' | 'hard' | 'clean-then-hard' | 'reset' }
  | { readonly do: 'start' };

export type MarkFields = Readonly<
  Partial<Record<'repository' | 'release' | 'arch' | 'args' | 'template' | 'kernel' | 'initrd', string>>
>;

/** Where a value came from, for the preview: "the VM itself", "template X", "--args". */
export interface Source {
  readonly what: string;
  readonly value: string;
  readonly from: string;
}

export interface Plan {
  readonly operation: string;
  readonly target: Subject;
  readonly actions: readonly Action[];
  /** What is lost when this plan's effect comes: disks by name and size. */
  readonly erases: readonly string[];
  readonly sources: readonly Source[];
  readonly notes: readonly Finding[];
  /** What the VM will ask for once the plan is done. */
  readonly netboot?: NetbootWords;
}

/** A step as `--dry-run` and the preview show it. */
export interface StepView {
  readonly target: string;
  readonly step: string;
  readonly before: string;
  readonly after: string;
  readonly xe: string;
  readonly undo: string;
}
