/** Why a domain ended, as xal.ml spells it. */
export type ShutdownReason = 'halted' | 'rebooted' | 'crashed';

/** Milliseconds after a start in which a crash does not restart a VM (xapi_globs.ml:minimum_time_between_bounces). */
const bounce = 120_000;

/** What becomes of a VM that crashed after so many milliseconds: no restart when it came too soon (events.ml:on_crash). */
export function crashAction(wish: string, ranFor: number): string {
  if (ranFor >= bounce) return wish;
  if (wish === 'coredump_and_restart') return 'coredump_and_destroy';
  return wish === 'restart' || wish === 'rename_restart' ? 'destroy' : wish;
}
