import type { Reduced } from '../events.ts';
import { isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, StageState } from '../state.ts';
import { editText } from '../text-field.ts';

/** In the order they are asked for; the initrd only where the source has none. */
export const stageFields = ['root', 'source', 'initrd'] as const;
export type StageField = (typeof stageFields)[number];

/** A form beside Verify: puts the two files where the check looked for them, and looks again. */
export function reduceStage(state: AppState, event: PartEvent): Reduced<AppState> {
  const { stage } = state.verify;
  const set = (change: Partial<StageState>): AppState => ({
    ...state,
    verify: { ...state.verify, stage: { ...stage, ...change } },
  });
  if (!isKey(event)) {
    if (event.type === 'staged') {
      const history = [...state.history, ...event.lines];
      const next = { ...set({ open: false, running: false, problem: null }), history };
      const flash = {
        text: event.changed ? 'The files are in place; checking again.' : 'They were there already.',
        tone: 'good' as const,
      };
      return checkAgain({ ...next, flash });
    }
    if (event.type === 'failed' && event.during === 'stage')
      return stay(set({ running: false, problem: event.problem }));
    return stay(state);
  }
  if (stage.running) return event.action === 'back' ? stay(set({ running: false }), { do: 'cancel' }) : stay(state);
  const last = stageFields.length - 1;
  switch (event.action) {
    case 'submit':
      return stage.field < last ? stay(set({ field: stage.field + 1 })) : submit(state, set);
    case 'next':
      return stay(set({ field: Math.min(last, stage.field + 1) }));
    case 'last':
      return stay(set({ field: last }));
    case 'previous':
      return stay(set({ field: Math.max(0, stage.field - 1) }));
    case 'back':
      return stay(set({ open: false, problem: null }));
    default: {
      const name = stageFields[stage.field] ?? 'root';
      const edited = editText(stage[name], event.key);
      return stay(edited === null ? state : set({ [name]: edited, problem: null }));
    }
  }
}

function submit(state: AppState, set: (change: Partial<StageState>) => AppState): Reduced<AppState> {
  const { root, source, initrd } = state.verify.stage;
  const missing = root.value.trim() === '' ? 0 : source.value.trim() === '' ? 1 : null;
  if (missing !== null) {
    const text =
      missing === 0
        ? 'Where to? The folder behind the repository is missing.'
        : 'Where from? An nfsroot or a file is missing.';
    return stay({ ...set({ field: missing }), flash: { text, tone: 'bad' } });
  }
  const { release, arch } = state.configure.plain;
  return stay(set({ running: true, problem: null }), {
    do: 'stage',
    request: { root: root.value.trim(), source: source.value.trim(), initrd: initrd.value.trim(), release, arch },
  });
}

/** The same as the key r: the result on the screen is of files that are no longer there. */
export function checkAgain(state: AppState): Reduced<AppState> {
  const { chosen } = state.template;
  if (chosen === null || state.verify.running) return stay(state);
  const verify = { ...state.verify, running: true, downloads: {}, result: null, problem: null, scroll: 0 };
  return stay({ ...state, verify }, { do: 'verify', template: chosen });
}
