import { serves, type TemplateFacts } from '../../../hosts/template.ts';
import type { Vm } from '../../../hosts/vm.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Scene, Shared } from '../../app/shared.ts';
import type { Told } from '../../app/told.ts';
import type { FormState } from '../../kit/form.ts';
import type { Term } from '../../kit/glossary.ts';
import { emptyList, type ListState, matching } from '../../kit/list.ts';
import { memoLast } from '../../kit/memo.ts';

export interface CopyAnswers {
  readonly name: string;
  readonly comment: string;
  readonly release: string;
  readonly arch: string;
}

/** A copy being named. */
export interface Copy {
  /** Uuid of the template that is copied. */
  readonly source: string;
  /** Its release and architecture are asked, too. */
  readonly asksDebian: boolean;
  readonly form: FormState<CopyAnswers>;
}

/** One parameter, as `xe template-param-list` prints it. */
export interface ParameterLine {
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

interface Params {
  readonly uuid: string;
  readonly lines: readonly ParameterLine[];
  readonly list: ListState;
}

export interface TemplateState {
  readonly list: ListState;
  /** Those that FAI cannot boot, too. */
  readonly all: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly copy: Copy | null;
  /** The answers of a copy that was left by Esc. */
  readonly draft: Copy | null;
  readonly copying: boolean;
  readonly params: Params | null;
}

export type TemplateScene = Scene<TemplateState>;

export type TemplateEvent =
  | { readonly type: 'templates'; readonly vms: readonly Vm[] }
  /** `vm`: the copy; null where there is none, or it could not be read. */
  | { readonly type: 'copied'; readonly name: string; readonly told: Told; readonly vm: Vm | null }
  | { readonly type: 'params'; readonly uuid: string; readonly lines: readonly ParameterLine[] }
  | { readonly type: 'failed'; readonly during: TemplateCommand['do']; readonly problem: Problem };

export type TemplateCommand =
  | { readonly do: 'load-templates' }
  | { readonly do: 'load-params'; readonly ref: string; readonly uuid: string }
  | {
      readonly do: 'copy-template';
      readonly source: string;
      readonly name: string;
      readonly comment: string;
      readonly release?: string;
      readonly arch?: string;
    };

export const startTemplate = (): TemplateState => ({
  list: emptyList,
  all: false,
  loading: false,
  problem: null,
  copy: null,
  draft: null,
  copying: false,
  params: null,
});

const filtered = memoLast((items: readonly TemplateFacts[], filter: string) =>
  matching(items, filter, ({ name }) => name),
);

/** The templates to show, in order. */
export const templateRows = (scene: TemplateScene): readonly TemplateFacts[] => {
  const matches = filtered(scene.shared.templates.items, scene.own.list.filter);
  return scene.own.all ? matches : offered(matches, scene).shown;
};

/** Those that are of no use, and the filter leaves: folded under one line. */
export const foldedTemplates = (scene: TemplateScene): readonly TemplateFacts[] =>
  scene.own.all ? [] : offered(filtered(scene.shared.templates.items, scene.own.list.filter), scene).folded;

const offered = (items: readonly TemplateFacts[], { shared }: TemplateScene) =>
  parted(items, isBare(shared.templates.items), shared.host);

const parted = memoLast((items: readonly TemplateFacts[], bare: boolean, host: Shared['host']) => {
  const isShown = (item: TemplateFacts): boolean => item.netboot || (bare && isBase(item, host));
  return { shown: items.filter(isShown), folded: items.filter((item) => !isShown(item)) };
});

/** No template is for FAI: then those that one can be made of are what one looks for. */
const isBare = memoLast((items: readonly TemplateFacts[]) => !items.some(({ netboot }) => netboot));

const isBase = ({ base }: TemplateFacts, host: Shared['host']): boolean => host !== null && serves(base, host.able);

/** What this screen can do with a template: go on with it as it is, make one for FAI of a copy, or nothing. */
export function servesAs(
  { shared }: TemplateScene,
  item: TemplateFacts,
): 'as it is' | 'a copy' | 'made of it' | null {
  if (item.netboot) return item.vendor ? 'a copy' : 'as it is';
  return isBare(shared.templates.items) && isBase(item, shared.host) ? 'made of it' : null;
}

export const selectedTemplate = ({ shared, own }: TemplateScene): TemplateFacts | undefined =>
  shared.templates.items.find(({ uuid }) => uuid === own.list.selected);

/** The words of the template under the cursor. */
export function templateTerms(scene: TemplateScene): readonly Term[] {
  const item = selectedTemplate(scene);
  const record = scene.shared.templates.records.get(item?.uuid ?? '')?.record;
  if (item === undefined || record === undefined) return ['template', 'vendor template'];
  const boots: Term[] = record.HVM_boot_policy === '' ? ['eliloader', 'distro', 'pv'] : ['hvm', 'eliloader'];
  return [item.vendor ? 'vendor template' : 'template', ...boots, 'kernel line', 'repository', 'release'];
}

/** The parameters to show. */
export const paramRows = ({ lines, list }: Params): readonly ParameterLine[] =>
  matching(lines, list.filter, ({ line }) => line);
