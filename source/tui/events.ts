import type { ParameterLine } from '../hosts/param-list.ts';
import type { Vm } from '../hosts/vm.ts';
import type { TemplateSettings } from '../operations/template.ts';
import type { Problem } from '../problem/problem.ts';
import type { CheckResult, FileName } from '../repository/check.ts';
import type { Profile } from '../settings/settings.ts';
import type { InstallsEvent } from '../watch/installs.ts';
import type { Key } from './keys.ts';
import type { Choice, Found, JobPlan, JobResult, Work } from './state.ts';

/** Everything that can happen to the screen. */
export type Event =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'menu'; readonly value: string }
  | {
      readonly type: 'connected';
      readonly found: Found;
      readonly profiles: readonly Profile[];
      readonly known: boolean;
    }
  | { readonly type: 'templates'; readonly vms: readonly Vm[] }
  | { readonly type: 'copied'; readonly uuid: string; readonly name: string }
  | { readonly type: 'params'; readonly uuid: string; readonly lines: readonly ParameterLine[] }
  | { readonly type: 'configured'; readonly vm: Vm; readonly changed: boolean }
  | {
      readonly type: 'download';
      readonly file: FileName;
      readonly bytes: number;
      readonly total: number | null;
      readonly now: number;
    }
  | { readonly type: 'verified'; readonly result: CheckResult }
  | { readonly type: 'staged'; readonly lines: readonly string[]; readonly changed: boolean }
  | {
      readonly type: 'choices';
      readonly srs: readonly Choice[];
      readonly networks: readonly Choice[];
      readonly defaultSr: string;
    }
  | { readonly type: 'planned'; readonly plans: readonly JobPlan[] }
  | { readonly type: 'progress'; readonly name: string; readonly text: string }
  | { readonly type: 'result'; readonly result: JobResult; readonly startable: string | null }
  | { readonly type: 'finished' }
  | { readonly type: 'installs'; readonly event: InstallsEvent; readonly now: number }
  | { readonly type: 'receiver'; readonly port: number }
  | { readonly type: 'receiver-failed'; readonly problem: string }
  | { readonly type: 'failed'; readonly during: CommandName; readonly problem: Problem };

export interface CreateRequest {
  readonly names: string;
  readonly memory: string;
  readonly vcpus: string;
  readonly disk: string;
  readonly sr: string;
  readonly network: string;
}

export interface StageRequest {
  readonly root: string;
  readonly source: string;
  /** Empty where the source has one. */
  readonly initrd: string;
  readonly release: string;
  readonly arch: string;
}

/** Effects as values; one hook runs them. */
export type Command =
  | { readonly do: 'connect'; readonly address: string; readonly user: string; readonly password: string }
  | { readonly do: 'load-templates' }
  | { readonly do: 'load-params'; readonly ref: string; readonly uuid: string }
  | { readonly do: 'copy-template'; readonly source: string; readonly name: string; readonly comment: string }
  | { readonly do: 'save'; readonly template: string; readonly settings: TemplateSettings }
  | { readonly do: 'verify'; readonly template: string }
  | { readonly do: 'stage'; readonly request: StageRequest }
  | { readonly do: 'load-choices' }
  | { readonly do: 'plan-create'; readonly template: string; readonly request: CreateRequest }
  | {
      readonly do: 'plan';
      readonly work: Exclude<Work, 'create'> | 'stop';
      readonly refs: readonly string[];
      readonly template: string | null;
    }
  | { readonly do: 'run'; readonly plans: readonly JobPlan[]; readonly force: boolean }
  | { readonly do: 'follow' }
  | { readonly do: 'record-installed'; readonly ref: string }
  | { readonly do: 'copy-text'; readonly text: string }
  | { readonly do: 'cancel' }
  | { readonly do: 'quit'; readonly code: number };

export type CommandName = Command['do'];
export type Reduced<State> = readonly [State, readonly Command[]];
