import { closeSync, constants, fstatSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { systemText } from '../problem/system-text.ts';
import { makeFolder } from '../settings/folder.ts';
import { openOwn, readOwn } from '../settings/own-file.ts';
import { stateFolder } from '../settings/state-folder.ts';
import type { Action, Operation } from './plan.ts';

/** One event of the journal; texts are as they are on the host. */
export interface JournalEvent {
  /** The run. */
  readonly id: string;
  /** By this machine's clock. */
  readonly at: string;
  readonly user: string;
  readonly host: string;
  readonly pool: string;
  readonly operation: Operation;
  /** UUID of what is there, name of what is being made. */
  readonly target: string;
  /** What people call it. */
  readonly name?: string;
  /** Of what was made, once it is there. */
  readonly uuid?: string;
  /** `left`: taking the step back failed; `error` says what remains. */
  readonly event: 'planned' | 'begun' | 'done' | 'failed' | 'undone' | 'left';
  readonly step?: string;
  /** Of the plan, from 0. */
  readonly index?: number;
  readonly plan?: readonly Action[];
  readonly error?: string;
}

/** Takes events as they happen; an event is on the disk before the call it is about. Never throws. */
export interface Journal {
  write(event: JournalEvent): void;
}

/** For sessions that change nothing, and for tests. */
export const noJournal: Journal = { write: () => {} };

/** `$XDG_STATE_HOME/xenfai/journal.jsonl`, or below XENFAI_STATE_DIR. */
export const journalPath = (env: Readonly<Record<string, string | undefined>>): string =>
  join(stateFolder(env), 'journal.jsonl');

/**
 * A file that is only ever appended to, mode 0600; several processes may do so at once, because one write of a whole
 * line goes to the end as one (O_APPEND). A line that a crash has torn is closed first. What cannot be written is said
 * once and does not stop the work: at 02:10 a full disk must not keep a VM from being rearmed.
 */
export function fileJournal(path: string, complain: (text: string) => void): Journal {
  let file: number | null = null;
  let broken = false;
  return {
    write(event) {
      if (broken) return;
      try {
        file ??= openJournal(path);
        writeSync(file, `${isTorn(file) ? '\n' : ''}${line(event)}\n`);
        // Before a call is made, its intent must survive a power cut, and all that was said before; the rest may wait.
        if (event.event === 'begun') fsyncSync(file);
      } catch (error) {
        broken = true;
        if (file !== null) closeSync(file);
        complain(`The journal ${path} cannot be written: ${systemText(error)}.`);
      }
    },
  };
}

function openJournal(path: string): number {
  makeFolder(dirname(path));
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  return openOwn(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
}

/** True when the last byte is not the end of a line: its writer was killed. */
function isTorn(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

/** One line of JSON; passwords that a URL or a kernel argument holds stay out of it. */
function line(event: JournalEvent): string {
  return JSON.stringify(event, (_, value: unknown) => (typeof value === 'string' ? withoutSecrets(value) : value));
}

const withoutSecrets = (text: string): string =>
  text.replace(/:\/\/[^/@\s]*@/g, '://***@').replace(/\b(\w*(?:passw(?:or)?d|rootpw|secret)\w*=)\S+/gi, '$1***');

const storedEvent = z.object({
  id: z.string(),
  at: z.string(),
  user: z.string(),
  host: z.string(),
  pool: z.string(),
  operation: z.string(),
  target: z.string(),
  name: z.optional(z.string()),
  uuid: z.optional(z.string()),
  event: z.enum(['planned', 'begun', 'done', 'failed', 'undone', 'left']),
  step: z.optional(z.string()),
  index: z.optional(z.number()),
  plan: z.optional(z.array(z.unknown())),
  error: z.optional(z.string()),
});
/** An event as it was read: plans of other versions are kept as they are. */
export type StoredEvent = z.infer<typeof storedEvent>;

/** All events in their order; what is no event (a torn line) is passed over. A file that is not there has none. */
export function readJournal(path: string): StoredEvent[] {
  return tailOf(path)
    .split('\n')
    .flatMap((text): StoredEvent[] => {
      if (text === '') return [];
      try {
        const parsed = storedEvent.safeParse(JSON.parse(text));
        return parsed.success ? [parsed.data] : [];
      } catch {
        return [];
      }
    });
}

function tailOf(path: string): string {
  try {
    return readOwn(path, limits.journal.read, 'its end');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
