import type { Problem } from '../../../problem/problem.ts';
import type { CheckResult, FileName } from '../../../repository/check.ts';
import type { Scene } from '../../app/shared.ts';
import { type Field, type FormState, newForm, stringField } from '../../kit/form.ts';
import type { Term } from '../../kit/glossary.ts';

export interface Download {
  readonly bytes: number;
  readonly total: number | null;
  readonly began: number;
  readonly at: number;
}

export interface StageAnswers {
  readonly root: string;
  readonly source: string;
  /** Empty where the source has one. */
  readonly initrd: string;
}

/** The form that puts files into the repository; its answers stay when it is left. */
export interface StageState {
  readonly open: boolean;
  readonly form: FormState<StageAnswers>;
  readonly running: boolean;
  readonly problem: Problem | null;
}

export interface VerifyState {
  readonly running: boolean;
  readonly downloads: Readonly<Partial<Record<FileName, Download>>>;
  readonly result: CheckResult | null;
  readonly problem: Problem | null;
  readonly stage: StageState;
  readonly scroll: number;
}

export type VerifyScene = Scene<VerifyState>;

export type VerifyEvent =
  | {
      readonly type: 'download';
      readonly file: FileName;
      readonly bytes: number;
      readonly total: number | null;
      readonly now: number;
    }
  | { readonly type: 'verified'; readonly result: CheckResult }
  | { readonly type: 'staged'; readonly lines: readonly string[]; readonly changed: boolean }
  | { readonly type: 'failed'; readonly during: VerifyCommand['do']; readonly problem: Problem };

export type VerifyCommand =
  | { readonly do: 'verify'; readonly template: string }
  | ({ readonly do: 'stage'; readonly release: string; readonly arch: string } & StageAnswers);

export const startVerify = (): VerifyState => ({
  running: false,
  downloads: {},
  result: null,
  problem: null,
  stage: { open: false, form: newForm({ root: '', source: '', initrd: '' }), running: false, problem: null },
  scroll: 0,
});

export const verifyTerms: readonly Term[] = ['netboot files', 'eliloader', 'pv', 'repository', 'dom0line', 'nfsroot'];
export const stageTerms: readonly Term[] = ['netboot files', 'nfsroot', 'repository'];

export const stageFields: readonly Field<StageAnswers>[] = [
  stringField('root', {
    label: 'repository',
    help: 'The folder behind the repository URL; on another machine user@host:/dir, by ssh with a key.',
    placeholder: '/srv/www/debian-custom, or user@web:/srv/www/debian-custom',
    required: 'Where to? The folder behind the repository is missing.',
  }),
  stringField('source', {
    label: 'source',
    help: 'An nfsroot has both files. A kernel package or the tools ISO has the kernel only.',
    placeholder: '/srv/fai/nfsroot, a vmlinuz, a .deb or an .iso',
    required: 'Where from? An nfsroot or a file is missing.',
  }),
  stringField('initrd', {
    label: 'initrd',
    help: 'boot/initrd.img-* of the nfsroot, for a kernel that comes from elsewhere.',
    placeholder: 'none: the nfsroot has one',
  }),
];
