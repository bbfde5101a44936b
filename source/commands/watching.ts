import { limits } from '../limits/limits.ts';
import { cleanLine } from '../text/clean.ts';
import { fitText, widthOf } from '../text/width.ts';
import type { Fleet } from '../watch/fleet.ts';
import { Lookout, type Waiting } from '../watch/lost.ts';
import { type Sight, sightOf } from '../watch/sight.ts';
import { type Ref, ref } from '../xapi/records.ts';
import type { Connection } from './connect.ts';
import { type Following, follow } from './following.ts';
import { printPart } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { endResult, interruptedResult } from './watch-end.ts';
import { patienceOf, type Watching } from './watch-flags.ts';
import { type Awaited, type Seen, sightJson, timeOfDay } from './watch-lines.ts';

/** Milliseconds between two looks at what only time changes. */
const beat = 1000;

/** Looks on until all these VMs have ended. */
export async function watchVms(
  vms: readonly Awaited[],
  options: Watching,
  connection: Connection,
  around: Surroundings,
): Promise<Result> {
  const watch = new Watch(options, connection, around);
  try {
    return await watch.toEnd(vms, []);
  } finally {
    await watch.close();
  }
}

/** A stream that is followed from the moment it is made; its lines are those of the VMs that somebody waits for. */
export class Watch {
  private readonly options: Watching;
  private readonly around: Surroundings;
  private readonly stop = new AbortController();
  private readonly following: Following;
  private readonly told = new Map<string, string>();
  private readonly refs = new Map<string, Ref>();
  private readonly lookout = new Lookout(limits.watch.unlooked);
  private fleet: Fleet | null = null;
  private look: () => void = () => {};

  constructor(options: Watching, connection: Connection, around: Surroundings) {
    this.options = options;
    this.around = around;
    this.following = follow(connection, around, {
      stop: this.stop.signal,
      unheard: "FAI's messages are not heard, the record tells",
      onChange: (fleet) => this.take(fleet),
    });
    // Whoever waits for its end is told; nobody may wait yet.
    this.following.ended.catch(() => {});
  }

  /** Ends when every VM has; throws when the host cannot be followed. */
  async toEnd(vms: readonly Awaited[], problems: Parameters<typeof endResult>[1]): Promise<Result> {
    const { around, options } = this;
    let seen: readonly Seen[] = [];
    this.look = () => {
      const { fleet } = this;
      // Patience is for the time in which a sign of life could be seen.
      if (fleet === null || fleet.lost !== null) return this.lookout.interrupt();
      const now = around.now().getTime();
      const waiting = { now, since: this.lookout.look(now), patience: patienceOf(options) };
      seen = vms.map((vm) => ({ ...vm, sight: this.sightOf(vm, fleet, waiting) }));
      this.tell(seen);
      if (seen.every(({ sight }) => sight.end !== null)) this.stop.abort();
    };
    const timer = setInterval(this.look, beat);
    this.look();
    try {
      await this.following.ended;
    } finally {
      clearInterval(timer);
    }
    if (!this.stop.signal.aborted) return interruptedResult(vms, seen, around);
    return endResult(seen, problems, options.json, around);
  }

  /** What was proven is put on record before one leaves. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.following.ended.catch(() => {});
    await this.following.recorded();
  }

  private take(fleet: Fleet): void {
    this.fleet = fleet;
    this.look();
  }

  private sightOf({ uuid }: Awaited, fleet: Fleet, waiting: Waiting): Sight {
    const install = fleet.byRef.get(this.refOf(uuid, fleet));
    if (install === undefined) return { state: 'other', text: 'gone', known: 'record', end: 'bad' };
    return sightOf(install, waiting);
  }

  private refOf(uuid: string, fleet: Fleet): Ref {
    for (const { vm } of this.refs.has(uuid) ? [] : fleet.byRef.values()) this.refs.set(vm.record.uuid, vm.ref);
    return this.refs.get(uuid) ?? ref.parse('');
  }

  private tell(seen: readonly Seen[]): void {
    const width = Math.max(...seen.map(({ name }) => widthOf(cleanLine(name))));
    const at = this.around.now();
    for (const one of seen) {
      const { name, uuid, sight } = one;
      if (this.told.get(uuid) === sight.text) continue;
      this.told.set(uuid, sight.text);
      const line = `${timeOfDay(at)} ${fitText(cleanLine(name), width)} ${sight.text}`;
      printPart(this.options.json, this.around, sightJson(one, at), line);
    }
  }
}
