import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { ResponseReader } from '../../source/xapi/decode.ts';
import type { XmlValue } from '../../source/xapi/value.ts';
import { until } from '../harness.ts';

/** One request of a recording and what the real xapi answered. */
export interface Line {
  readonly case: string;
  readonly path: string;
  readonly http?: string;
  readonly request: string;
  readonly status: number;
  readonly reply: string;
}

/** Where a reply of the simulator is not what the real xapi said. `at` is the way into the reply. */
export interface Difference {
  readonly line: Line;
  readonly case: string;
  readonly method: string;
  readonly at: string;
  readonly recorded: string;
  readonly simulated: string;
}

export function readRecording(name: string): Line[] {
  const lines = readFileSync(new URL(`./recorded/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

export const methodOf = (line: Line): string => /<methodName>([^<]*)/.exec(line.request)?.[1] ?? '';

/** The case in which one session waits for events while another starts and stops a VM. */
const watched = 'VDI destroy V2';

const token = /OpaqueRef:\{\d+\}|\{uuid-\d+\}/g;
const uuidForm = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Sends recorded requests to a simulator and compares the replies, learning its references on the way. */
export class Replay {
  readonly differences: Difference[] = [];
  private readonly sim: Simulator;
  /** The simulator's own text for each numbered reference and uuid of the recording. */
  private readonly learnt = new Map<string, string>();
  private line: Line | null = null;

  constructor(sim: Simulator) {
    this.sim = sim;
  }

  /** The simulator's reference for a numbered one. */
  known(numbered: string): string | undefined {
    return this.learnt.get(numbered);
  }

  /**
   * Sends the lines in their order and notes what differs. `before` each is sent the world may have to be seen to,
   * `after` it to be waited for.
   */
  async play(
    lines: readonly Line[],
    before: (line: Line) => void,
    after: (line: Line) => Promise<void>,
  ): Promise<void> {
    let batches: Line[] = [];
    let blocked: (() => Promise<void>) | null = null;
    for (const line of lines) {
      const waits = methodOf(line) === 'event.next';
      if (line.status === 0) await this.sendInVain(line);
      // Batches of events are told before the call that they came of.
      else if (waits && line.case === watched && isBatch(line)) batches.push(line);
      else if (waits && line.case === watched && blocked === null) blocked = await this.sendBlocked(line);
      else {
        before(line);
        await this.send(line);
        await after(line);
        await this.collect(batches);
        batches = [];
        if (blocked !== null && methodOf(line) === 'session.logout') {
          await blocked();
          blocked = null;
        }
      }
    }
  }

  /** Sends a line and notes what differs. What it refers to and was never seen is sent as it stands. */
  private async send(line: Line): Promise<void> {
    const got = await this.post(line);
    this.judge(line, got);
  }

  private judge(line: Line, got: Reply): void {
    this.line = line;
    if (got.status !== line.status) this.note('status', String(line.status), String(got.status));
    else if (line.status === 200) this.compare('', decode(line.reply), decode(got.body));
  }

  private post(line: Line, signal?: AbortSignal): Promise<Reply> {
    const body = line.request
      .replaceAll(token, (numbered) => this.learnt.get(numbered) ?? numbered)
      .replaceAll('<string>secret</string>', `<string>${this.sim.password}</string>`);
    return post(this.sim.host, line, body, signal);
  }

  /** Where nothing had come when the recorder stopped waiting, nothing may come here. */
  private async sendInVain(line: Line): Promise<void> {
    const end = new AbortController();
    const answer = this.post(line, end.signal).catch(() => null);
    const got = await Promise.race([answer, this.isBlocked()]);
    end.abort();
    this.line = line;
    if (got !== null) this.note('status', 'nothing', String(got.status));
  }

  /** A call whose answer comes only when its session has ended: judged by the function returned. */
  private async sendBlocked(line: Line): Promise<() => Promise<void>> {
    const answer = this.post(line);
    await Promise.race([answer, this.isBlocked()]);
    return async () => this.judge(line, await answer);
  }

  private isBlocked(): Promise<null> {
    const { events } = this.sim.world;
    const before = events.blocked;
    return until(() => (events.blocked > before ? 'blocked' : null)).then(() => null);
  }

  /** The events of one session: how many come at once is a matter of time, which ones and in which order is not. */
  private async collect(batches: readonly Line[]): Promise<void> {
    const [first] = batches;
    if (first === undefined) return;
    const wanted = batches.map((line) => eventsOf(line.reply));
    const total = wanted.flat().length;
    const events: XmlValue[] = [];
    while (events.length < total) {
      const end = new AbortController();
      const answer = this.post(first, end.signal).catch(() => null);
      const got = await Promise.race([answer, this.isBlocked()]);
      end.abort();
      if (got === null) break;
      events.push(...eventsOf(got.body));
    }
    for (const [i, line] of batches.entries()) {
      this.line = line;
      const recorded = wanted[i] ?? [];
      const last = i === batches.length - 1;
      this.compareArrays('.Value', recorded, events.splice(0, last ? events.length : recorded.length));
    }
  }

  private note(at: string, recorded: unknown, simulated: unknown): void {
    const { line } = this;
    if (line === null) return;
    const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
    const shown = { recorded: show(recorded), simulated: show(simulated) };
    this.differences.push({ line, case: line.case.trim(), method: methodOf(line), at, ...shown });
  }

  private compare(at: string, recorded: XmlValue, simulated: XmlValue | undefined): void {
    if (typeof recorded === 'string' && typeof simulated === 'string') {
      if (!this.sameText(recorded, simulated)) this.note(at, recorded, simulated);
    } else if (Array.isArray(recorded) && Array.isArray(simulated)) {
      this.compareArrays(at, recorded, simulated);
    } else if (isStruct(recorded) && isStruct(simulated)) {
      this.compareStructs(at, recorded, simulated);
    } else if (recorded !== simulated) {
      this.note(at, recorded, simulated);
    }
  }

  /** Equal but for references and uuids, which must stand for the same thing each time. */
  private sameText(recorded: string, simulated: string): boolean {
    const unseen: string[] = [];
    const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    let pattern = '';
    let from = 0;
    for (const found of recorded.matchAll(token)) {
      const [numbered] = found;
      const own = this.learnt.get(numbered);
      if (own === undefined) unseen.push(numbered);
      const form = numbered.startsWith('OpaqueRef') ? `OpaqueRef:${uuidForm}` : uuidForm;
      pattern += literal(recorded.slice(from, found.index)) + (own === undefined ? `(${form})` : literal(own));
      from = found.index + numbered.length;
    }
    const match = new RegExp(`^${pattern}${literal(recorded.slice(from))}$`, 's').exec(simulated);
    if (match === null) return false;
    for (const [i, numbered] of unseen.entries()) this.learnt.set(numbered, match[i + 1] ?? '');
    return true;
  }

  /** References are a set: those seen before first, then the others, of which the real xapi has the newest first. */
  private compareArrays(at: string, recorded: readonly XmlValue[], simulated: readonly XmlValue[]): void {
    if (recorded.length !== simulated.length) {
      this.note(at, recorded, simulated);
      return;
    }
    if (!recorded.every((item) => typeof item === 'string' && /^OpaqueRef:\{/.test(item))) {
      for (const [i, item] of recorded.entries()) this.compare(`${at}[${i}]`, item, simulated[i]);
      return;
    }
    const seen = recorded.map((item) => this.learnt.get(String(item)));
    const rest = simulated.filter((item) => !seen.includes(String(item))).reverse();
    for (const [i, item] of recorded.entries()) {
      const own = seen[i];
      if (own === undefined) this.compare(at, item, rest.shift());
      else if (!simulated.includes(own)) this.note(at, item, simulated);
    }
  }

  private compareStructs(at: string, recorded: Struct, simulated: Struct): void {
    const left = new Set(Object.keys(simulated));
    for (const [name, value] of Object.entries(recorded)) {
      const own = this.ownName(name, value, simulated, left);
      if (own !== undefined && left.delete(own)) {
        if (own !== name) this.sameText(name, own);
        this.compare(`${at}.${name.replace(token, '*')}`, value, simulated[own]);
      } else this.note(`${at}.${name.replace(token, '*')}`, value, undefined);
    }
    for (const name of left) this.note(`${at}.${name.replace(/^OpaqueRef:.*/, '*')}`, undefined, simulated[name]);
  }

  /** The member of the simulator's struct that a member of the recorded one stands for. */
  private ownName(name: string, row: XmlValue, simulated: Struct, left: ReadonlySet<string>): string | undefined {
    if (name.match(token) === null) return name;
    const known = this.learnt.get(name);
    if (known !== undefined) return known;
    if (/^OpaqueRef:\{\d+\}$/.test(name) && isStruct(row)) return partner(row, simulated, left);
    return [...left].find((one) => this.sameText(name, one));
  }
}

type Struct = { readonly [name: string]: XmlValue };
const isStruct = (value: XmlValue | undefined): value is Struct =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const marks = ['name_label', 'is_a_template', 'device', 'userdevice', 'protocol'];

/** Of a table's rows the one that is most likely meant: of the same name and kind, where rows have such. */
function partner(row: XmlValue, table: Struct, left: ReadonlySet<string>): string | undefined {
  if (!isStruct(row)) return undefined;
  return [...left].find((ref) => {
    const other = table[ref];
    return isStruct(other) && marks.every((mark) => row[mark] === other[mark]);
  });
}

/** What a reply says: its value, or the words of its failure, or a fault. */
function decode(reply: string): XmlValue {
  const reader = new ResponseReader();
  reader.write(reply);
  const response = reader.end();
  return 'value' in response ? response.value : { fault: response.fault };
}

function eventsOf(reply: string): readonly XmlValue[] {
  const decoded = decode(reply);
  const value = isStruct(decoded) ? decoded['Value'] : undefined;
  return Array.isArray(value) ? value : [];
}

const isBatch = (line: Line): boolean => eventsOf(line.reply).length > 0;

interface Reply {
  readonly status: number;
  readonly body: string;
}

function post(host: string, line: Line, body: string, signal?: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const method = line.http ?? 'POST';
    const headers = { 'Content-Length': Buffer.byteLength(body), Connection: 'close' };
    const outgoing = request(
      `${host}${line.path}`,
      { method, headers, ...(signal ? { signal } : {}) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
