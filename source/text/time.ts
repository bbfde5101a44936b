/** How long ago, in the two largest units: "42s", "3m 5s", "2h 10m", "4d 3h". */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `20101115T10:53:00Z`, as a XenServer writes it, to milliseconds since 1970; null for "never" and for no date. */
export function parseHostTime(text: string): number | null {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)Z?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const time = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  return time === 0 || Number.isNaN(time) ? null : time;
}
