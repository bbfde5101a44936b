import { resolve } from 'node:path';
import * as z from 'zod';
import { limits } from '../limits/limits.ts';
import type { CreateOptions } from '../operations/site.ts';
import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { readGiven, unreadText } from '../settings/given-file.ts';
import { parseSize, sizeProblem } from '../text/sizes.ts';

const size = z.string().transform((text, context) => {
  const problem = sizeProblem(text);
  if (problem === null) return parseSize(text) ?? 0;
  context.addIssue({ code: 'custom', message: `"${text}": ${problem}` });
  return z.NEVER;
});

const entry = z.strictObject({
  name: z.string().min(1),
  mac: z.string().min(1).optional(),
  memory: size.optional(),
  vcpus: z.number().int().optional(),
  disk: size.optional(),
  sr: z.string().min(1).optional(),
  network: z.string().min(1).optional(),
});

/** One machine of a manifest: what differs from the flags. Sizes in bytes. */
export type ManifestEntry = CreateOptions & { readonly name: string };

/** A JSON array of `{name, mac, memory, vcpus, disk, sr, network}`. Errors: exit 2, naming entry and field. */
export async function readManifest(path: string, signal: AbortSignal): Promise<readonly ManifestEntry[]> {
  const parsed = z.array(entry).safeParse(await readJson(path, signal));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(`${path}: entry ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}

async function readJson(path: string, signal: AbortSignal): Promise<unknown> {
  const text = await readGiven(path, limits.given.manifest, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    return refuse(`The manifest ${path} cannot be read: ${unreadText(error)}.`, {
      shell: ['ls', '-ld', resolve(path)],
    });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(
      `The manifest ${path} is not JSON: ${unreadText(error)}.`,
      'Write it as [{"name": "web01", "memory": "512M", "disk": "8G"}].',
    );
  }
}

const refuse = (message: string, advice?: Advice): never =>
  fail({ code: 'manifest', exit: exit.usage, message, ...(advice === undefined ? {} : { try: [advice] }) });
