import { typedHost } from '../hosts/certificate.ts';
import { agreed, type Offer, TrustNeeded } from '../hosts/trust.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import type { KnownHost } from '../settings/known-host.ts';
import { note } from './print.ts';
import { loadSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs `work`; where it ends because nobody has agreed to a host's certificate yet, and somebody sits there, shows it
 * and asks, keeps the answer, and runs it once more. No is the default, and leaves the problem as it was.
 */
export async function trusting<T>(around: Surroundings, work: () => Promise<T>): Promise<T> {
  const asked = new Set<string>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      // Asked once of each: the host, and its pool's coordinator.
      const open = error instanceof TrustNeeded && around.interactive && !asked.has(error.offer.presented.authority);
      if (!open) throw error;
      asked.add(error.offer.presented.authority);
      if (!(await agreedTo(error.offer, around))) throw error;
      await keep(agreed(error.offer, around.now()), around);
    }
  }
}

async function agreedTo(offer: Offer, around: Surroundings): Promise<boolean> {
  const host = typedHost(offer.presented.authority);
  const { offerRows } = await import('./offer-rows.ts');
  note(around, ...offerRows(offer, around.now()));
  return ask(`Trust ${host} by this certificate from now on?`, around);
}

/** Errors: exit 130 when somebody interrupts. */
export const ask = (question: string, around: Surroundings): Promise<boolean> =>
  around.ask(question).catch((error: unknown) => {
    if (!around.signal.aborted) throw error;
    return fail({ code: 'interrupted', exit: exit.interrupted, message: 'Interrupted. Nothing was changed.' });
  });

/** Somebody has agreed: that is kept, also with --read-only, which is about hosts and files. */
export async function keep(host: KnownHost, around: Surroundings): Promise<void> {
  await (await loadSettings(around)).trust(host);
}
