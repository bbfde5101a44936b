import { debianFindings } from '../../../boot/methods/eliloader.ts';
import { serves, type TemplateFacts } from '../../../hosts/template.ts';
import { likelyArch, netbootSettings } from '../../../operations/netboot-copy.ts';
import { newRunId, type StepView } from '../../../operations/plan.ts';
import { planView } from '../../../operations/plan-view.ts';
import { writesFor } from '../../../operations/writes.ts';
import { errorsOf } from '../../../problem/finding.ts';
import { ProblemError } from '../../../problem/problem.ts';
import { change } from '../../app/shared.ts';
import { type Field, firstMissing, newForm, stringField } from '../../kit/form.ts';
import { memoLast } from '../../kit/memo.ts';
import { type Copy, type CopyAnswers, selectedTemplate, type TemplateCommand, type TemplateScene } from './state.ts';

const always: readonly Field<CopyAnswers>[] = [
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

/** What a copy is called where nobody says otherwise. */
const calledFor = (release: string): string => `FAI ${release || 'Debian'}`;

const debian: readonly Field<CopyAnswers>[] = [
  {
    ...stringField<'release', CopyAnswers>('release', {
      label: 'release',
      help: 'Code name of the Debian that it shall install, such as lenny: it stands in the path dists/<release>/.',
      required: 'Which release? Write its code name, such as lenny.',
      terms: ['release', 'repository'],
      check: errorAt(/release/),
    }),
    // A name that nobody has typed goes with it.
    change: ({ name, release, ...others }, value) => ({
      ...others,
      release: value,
      name: name === calledFor(release) ? calledFor(value) : name,
    }),
  },
  stringField('arch', {
    label: 'architecture',
    help: 'i386 or amd64: the path has installer-<arch>.',
    required: 'Which architecture? i386 or amd64.',
    terms: ['release'],
    check: errorAt(/^arch-/),
  }),
];

function errorAt(code: RegExp): (values: CopyAnswers) => string | null {
  return ({ release, arch }) => {
    return errorsOf(debianFindings(release, arch)).find((finding) => code.test(finding.code))?.message ?? null;
  };
}

/** What is asked of a copy: its Debian, too, where that is not settled by what is copied. */
export const copyFields = (copy: Pick<Copy, 'asksDebian'> | null): readonly Field<CopyAnswers>[] =>
  copy?.asksDebian ? [...debian, ...always] : always;

/** Prefilled as the page says: fill in some good comments. */
export function openCopy(scene: TemplateScene): TemplateScene {
  const item = selectedTemplate(scene);
  if (item === undefined) return scene;
  const { draft } = scene.own;
  if (draft?.source === item.uuid) return change(scene, { copy: draft, problem: null });
  const { now, templates, host } = scene.shared;
  const vm = templates.records.get(item.uuid);
  const date = new Date(now).toISOString().slice(0, 10);
  const asksDebian = isDebianOpen(scene, item);
  const release = item.release || (asksDebian ? (profileOf(scene)?.release ?? '') : '');
  const called = asksDebian ? calledFor(release) : `FAI ${item.release || item.name}`;
  const values = {
    name: freeCopyName(called, new Set(templates.items.map(({ name }) => name))),
    comment: `For installs with FAI; copied from ${item.name} on ${date}`,
    release,
    arch: vm === undefined || host === null ? item.arch : likelyArch(vm, host.able),
  };
  const form = newForm(values, firstMissing(copyFields({ asksDebian }), values));
  return change(scene, { copy: { source: item.uuid, asksDebian, form }, problem: null });
}

/** Whether which Debian a copy is for is still to be said: the host has no template for the page's, or this is for none. */
function isDebianOpen({ shared }: TemplateScene, { base }: TemplateFacts): boolean {
  const { host, templates } = shared;
  if (host === null || !serves(base, host.able)) return false;
  return base !== 'debianlike' || !templates.items.some(({ vendor, release }) => vendor && release === 'lenny');
}

const profileOf = ({ shared }: TemplateScene) =>
  shared.profiles.find(({ address }) => address === shared.host?.address);

/** The name, or the first of "NAME 2", "NAME 3" that no template has. */
function freeCopyName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const one = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(one)) return one;
  }
}

/** What is asked of the host. */
export function copyCommand({ source, asksDebian, form }: Copy): TemplateCommand {
  const { name, comment, release, arch } = form.values;
  const wish = asksDebian ? { release: release.trim(), arch: arch.trim() } : {};
  return { do: 'copy-template', source, name: name.trim(), comment, ...wish };
}

/** Each setting in which the copy will differ from what is copied; nothing while an answer cannot work. */
export const copyChanges = ({ own, shared }: TemplateScene): readonly StepView[] =>
  own.copy?.asksDebian ? changesOf(own.copy, shared.templates, shared.host) : [];

const changesOf = memoLast(
  (copy: Copy, { records }: TemplateScene['shared']['templates'], host: TemplateScene['shared']['host']) => {
    const vm = records.get(copy.source);
    const { name, release, arch } = copy.form.values;
    if (vm === undefined || host === null || release.trim() === '') return [];
    try {
      const settings = netbootSettings(vm, { release: release.trim(), arch: arch.trim() }, host.able);
      const actions = settings === null ? [] : writesFor(vm.record, settings);
      const target = { kind: 'made', name } as const;
      return planView({
        ...{ id: newRunId(), operation: 'template copy', target, actions },
        ...{ erases: [], sources: [], notes: [] },
      });
    } catch (error) {
      if (error instanceof ProblemError) return [];
      throw error;
    }
  },
);
