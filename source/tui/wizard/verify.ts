import type { Reduced } from '../events.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import type { AppState, VerifyState } from '../state.ts';

/** Step 4: both files as eliloader will ask for them, before the one attempt is spent. */
export function reduceVerify(state: AppState, event: PartEvent): Reduced<AppState> {
  const { verify } = state;
  const set = (change: Partial<VerifyState>): AppState => ({ ...state, verify: { ...verify, ...change } });
  if (isKey(event)) {
    switch (event.action) {
      case 'go':
        return stay(goTo(set({ overridden: false }), 'act'), { do: 'load-choices' });
      case 'override':
        return stay(goTo(set({ overridden: true }), 'act'), { do: 'load-choices' });
      case 'again':
        if (state.template.chosen === null || verify.running) return stay(state);
        return stay(set({ running: true, downloads: {}, result: null, problem: null, scroll: 0 }), {
          do: 'verify',
          template: state.template.chosen,
        });
      case 'back':
        return verify.running
          ? stay({ ...set({ running: false }), step: 'configure' }, { do: 'cancel' })
          : stay({ ...state, step: 'configure' });
      case 'up':
        return stay(set({ scroll: Math.max(0, verify.scroll - 1) }));
      case 'down':
        return stay(set({ scroll: verify.scroll + 1 }));
      default:
        return stay(state);
    }
  }
  switch (event.type) {
    case 'download': {
      const before = verify.downloads[event.file];
      const { bytes, total, now } = event;
      const download = { bytes, total, began: before?.began ?? now, at: now };
      return stay(set({ downloads: { ...verify.downloads, [event.file]: download } }));
    }
    case 'verified':
      return stay(set({ running: false, result: event.result }));
    case 'failed':
      return event.during === 'verify' ? stay(set({ running: false, problem: event.problem })) : stay(state);
    default:
      return stay(state);
  }
}
