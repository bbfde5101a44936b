import { coarseAge } from '../text/time.ts';
import { type Install, seenState } from './install.ts';
import { usualGapOf } from './times.ts';

const minute = 60_000;

/** A silence that is nothing to speak of, whatever is usual. */
const least = 2 * minute;
/** Where nothing is usual yet. */
const unusual = 5 * minute;

/**
 * "no message for 4 min (usual: 1)", of an install that FAI has spoken of and that has been silent for longer than it
 * usually is; null where there is nothing to say.
 */
export function silenceOf(install: Install, now: number): string | null {
  const { heard } = install.times;
  if (heard === null || install.progress?.outcome !== 'running') return null;
  const seen = seenState(install, now);
  if (seen !== 'installing' && seen !== 'lost') return null;
  const silent = now - heard;
  if (silent < least) return null;
  const usualGap = usualGapOf(install.messages);
  if (silent < (usualGap === null ? unusual : 2 * usualGap)) return null;
  return `no message for ${coarseAge(silent)}${usualGap === null ? '' : ` (usual: ${usualText(usualGap, silent)})`}`;
}

/** Without the unit where it is the one just said. */
function usualText(usual: number, silent: number): string {
  if (usual < minute) return 'less than 1 min';
  return silent < 60 * minute ? String(Math.floor(usual / minute)) : coarseAge(usual);
}
