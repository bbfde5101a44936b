import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { cleanLine } from '../text/clean.ts';
import type { Given } from './global-flags.ts';
import { note } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';

type Asking = Pick<Given, 'yes' | 'dryRun' | 'access'>;

/** Whether somebody is asked before a change. A reading session need not ask: it changes nothing. */
export const isAsked = ({ yes, dryRun, access }: Asking): boolean => !yes && !dryRun && access === 'write';

/** What changes what is there needs somebody to agree: exit 2 where nobody can be asked and --yes is not given. */
export function refuseUnasked(options: Asking, around: Surroundings): void {
  if (!isAsked(options) || around.interactive) return;
  fail({
    code: 'needs-yes',
    exit: exit.usage,
    message: 'This changes an existing VM, and there is no terminal to ask at.',
    try: ['Add --yes, or --dry-run to see what would be done.'],
  });
}

/** The answer stands beside it on 80 columns. */
const questionWidth = 70;

/** Shows what would be done, then asks; no is the default. Errors: exit 130 when somebody interrupts. */
export async function agreed(
  options: Asking,
  around: Surroundings,
  shown: readonly string[],
  question: string,
): Promise<boolean> {
  if (!isAsked(options)) return true;
  const { wrapText } = await import('../text/width.ts');
  const rows = wrapText(cleanLine(question), questionWidth);
  note(around, ...shown, ...rows.slice(0, -1));
  return around.ask(rows.at(-1) ?? '').catch((error: unknown) => {
    if (!around.signal.aborted) throw error;
    return fail({ code: 'interrupted', exit: exit.interrupted, message: 'Interrupted. Nothing was changed.' });
  });
}

export const nothingChanged: Result = { exit: exit.done, json: { vms: [] }, lines: ['Nothing was changed.'] };
