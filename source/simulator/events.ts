import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';
import type { Database } from './database.ts';
import { array, bare, member, struct } from './envelope.ts';
import { EventsSince } from './events-since.ts';
import { marshalRecord } from './marshal.ts';
import type { Fields } from './types.ts';

interface Event {
  readonly id: number;
  readonly timestamp: number;
  readonly className: string;
  readonly operation: string;
  readonly ref: string;
  readonly xml: string;
}

interface Subscription {
  classes: string[];
  lastId: number;
}

const mostEvents = 500;
const oldestEvent = 15 * 60 * 1000;
const heartbeat = 30_000;

/**
 * event.register and event.next of 5.6 (xapi_event.ml): per session, consumed once, `next` blocks without a timeout.
 * Queue of 500 events or 15 minutes; what fell out gives EVENTS_LOST. Ids grow only for events someone wants.
 */
export class Events {
  private readonly queue: Event[] = [];
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly waiting: (() => void)[] = [];
  private nextId = 1;
  private forgotten = 0;
  /** What 6.0 has besides. */
  readonly since: EventsSince;
  private readonly database: Database;
  private readonly now: () => Date;
  private readonly timer: NodeJS.Timeout;

  /** `has`: what came with the release of this code name. */
  constructor(database: Database, now: () => Date, has: (codename: string) => boolean) {
    this.database = database;
    this.since = new EventsSince(database, has);
    this.now = now;
    database.listen((operation, className, ref, record) => this.add(operation, className, ref, record));
    // xapi wakes blocked clients with a fake change of the pool.
    this.timer = setInterval(() => {
      for (const [ref, record] of database.all('pool')) this.add('mod', 'pool', ref, record);
    }, heartbeat);
    this.timer.unref();
  }

  register(session: string, classes: readonly string[]): void {
    const subscription = this.subscriptions.get(session) ?? { classes: [], lastId: this.nextId };
    subscription.classes.push(...classes.map((name) => name.toLowerCase()));
    this.subscriptions.set(session, subscription);
  }

  unregister(session: string, classes: readonly string[]): void {
    this.register(session, []);
    const subscription = this.subscriptions.get(session);
    const gone = new Set(classes.map((name) => name.toLowerCase()));
    if (subscription) subscription.classes = subscription.classes.filter((name) => !gone.has(name));
  }

  currentId(): number {
    return this.nextId;
  }

  /** How many calls wait for events, those of dead connections among them. */
  get blocked(): number {
    return this.waiting.length;
  }

  /**
   * The events as XML; blocks until there are some for this session, or the session is gone. That the caller is gone
   * is not noticed: a call of a connection that was cut still waits its turn, takes the session's next events and
   * loses them.
   */
  async next(session: string, isAlive: () => boolean): Promise<string> {
    for (;;) {
      if (!isAlive()) throw new ApiError('SESSION_INVALID', session);
      const subscription = this.subscriptions.get(session);
      if (subscription === undefined) {
        const hash = createHash('md5').update(session).digest('hex');
        throw new ApiError('SESSION_NOT_REGISTERED', `trackid=${hash}`);
      }
      const from = subscription.lastId;
      subscription.lastId = this.nextId;
      if (from < this.nextId && this.forgotten >= from) throw new ApiError('EVENTS_LOST');
      const events = this.queue.filter((event) => event.id >= from && wants(subscription, event.className));
      if (events.length > 0) return array(events.map(eventXml));
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** A session ended: its blocked call must notice. */
  drop(session: string): void {
    this.subscriptions.delete(session);
    this.since.drop(session);
    this.wake();
  }

  /** xapi starts anew: it knows no subscription, no event, and counts from one. */
  restart(): void {
    this.subscriptions.clear();
    this.queue.length = 0;
    this.nextId = 1;
    this.forgotten = 0;
    this.since.restart();
    this.wake();
  }

  stop(): void {
    clearInterval(this.timer);
    this.since.stop();
    this.wake();
  }

  private add(operation: string, className: string, ref: string, record: Fields): void {
    if (this.database.model.classes.get(className)?.events !== true) return;
    const name = className.toLowerCase();
    if (![...this.subscriptions.values()].some((subscription) => wants(subscription, name))) return;
    const timestamp = Math.floor(this.now().getTime() / 1000);
    const xml = marshalRecord(this.database.model, className, record);
    this.queue.push({ id: this.nextId++, timestamp, className: name, operation, ref, xml });
    const tooOld = timestamp - oldestEvent / 1000;
    while (this.queue.length > mostEvents || (this.queue[0]?.timestamp ?? timestamp) < tooOld) {
      this.forgotten = this.queue.shift()?.id ?? this.forgotten;
    }
    this.wake();
  }

  /** In the order they came: who waits longest takes what there is. */
  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const wants = (subscription: Subscription, className: string): boolean =>
  subscription.classes.includes('*') || subscription.classes.includes(className);

/** id and timestamp travel as strings; the float is OCaml's, with a dot and no fraction. */
function eventXml(event: Event): string {
  return struct([
    member('id', bare(String(event.id))),
    member('timestamp', bare(`${event.timestamp}.`)),
    member('class', bare(event.className)),
    member('operation', bare(event.operation)),
    member('ref', bare(event.ref)),
    member('snapshot', event.xml),
  ]);
}
