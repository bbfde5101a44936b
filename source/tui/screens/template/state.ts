import type { TemplateFacts } from '../../../hosts/template.ts';
import type { Vm } from '../../../hosts/vm.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Scene } from '../../app/shared.ts';
import type { Told } from '../../app/told.ts';
import { type Field, type FormState, stringField } from '../../kit/form.ts';
import type { Term } from '../../kit/glossary.ts';
import { emptyList, type ListState, matching } from '../../kit/list.ts';
import { memoLast } from '../../kit/memo.ts';

export interface CopyAnswers {
  readonly name: string;
  readonly comment: string;
}

/** A copy being named. */
export interface Copy {
  /** Uuid of the template that is copied. */
  readonly source: string;
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
  | { readonly do: 'copy-template'; readonly source: string; readonly name: string; readonly comment: string };

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
export const templateRows = ({ shared, own }: TemplateScene): readonly TemplateFacts[] => {
  const matches = filtered(shared.templates.items, own.list.filter);
  return own.all ? matches : usable(matches);
};

const usable = memoLast((items: readonly TemplateFacts[]) => items.filter(({ netboot }) => netboot));

/** Those that FAI cannot boot, and the filter leaves: folded under one line. */
export const foldedTemplates = ({ shared, own }: TemplateScene): readonly TemplateFacts[] =>
  own.all ? [] : useless(filtered(shared.templates.items, own.list.filter));

const useless = memoLast((items: readonly TemplateFacts[]) => items.filter(({ netboot }) => !netboot));

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

export const copyFields: readonly Field<CopyAnswers>[] = [
  stringField('name', {
    label: 'name',
    help: 'The name that every client shows.',
    required: 'The copy needs a name.',
    terms: ['template', 'vendor template'],
  }),
  stringField('comment', {
    label: 'comment',
    help: 'A note for whoever finds it later.',
    terms: ['template'],
  }),
];
