import type { FaiForm } from '../fai/form.ts';
import type { ParameterLine } from '../hosts/param-list.ts';
import type { TemplateFacts } from '../hosts/template.ts';
import type { Vm } from '../hosts/vm.ts';
import type { Plan } from '../operations/plan.ts';
import type { Problem } from '../problem/problem.ts';
import type { CheckResult, FileName } from '../repository/check.ts';
import type { Profile } from '../settings/settings.ts';
import type { Installs } from '../watch/installs.ts';
import type { ListState } from './list.ts';
import type { TextField } from './text-field.ts';

export const steps = ['connect', 'template', 'configure', 'verify', 'act', 'fleet'] as const;
export type Step = (typeof steps)[number];

/** What the program suggests where nothing better is known; the front door fills it. */
export interface Suggestions {
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly repository?: string | undefined;
  readonly nfsroot?: string | undefined;
  readonly banner?: string | undefined;
}

/** What was found behind an address. */
export interface Found {
  readonly address: string;
  readonly product: string;
  readonly version: string;
  readonly name: string;
  readonly pool: string;
  readonly xen: string;
  readonly loader: number;
  /** This machine's address as the host sees it. */
  readonly localAddress: string;
}

export interface ConnectState {
  readonly phase: 'menu' | 'form' | 'connecting' | 'connected';
  readonly profiles: readonly Profile[];
  readonly field: number;
  readonly address: TextField;
  readonly user: TextField;
  readonly password: TextField;
  readonly found: Found | null;
  readonly problem: Problem | null;
}

export interface TemplateState {
  readonly items: readonly TemplateFacts[];
  readonly records: ReadonlyMap<string, Vm>;
  readonly list: ListState;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly copy: {
    readonly source: string;
    readonly field: number;
    readonly name: TextField;
    readonly comment: TextField;
  } | null;
  /** The answers of a copy that was left by Esc. */
  readonly draft: TemplateState['copy'];
  readonly copying: boolean;
  readonly params: {
    readonly uuid: string;
    readonly lines: readonly ParameterLine[];
    readonly list: ListState;
  } | null;
  /** The template one works with. */
  readonly chosen: string | null;
}

/** Text fields of the form that live outside the FAI line. */
export type PlainField = 'repository' | 'release' | 'arch' | 'proxy';

export interface ConfigureState {
  /** The template these answers are for; another one starts anew. */
  readonly template: string | null;
  readonly field: number;
  readonly plain: Readonly<Record<PlainField, string>>;
  readonly form: FaiForm;
  /** Cursor inside the focused text field, and inside the flags. */
  readonly cursor: number;
  readonly flag: number;
  readonly saving: boolean;
  readonly problem: Problem | null;
}

export interface Download {
  readonly bytes: number;
  readonly total: number | null;
  readonly began: number;
  readonly at: number;
}

/** The form that puts files into the repository; its answers stay when it is left. */
export interface StageState {
  readonly open: boolean;
  readonly field: number;
  readonly root: TextField;
  readonly source: TextField;
  readonly initrd: TextField;
  readonly running: boolean;
  readonly problem: Problem | null;
}

export interface VerifyState {
  readonly running: boolean;
  readonly downloads: Readonly<Partial<Record<FileName, Download>>>;
  readonly result: CheckResult | null;
  readonly problem: Problem | null;
  readonly overridden: boolean;
  readonly stage: StageState;
  readonly scroll: number;
}

export interface Choice {
  readonly uuid: string;
  readonly label: string;
}

export type Work = 'create' | 'start' | 'rearm' | 'repair';

export interface Candidate {
  readonly ref: string;
  readonly name: string;
  readonly state: string;
  /** Why this work is nothing for it; null: it may be ticked. */
  readonly reason: string | null;
}

export interface ActState {
  readonly view: 'menu' | 'create' | 'pick';
  readonly work: Work;
  readonly field: number;
  readonly names: TextField;
  readonly memory: TextField;
  readonly vcpus: TextField;
  readonly disk: TextField;
  readonly sr: number;
  readonly network: number;
  readonly srs: readonly Choice[];
  readonly networks: readonly Choice[];
  readonly problem: Problem | null;
  readonly candidates: readonly Candidate[];
  readonly list: ListState;
  readonly ticked: readonly string[];
}

export interface JobPlan {
  readonly name: string;
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  readonly note: string | null;
}

export interface JobResult {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly problem: Problem | null;
}

/** One piece of work from plan to result, whoever asked for it. */
export interface Job {
  readonly work: Work | 'stop';
  readonly phase: 'planning' | 'preview' | 'running' | 'done';
  /** An existing VM is changed: y is asked for. */
  readonly dangerous: boolean;
  /** Start over a failed check: the operator overrode it for these very VMs. */
  readonly force: boolean;
  /** Follows a create or rearm of these VMs, whose plan was confirmed just now. */
  readonly chained: boolean;
  readonly plans: readonly JobPlan[];
  readonly progress: Readonly<Record<string, string>>;
  readonly results: readonly JobResult[];
  /** References that could be started next. */
  readonly startable: readonly string[];
  readonly scroll: number;
  readonly problem: Problem | null;
}

export interface FleetState {
  readonly installs: Installs;
  readonly selected: string | null;
  readonly filter: string;
  readonly all: boolean;
  readonly pane: 'table' | 'details' | 'log';
  readonly following: boolean;
  readonly receiver: { readonly port: number } | { readonly problem: string } | null;
}

export interface Flash {
  readonly text: string;
  readonly tone: 'note' | 'bad' | 'good';
}

export interface AppState {
  readonly step: Step;
  /** Steps one has been through. */
  readonly done: readonly Step[];
  readonly suggestions: Suggestions;
  readonly help: boolean;
  readonly filtering: TextField | null;
  readonly flash: Flash | null;
  readonly now: number;
  readonly connect: ConnectState;
  readonly template: TemplateState;
  readonly configure: ConfigureState;
  readonly verify: VerifyState;
  readonly act: ActState;
  readonly job: Job | null;
  readonly fleet: FleetState;
  /** What this session did, for the normal screen afterwards. */
  readonly history: readonly string[];
  readonly readOnly: boolean;
  /** Ctrl-C was pressed once while something ran. */
  readonly stopping: boolean;
}
