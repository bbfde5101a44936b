import { hostname } from 'node:os';
import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { classify, HostFailure } from '../xapi/errors.ts';
import { pause } from '../xapi/pause.ts';
import { nothing, type Ref } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';
import type { Progress } from './actions/action.ts';
import type { RunContext } from './context.ts';

// A name is claimed by a key in the pool's other_config, because adding a key is the one thing that xapi makes atomic:
// the second to add it gets MAP_DUPLICATE_KEY (db_actions.ml). A claim ends by itself. It is taken over by adding the
// next generation's key, which again only one can; whoever has the highest generation holds the name.

const prefix = 'xenfai:claim:';
const lookEvery = 300;

const claimValue = z.object({
  run: z.string(),
  by: z.string(),
  /** Process on the machine in `by`: there its end can be seen. */
  pid: z.number(),
  until: z.iso.datetime(),
});

interface Held {
  readonly key: string;
  readonly generation: number;
  readonly claim: z.infer<typeof claimValue> | null;
}

const poolMap = z.record(z.string(), z.string());

/**
 * Claims a name, waiting for another holder until its claim ends, by itself after the lease at the latest. Where the
 * role may not write the pool, that is noted: names are then only compared just before one is given.
 */
export async function takeClaim(
  name: string,
  session: Session,
  context: RunContext,
  progress: Pick<Progress, 'id' | 'notes'>,
): Promise<void> {
  const { poolRef } = await context.host.facts();
  for (;;) {
    context.signal.throwIfAborted();
    const now = await context.host.now();
    const held = await highest(name, session, poolRef);
    if (held?.claim?.run === progress.id) return;
    if (held !== null && !isOver(held, now)) {
      await pause(lookEvery, context.signal);
      continue;
    }
    const added = await addClaim(name, (held?.generation ?? 0) + 1, now, session, context, progress.id);
    if (added === 'not-allowed') {
      progress.notes.push(
        'Your role may not write the pool: whether somebody else makes a VM of this name is only looked at once more at the end.',
      );
      return;
    }
    if (added === 'added' && held !== null) await removeKey(session, poolRef, held.key);
  }
}

/**
 * True while no other run has a newer claim. One of ours whose time is over is taken once more, by the next generation:
 * only one can add that, so nobody who takes the name over meanwhile is passed by.
 */
export async function holdsClaim(
  name: string,
  session: Session,
  context: RunContext,
  { id }: Pick<Progress, 'id'>,
): Promise<boolean> {
  const { poolRef } = await context.host.facts();
  const held = await highest(name, session, poolRef);
  // Nobody claims it: our role could not, or an operator has taken the key away.
  if (held === null) return true;
  if (held.claim?.run !== id) return false;
  const now = await context.host.now();
  if (!isOver(held, now)) return true;
  if ((await addClaim(name, held.generation + 1, now, session, context, id)) === 'taken') return false;
  await removeKey(session, poolRef, held.key);
  return true;
}

/** The claim of one generation: only one run can ever add it. */
async function addClaim(
  name: string,
  generation: number,
  now: Date,
  session: Session,
  context: RunContext,
  run: string,
): Promise<'added' | 'taken' | 'not-allowed'> {
  const { poolRef } = await context.host.facts();
  const until = new Date(now.getTime() + limits.claim.lease).toISOString();
  const value = JSON.stringify({ run, by: context.by, pid: process.pid, until });
  return addKey(session, poolRef, `${prefix}${generation}:${name}`, value);
}

/** Whether a claim of this run is on record. */
export async function hasClaim(name: string, session: Session, context: RunContext, run: string): Promise<boolean> {
  const { poolRef } = await context.host.facts();
  return (await claimsOn(name, session, poolRef)).some(({ claim }) => claim?.run === run);
}

/** Takes our claim away; that it is gone already is fine. */
export async function releaseClaim(name: string, session: Session, context: RunContext, run: string): Promise<void> {
  const { poolRef } = await context.host.facts();
  for (const held of await claimsOn(name, session, poolRef)) {
    if (held.claim?.run === run) await removeKey(session, poolRef, held.key);
  }
}

/** Claims that nobody will give back: their time is over, or their process has ended. */
export async function deadClaims(session: Session, pool: Ref, now: Date): Promise<{ key: string; name: string }[]> {
  const map = await session.call('pool.get_other_config', [pool], poolMap);
  return Object.entries(map).flatMap(([key, value]) => {
    const name = /^xenfai:claim:\d+:(.*)$/s.exec(key)?.[1];
    return name !== undefined && isOver(parse(key, value), now) ? [{ key, name }] : [];
  });
}

async function claimsOn(name: string, session: Session, pool: Ref): Promise<Held[]> {
  const map = await session.call('pool.get_other_config', [pool], poolMap);
  return Object.entries(map)
    .filter(([key]) => key.startsWith(prefix) && key.replace(/^xenfai:claim:\d+:/, '') === name)
    .map(([key, value]) => parse(key, value));
}

const highest = async (name: string, session: Session, pool: Ref): Promise<Held | null> =>
  (await claimsOn(name, session, pool)).sort((a, b) => b.generation - a.generation)[0] ?? null;

function parse(key: string, value: string): Held {
  const generation = Number(/^xenfai:claim:(\d+):/.exec(key)?.[1] ?? 0);
  try {
    return { key, generation, claim: claimValue.parse(JSON.parse(value)) };
  } catch {
    return { key, generation, claim: null };
  }
}

/** A claim that cannot be read counts as over: nobody of ours wrote it. */
function isOver({ claim }: Held, now: Date): boolean {
  if (claim === null || Date.parse(claim.until) <= now.getTime()) return true;
  const here = claim.by.endsWith(`@${hostname()}`);
  return here && !isAlive(claim.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function addKey(
  session: Session,
  pool: Ref,
  key: string,
  value: string,
): Promise<'added' | 'taken' | 'not-allowed'> {
  try {
    await session.call('pool.add_to_other_config', [pool, key, value], nothing);
    return 'added';
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    const { kind } = classify(error);
    if (kind === 'duplicate-key') return 'taken';
    if (kind === 'permission') return 'not-allowed';
    throw error;
  }
}

const removeKey = async (session: Session, pool: Ref, key: string): Promise<void> => {
  await session.call('pool.remove_from_other_config', [pool, key], nothing);
};
