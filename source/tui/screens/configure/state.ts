import { sourceFindings } from '../../../boot/methods/eliloader.ts';
import { composeLine, type FaiForm, freshForm } from '../../../fai/form.ts';
import { sameArguments } from '../../../fai/kernel-line.ts';
import { validateLine } from '../../../fai/validate.ts';
import type { Vm } from '../../../hosts/vm.ts';
import { errorsOf, type Finding } from '../../../problem/finding.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Scene } from '../../app/shared.ts';
import { chosenFacts, chosenRecord } from '../../app/templates.ts';
import type { Told } from '../../app/told.ts';
import { type FormState, newForm } from '../../kit/form.ts';
import { memoLast } from '../../kit/memo.ts';

/** What is asked in step 3: where the repository is, and the kernel line as a form. */
export interface Answers {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  readonly proxy: string;
  readonly fai: FaiForm;
}

/** What is written to the template. */
export interface TemplateSettings {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  readonly args: string;
  readonly proxy: string;
}

export interface ConfigureState {
  /** Uuid of the template these answers are for; another one starts anew. */
  readonly template: string | null;
  readonly form: FormState<Answers>;
  readonly saving: boolean;
  readonly problem: Problem | null;
}

export type ConfigureScene = Scene<ConfigureState>;

export type ConfigureEvent =
  /** `vm`: the template as it is now. */
  | { readonly type: 'configured'; readonly vm: Vm; readonly told: Told; readonly changed: boolean }
  | { readonly type: 'failed'; readonly problem: Problem };

export interface ConfigureCommand {
  readonly do: 'save';
  readonly template: string;
  readonly settings: TemplateSettings;
}

export const startConfigure = (): ConfigureState => ({
  template: null,
  form: newForm({ repository: '', release: '', arch: '', proxy: '', fai: freshForm('live-boot') }),
  saving: false,
  problem: null,
});

/** The kernel line as it will be saved: the template's own where only the order would change. */
export function kernelLine({ shared, own }: ConfigureScene): string {
  const before = chosenRecord(shared.templates)?.PV_args ?? '';
  const line = composeLine(own.form.values.fai);
  return sameArguments(before, line) ? before : line;
}

/** Everything wrong with the answers, errors first. */
export const configureFindings = memoLast((values: Answers): readonly Finding[] => {
  const all = [...sourceFindings(values), ...validateLine(composeLine(values.fai))];
  return [...errorsOf(all), ...all.filter(({ severity }) => severity === 'warning')];
});

/** What saving would write. */
export function settingsOf(scene: ConfigureScene): TemplateSettings {
  const { repository, release, arch, proxy } = scene.own.form.values;
  return { repository, release, arch, proxy, args: kernelLine(scene) };
}

/** Whether saving would change anything on the host. */
export function differs(scene: ConfigureScene): boolean {
  const facts = chosenFacts(scene.shared.templates);
  const settings = settingsOf(scene);
  return (['repository', 'release', 'arch', 'args', 'proxy'] as const).some((key) => settings[key] !== facts?.[key]);
}
