import { ApiError } from './api-error.ts';
import type { Database } from './database.ts';
import { array, bare, member, struct } from './envelope.ts';
import { marshalRecord } from './marshal.ts';

/** When a row was made and last written, and when it went, in generations of the database. */
interface Row {
  readonly ref: string;
  readonly created: number;
  readonly modified: number;
}

/** A call that waits. Its session may end meanwhile, or another call of it. */
interface Waiting {
  readonly session: string;
  wake: () => void;
  invalid: boolean;
}

/** db_cache_types.ml, Table.remove: so many deletions are known of a class, and what is kept when they are more. */
const mostDeleted = 512;
const keptDeleted = 256;
/** Between a change and the answer, in milliseconds: what happens meanwhile comes along (xapi_event.ml: Thread.delay). */
const gathering = 50;

/**
 * event.from and event.inject of 6.0 and later (xapi_event.ml, db_cache_types.ml): nothing is kept for a client, a
 * token is a generation of the database. What came and went between two calls is never told; nor is a deletion that is
 * one of too many, or from before a restart. Only the count of all objects gives it away.
 */
export class EventsSince {
  private readonly rows = new Map<string, Map<string, Row>>();
  /** Newest first. */
  private readonly deleted = new Map<string, Row[]>();
  private readonly waiting = new Set<Waiting>();
  private readonly database: Database;
  private readonly has: (codename: string) => boolean;
  private generation = 0;

  /** `has`: what came with the release of this code name. */
  constructor(database: Database, has: (codename: string) => boolean) {
    this.database = database;
    this.has = has;
    database.listen((change, className, ref) => {
      this.generation += 1;
      const table = this.table(className);
      const { created = this.generation } = table.get(ref) ?? {};
      if (change !== 'del') table.set(ref, { ref, created, modified: this.generation });
      else {
        table.delete(ref);
        const before = this.deleted.get(className) ?? [];
        const kept = before.length + 1 < mostDeleted ? before : before.slice(0, keptDeleted);
        this.deleted.set(className, [{ ref, created, modified: this.generation }, ...kept]);
      }
      this.wake(() => true);
    });
  }

  /** How many calls wait for events, those of dead connections among them. */
  get blocked(): number {
    return this.waiting.size;
  }

  /** The batch as XML, when there are events or so many seconds are over. Errors: as event.from. */
  async from(
    session: string,
    classes: readonly string[],
    token: string,
    seconds: number,
    isAlive: () => boolean,
  ): Promise<string> {
    let since = generationOf(token);
    const deadline = { over: false };
    const call: Waiting = { session, wake: () => {}, invalid: false };
    const timer = setTimeout(() => {
      deadline.over = true;
      call.wake();
    }, seconds * 1000);
    timer.unref?.();
    this.waiting.add(call);
    try {
      for (;;) {
        if (call.invalid || !isAlive()) throw new ApiError('SESSION_INVALID', session);
        const { xml, last } = this.changed(classes, since);
        if (xml.length > 0 || deadline.over) return this.batch(xml, last);
        since = last;
        await new Promise<void>((resolve) => {
          call.wake = resolve;
        });
        if (!deadline.over) await new Promise((resolve) => setTimeout(resolve, gathering));
      }
    } finally {
      clearTimeout(timer);
      this.waiting.delete(call);
      // Up to 6.2 a call has the session's one subscription, and ends it for others when it is done (6675872e7a).
      if (!this.has('creedence')) this.drop(session);
    }
  }

  /** A change that is none, and the token before it. Errors: HANDLE_INVALID. */
  inject(className: string, ref: string): string {
    const name = [...this.database.model.classes.keys()].find((one) => one.toLowerCase() === className.toLowerCase());
    const row = this.table(name ?? '').get(ref);
    if (name === undefined || row === undefined) throw new ApiError('HANDLE_INVALID', className, ref);
    const token = tokenOf(this.generation);
    this.generation += 1;
    this.table(name).set(ref, { ...row, modified: this.generation });
    this.wake(() => true);
    return token;
  }

  /** A session ended: its calls must notice. */
  drop(session: string): void {
    this.wake((call) => {
      if (call.session !== session) return false;
      call.invalid = true;
      return true;
    });
  }

  /** xapi starts anew: the database is as it was, what was deleted nobody knows. */
  restart(): void {
    this.deleted.clear();
    this.stop();
  }

  stop(): void {
    this.wake((call) => {
      call.invalid = true;
      return true;
    });
  }

  private table(className: string): Map<string, Row> {
    const table = this.rows.get(className) ?? new Map<string, Row>();
    this.rows.set(className, table);
    return table;
  }

  private wake(which: (call: Waiting) => boolean): void {
    for (const call of this.waiting) if (which(call)) call.wake();
  }

  /** What was made, then what was written, then what went since; each with the record as it is now. */
  private changed(wanted: readonly string[], since: number): { readonly xml: string[]; readonly last: number } {
    const wants = wanted
      .map((text) => text.split(/\/(.*)/s))
      .map(([name = '', ref]) => ({ name: name.toLowerCase(), ref }));
    const [made, written, gone]: [string[], string[], string[]] = [[], [], []];
    let last = since;
    for (const [className, { events }] of this.database.model.classes) {
      const name = className.toLowerCase();
      const own = wants.filter((one) => one.name === '*' || one.name === name);
      if (!events || own.length === 0) continue;
      const isWanted = ({ ref, modified }: Row): boolean =>
        modified > since && own.some((one) => one.ref === undefined || one.ref === ref);
      for (const row of this.table(className).values()) {
        if (!isWanted(row)) continue;
        last = Math.max(last, row.modified);
        const record = marshalRecord(this.database.model, className, this.database.get(className, row.ref));
        if (row.created > since) made.push(eventXml('add', name, row.ref, row.created, record));
        // From 7.1 on what is new is not told twice (2e7d6df992).
        if (row.created <= since || !this.has('ely'))
          written.push(eventXml('mod', name, row.ref, row.modified, record));
      }
      for (const row of this.deleted.get(className) ?? []) {
        if (!isWanted(row) || row.created > since) continue;
        last = Math.max(last, row.modified);
        gone.push(eventXml('del', name, row.ref, row.modified, null));
      }
    }
    return { xml: [...made, ...written, ...gone], last };
  }

  private batch(events: readonly string[], last: number): string {
    const counts = [...this.database.model.classes.keys()].map((name) =>
      member(name.toLowerCase(), `<value><i4>${this.database.all(name).size}</i4></value>`),
    );
    return struct([
      member('events', array(events)),
      member('valid_ref_counts', struct(counts)),
      member('token', bare(tokenOf(last))),
    ]);
  }
}

const tokenOf = (generation: number): string => `${String(generation).padStart(20, '0')},${'0'.repeat(20)}`;

function generationOf(token: string): number {
  if (token === '') return 0;
  const [, generation] = /^(\d+),\d+$/.exec(token) ?? [];
  if (generation === undefined) throw new ApiError('EVENT_FROM_TOKEN_PARSE_FAILURE', token);
  return Number(generation);
}

function eventXml(
  operation: string,
  className: string,
  ref: string,
  generation: number,
  record: string | null,
): string {
  return struct([
    member('id', bare(String(generation))),
    member('timestamp', bare('0.0')),
    member('class', bare(className)),
    member('operation', bare(operation)),
    member('ref', bare(ref)),
    ...(record === null ? [] : [member('snapshot', record)]),
  ]);
}
