import * as z from 'zod/mini';

/** How somebody is told that an install has come to its end, while the screen is open. */
export const noticesSchema = z.object({
  /** The terminal's bell. */
  bell: z.catch(z.boolean(), true),
  /** A notice on the desktop, where the terminal makes one (OSC 9). */
  desktop: z.catch(z.boolean(), true),
  /** How many install and how many failed, in the terminal's title. */
  title: z.catch(z.boolean(), true),
});
export type Notices = Readonly<z.infer<typeof noticesSchema>>;

export const allNotices: Notices = { bell: true, desktop: true, title: true };
export const noNotices: Notices = { bell: false, desktop: false, title: false };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What of it this terminal gets. XENFAI_NOTICES names them ("bell,title", "none") and goes before the settings. A
 * reader of the screen is told by the rows, and the Linux console writes out what it does not know.
 */
export function noticesFor(settings: Notices, env: Environment): Notices {
  if (env['INK_SCREEN_READER'] || env['ACCESSIBLE']) return noNotices;
  const named = env['XENFAI_NOTICES']?.split(/[\s,]+/);
  const wanted: Notices =
    named === undefined
      ? settings
      : { bell: named.includes('bell'), desktop: named.includes('desktop'), title: named.includes('title') };
  return env['TERM'] === 'linux' ? { ...wanted, desktop: false, title: false } : wanted;
}
