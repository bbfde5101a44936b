import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';

/**
 * What xenfai must remember lives on the VM, as other_config keys, so that another jump host sees it.
 * VM.clone copies other_config: a mark that names another VM is ignored. Marks hold no secrets.
 */
export const markNames = ['created', 'armed', 'installed', 'failed'] as const;

export type MarkName = (typeof markNames)[number];

export const markKeys = {
  created: 'xenfai:created',
  armed: 'xenfai:armed',
  installed: 'xenfai:installed',
  failed: 'xenfai:failed',
} as const satisfies Record<MarkName, string>;

/** A field that is missing, or not what it should be, is absent: the rest of the mark still counts. */
const maybe = <T extends z.ZodMiniType>(type: T) => z.catch(z.optional(type), undefined);

const markFields = z.object({
  vm: z.string(),
  run: z.catch(z.string(), ''),
  /** The host's time, ISO 8601, UTC. */
  at: z.string().check(z.refine((at) => !Number.isNaN(Date.parse(at)))),
  by: z.catch(z.string(), ''),
  repository: maybe(z.string()),
  release: maybe(z.string()),
  arch: maybe(z.string()),
  args: maybe(z.string()),
  template: maybe(z.string()),
  /** install-kernel and install-ramdisk, where the loader goes by paths. */
  kernel: maybe(z.string()),
  initrd: maybe(z.string()),
  /** Of a failure: where in FAI, with which code, in which words. */
  task: maybe(z.string()),
  code: maybe(z.number()),
  text: maybe(z.string()),
});

export type Mark = Readonly<z.infer<typeof markFields>>;

/** What an install came to, as somebody who saw its end can put on record. */
export type Verdict =
  | { readonly verdict: 'installed' }
  | { readonly verdict: 'failed'; readonly task: string; readonly code: number; readonly text: string };

/** The value of a mark, at most 8 KiB: a failure's text is cut, and words that are too long are left out. */
export function formatMark(mark: Mark): string {
  const { vm, run, at, by, text, ...words } = mark;
  const cut = text === undefined ? {} : { text: text.slice(0, limits.mark.text) };
  const whole = JSON.stringify({ vm, run, at, by, ...words, ...cut });
  return Buffer.byteLength(whole) <= limits.mark.size ? whole : JSON.stringify({ vm, run, at, by });
}

type OtherConfig = Readonly<Record<string, string>>;

/** The mark of this VM; null when it is absent, damaged, or a clone's inheritance. */
export function readMark(otherConfig: OtherConfig, name: MarkName, uuid: string): Mark | null {
  const text = otherConfig[markKeys[name]];
  if (text === undefined || text.length > limits.mark.size) return null;
  const parsed = markFields.safeParse(jsonOf(text));
  return parsed.success && parsed.data.vm === uuid ? parsed.data : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Marks that name another VM: what a clone inherited, to be dropped at the next write. */
export function staleMarks(otherConfig: OtherConfig, uuid: string): string[] {
  return markNames
    .filter((name) => otherConfig[markKeys[name]] !== undefined && readMark(otherConfig, name, uuid) === null)
    .map((name) => markKeys[name]);
}
