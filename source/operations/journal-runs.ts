import type { StoredEvent } from './journal.ts';

/** Which runs of the journal are wanted; what is left out does not matter. */
export interface JournalFilter {
  readonly run?: string | undefined;
  /** Name or UUID of what was acted on. */
  readonly vm?: string | undefined;
  readonly host?: string | undefined;
  readonly operation?: string | undefined;
  readonly since?: Date | undefined;
  /** Only runs that failed, or of which no end is known. */
  readonly failed?: boolean;
}

/** How a run ended, as far as its events tell. */
export interface RunEnd {
  readonly kind: 'done' | 'nothing' | 'failed' | 'unfinished';
  readonly text: string;
}

/** The events of one run, in their order. */
export interface RunStory {
  readonly id: string;
  readonly first: StoredEvent;
  /** What people call its target, where that is known. */
  readonly name: string;
  readonly events: readonly StoredEvent[];
  readonly end: RunEnd;
}

/** The runs of a journal in the order in which they began. */
export function storiesOf(events: readonly StoredEvent[], filter: JournalFilter): RunStory[] {
  const runs = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const run = runs.get(event.id);
    if (run === undefined) runs.set(event.id, [event]);
    else run.push(event);
  }
  return [...runs].flatMap(([id, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const story: RunStory = { id, first, name: first.name ?? first.target, events: own, end: endOf(own) };
    return isWanted(story, filter) ? [story] : [];
  });
}

function isWanted({ id, first, events, end }: RunStory, filter: JournalFilter): boolean {
  const { run, vm, host, operation, since, failed } = filter;
  return (
    (run === undefined || id === run) &&
    (vm === undefined || events.some((event) => [event.target, event.name, event.uuid].includes(vm))) &&
    (host === undefined || isHost(first.host, host)) &&
    (operation === undefined || first.operation === operation) &&
    (since === undefined || new Date(first.at) >= since) &&
    (!failed || end.kind === 'failed' || end.kind === 'unfinished')
  );
}

/** An address as it was typed, or the host in it. */
const isHost = (address: string, wanted: string): boolean =>
  address === wanted ||
  (URL.canParse(address) && [new URL(address).host, new URL(address).hostname].includes(wanted));

function endOf(events: readonly StoredEvent[]): RunEnd {
  const steps = events.find(({ plan }) => plan !== undefined)?.plan?.length ?? 0;
  const failure = events.find(({ event }) => event === 'failed');
  if (failure !== undefined) {
    const has = (kind: StoredEvent['event']): boolean => events.some(({ event }) => event === kind);
    const back = has('left') ? '; not all of it could be taken back' : has('undone') ? '; taken back' : '';
    return { kind: 'failed', text: `failed at ${failure.step ?? '?'}: ${failure.error ?? ''}${back}` };
  }
  if (steps === 0) return { kind: 'nothing', text: 'nothing to do' };
  const done = events.filter(({ event }) => event === 'done');
  if (done.length >= steps) return { kind: 'done', text: 'done' };
  const begun = events.findLast(({ event }) => event === 'begun');
  return { kind: 'unfinished', text: `goes on, or was left in the middle of: ${begun?.step ?? 'nothing yet'}` };
}
