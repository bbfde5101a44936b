import * as z from 'zod';
import { limits } from '../limits/limits.ts';
import type { CreateOptions } from '../operations/site.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { readGiven } from '../settings/given-file.ts';
import { parseSize, sizeProblem } from '../text/sizes.ts';

const size = z.string().transform((text, context) => {
  const problem = sizeProblem(text);
  if (problem === null) return parseSize(text) ?? 0;
  context.addIssue({ code: 'custom', message: `"${text}": ${problem}` });
  return z.NEVER;
});

const entry = z.strictObject({
  name: z.string().min(1),
  mac: z.string().optional(),
  memory: size.optional(),
  vcpus: z.number().int().optional(),
  disk: size.optional(),
  sr: z.string().optional(),
  network: z.string().optional(),
});

/** One machine of a manifest: what differs from the flags. Sizes in bytes. */
export type ManifestEntry = CreateOptions & { readonly name: string };

/** A JSON array of `{name, mac, memory, vcpus, disk, sr, network}`. Errors: exit 2, naming entry and field. */
export async function readManifest(path: string): Promise<readonly ManifestEntry[]> {
  const usage = (message: string) => fail({ code: 'manifest', exit: exit.usage, message: `${path}: ${message}` });
  let value: unknown;
  try {
    value = JSON.parse(await readGiven(path, limits.given.manifest));
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  const parsed = z.array(entry).safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return usage(`entry ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}
