/**
 * How long ago, coarsely: "just now", "2 min", "3 h", "4 d". It changes once a minute at most, so that a screen at rest
 * need not be drawn again.
 */
export function coarseAge(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** An ISO time for a person, to the minute: "2026-05-01 10:00 UTC". */
export const shortTime = (iso: string): string => `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
