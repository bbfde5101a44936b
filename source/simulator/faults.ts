import { seededRandom } from './random.ts';
import type { Instead, Intercept } from './world.ts';

// What goes wrong with calls on purpose: planned beforehand, by name and by number, or by chance.

/** What can go wrong with a call, as the flag has it, and in words. */
export const faultKinds = {
  lose: 'the connection is cut before the call is carried out',
  drop: 'the connection is cut after the call was carried out',
  delay: 'the answer comes so many milliseconds later, 2000 unless said',
  truncate: 'carried out, but only half of the answer comes before the connection is cut',
  corrupt: 'carried out, but bits of the answer are turned over',
  '500': 'not carried out: HTTP 500, as xapi tells an internal error',
  html: 'carried out, but a page of HTML comes in the place of the answer',
  restart: 'xapi restarts before the call is carried out',
  move: 'another host of the pool becomes its coordinator before the call is carried out',
  'forget-sessions': 'xapi has forgotten all sessions, that of the call among them',
  'forget-tasks': 'xapi has forgotten all tasks',
} as const;

export type FaultKind = keyof typeof faultKinds;

export interface Fault {
  readonly kind: FaultKind;
  /** Of a delay, in milliseconds. */
  readonly wait: number;
}

/** A fault, and the calls that it hits. */
export interface PlannedFault extends Fault {
  /** A call's name without `Async.`; `*` stands for anything. */
  readonly call: string;
  /** Only the so manyeth of these calls, counted from 1; null: each. */
  readonly nth: number | null;
}

/** Faults at any call, the same for the same seed. */
export interface RandomFaults {
  readonly seed: number;
  /** Of all calls, from 0 to 1. */
  readonly share: number;
}

/** What is done to the host itself. */
export interface FaultyHost {
  readonly restart: () => void;
  /** The next host of the pool is promoted; where there is no other, its xapi restarts. */
  readonly move: () => void;
  readonly forget: (what: 'session' | 'task') => void;
}

const defaultWait = 2000;
const form = /^([a-z0-9-]+?)(?:=(\d{1,7}))?(?:@([A-Za-z_.*]+))?(?::([1-9]\d{0,6}))?$/;

/** How a planned fault is written. */
export const faultForm = 'KIND[=MS][@CALL][:N]';

/** Reads `drop@VM.start:2`, `delay=500@event.*`, `restart:40`; null when it is none. */
export function readFault(text: string): PlannedFault | null {
  const [, kind = '', wait, call = '*', nth] = form.exec(text) ?? [];
  if (!isKind(kind) || (wait !== undefined && kind !== 'delay')) return null;
  return { kind, wait: Number(wait ?? defaultWait), call, nth: nth === undefined ? null : Number(nth) };
}

const isKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text);

/** The first of the planned faults that hits a call, else one by chance. A logout is left alone: nobody awaits its end. */
export function faultyCalls(
  planned: readonly PlannedFault[],
  random: RandomFaults | null,
  host: FaultyHost,
): Intercept {
  const counts = planned.map(() => 0);
  const chance = random === null ? () => null : randomFault(random);
  return (method) => {
    const name = method.replace(/^Async\./, '');
    let hit: Fault | null = null;
    for (const [i, fault] of planned.entries()) {
      if (!matches(fault.call, name)) continue;
      const count = (counts[i] ?? 0) + 1;
      counts[i] = count;
      if (fault.nth === null || fault.nth === count) hit ??= fault;
    }
    if (name !== 'session.logout') hit ??= chance();
    return hit === null ? undefined : inflict(hit, host);
  };
}

const matches = (pattern: string, name: string): boolean => {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
};

/** One fault by chance, or none. Each call draws the same number of numbers, so that one fault does not move the next. */
export function randomFault({ seed, share }: RandomFaults): () => Fault | null {
  const random = seededRandom(seed);
  const kinds = Object.keys(faultKinds).filter(isKind);
  return () => {
    const [chance, which, wait] = [random.next(), random.next(), random.next()];
    const kind = kinds[Math.floor(which * kinds.length)];
    return chance < share && kind !== undefined ? { kind, wait: Math.floor(wait * defaultWait) } : null;
  };
}

/** Does to the host what is to be done, and says what becomes of the call. */
export function inflict({ kind, wait }: Fault, host: FaultyHost): Instead | Promise<Instead> {
  switch (kind) {
    case 'delay':
      return new Promise((resolve) => setTimeout(() => resolve(undefined), wait));
    case 'restart':
      host.restart();
      return 'lose';
    case 'move':
      host.move();
      return 'lose';
    case 'forget-sessions':
      host.forget('session');
      return undefined;
    case 'forget-tasks':
      host.forget('task');
      return undefined;
    default:
      return kind;
  }
}
