import type { Reduced } from '../events.ts';
import { goTo, isKey, type PartEvent, stay } from '../part.ts';
import { dom0Line } from '../reasons.ts';
import type { AppState, VerifyState } from '../state.ts';
import { checkAgain, reduceStage } from './stage.ts';

/** Rows of a small terminal. */
const page = 15;

const isOfStage = (event: Exclude<PartEvent, { key: unknown }>): boolean =>
  event.type === 'staged' || (event.type === 'failed' && event.during === 'stage');

/** Step 4: both files as eliloader will ask for them, before the one attempt is spent. */
export function reduceVerify(state: AppState, event: PartEvent): Reduced<AppState> {
  const { verify } = state;
  if (isKey(event) ? verify.stage.open : isOfStage(event)) return reduceStage(state, event);
  const set = (change: Partial<VerifyState>): AppState => ({ ...state, verify: { ...verify, ...change } });
  if (isKey(event)) {
    switch (event.action) {
      case 'go':
        return stay(goTo(set({ overridden: false }), 'act'), { do: 'load-choices' });
      case 'override':
        return stay(goTo(set({ overridden: true }), 'act'), { do: 'load-choices' });
      case 'again':
        return checkAgain(state);
      case 'stage':
        return stay(set({ stage: { ...verify.stage, open: true, field: 0 } }));
      case 'copy-line': {
        const text = dom0Line(state);
        if (text === undefined) return stay(state);
        const flash = { text: 'Sent to the clipboard of your terminal (if it allows that).', tone: 'good' as const };
        return stay({ ...state, flash }, { do: 'copy-text', text });
      }
      case 'back':
        return verify.running
          ? stay({ ...set({ running: false }), step: 'configure' }, { do: 'cancel' })
          : stay({ ...state, step: 'configure' });
      case 'up':
        return stay(set({ scroll: Math.max(0, verify.scroll - 1) }));
      case 'down':
        return stay(set({ scroll: verify.scroll + 1 }));
      case 'pageup':
        return stay(set({ scroll: Math.max(0, verify.scroll - page) }));
      case 'pagedown':
        return stay(set({ scroll: verify.scroll + page }));
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
