/**
 * When things happened to an install: milliseconds since 1970 by this machine's clock, null where nobody can know.
 * Never the time at which somebody began to look.
 */
export interface InstallTimes {
  /** It was armed: the mark says so. */
  readonly armed: number | null;
  /** Its running domain was built (VM_metrics.start_time). */
  readonly started: number | null;
  /** FAI's present task began. */
  readonly task: number | null;
  /** FAI's last message came. */
  readonly heard: number | null;
  /** The state that is shown has held since then. */
  readonly state: number | null;
}

export const noTimes: InstallTimes = { armed: null, started: null, task: null, heard: null, state: null };

/** Of how many gaps between messages the usual one is taken: the latest. */
const gapsLookedAt = 40;

/**
 * How long FAI is usually silent between two messages of an install, in milliseconds. Half of the gaps are the blink
 * between the end of a task and the begin of the next one: the median of the other half is wanted. Null for less than
 * three messages.
 */
export function usualGapOf(messages: readonly { readonly at: number }[]): number | null {
  const times = messages.slice(-gapsLookedAt - 1).map(({ at }) => at);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  if (gaps.length < 2) return null;
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.75)] ?? null;
}
