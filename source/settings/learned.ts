import { constants, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import { makeFolder } from './folder.ts';
import { givePathToOwnerOf, readOwn } from './own-file.ts';

const time = z.nullable(z.number().check(z.nonnegative()));
const percent = z.number().check(z.minimum(0), z.maximum(100));
const word = z.nullable(z.string().check(z.maxLength(255)));

/** What FAI has said of an install so far, as it outlives whoever heard it. Times: milliseconds by this machine's clock. */
const learned = z.object({
  vm: z.string(),
  /** Which arming it is about: run and time of its mark; empty for one that another tool armed. */
  arming: z.string(),
  /** When the installer's domain was built, by the host's clock. */
  started: time,
  /** The domain the installer ran in. */
  installerDomain: z.nullable(z.int()),
  progress: z.nullable(
    z.object({
      task: word,
      percent,
      outcome: z.enum(['running', 'installed', 'failed', 'waiting']),
      code: z.int(),
      failedTask: word,
      rebooting: z.boolean(),
      ended: z.boolean(),
    }),
  ),
  task: time,
  heard: time,
  outcomeAt: time,
  messages: z
    .array(z.object({ at: z.number(), text: z.string().check(z.maxLength(1000)) }))
    .check(z.maxLength(limits.learned.messages)),
});
export type Learned = Readonly<z.infer<typeof learned>>;

/** Remembers what was learned of each VM, by its uuid. Never throws: what cannot be written is heard anew. */
export interface LearnedStore {
  recall(vm: string): Learned | null;
  keep(learned: Learned): void;
  forget(vm: string): void;
}

export const noLearned: LearnedStore = { recall: () => null, keep: () => {}, forget: () => {} };

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A file for each VM in `progress` below the state folder, mode 0600 in a folder of mode 0700. Each is put in place
 * whole, so that several processes may write at once: the last one is right, for all of them hear the same. A file that
 * is torn, strange or too large is none. Files that nobody has written for long are removed.
 */
export function fileLearned(stateFolder: string): LearnedStore {
  const folder = join(stateFolder, 'progress');
  let opened = false;
  const pathOf = (vm: string): string | null => (uuidForm.test(vm) ? join(folder, `${vm}.json`) : null);
  return {
    recall(vm) {
      const path = pathOf(vm);
      const found = path === null ? null : quietly(() => learned.safeParse(JSON.parse(read(path))));
      return found?.success && found.data.vm === vm ? found.data : null;
    },
    keep(entry) {
      const path = pathOf(entry.vm);
      if (path === null) return;
      quietly(() => {
        if (!opened) {
          makeFolder(folder);
          removeOld(folder);
        }
        opened = true;
        const draft = join(folder, `.${entry.vm}.${process.pid}`);
        quietly(() => unlinkSync(draft));
        writeFileSync(draft, JSON.stringify(entry), { mode: 0o600, flag: 'wx' });
        givePathToOwnerOf(folder, draft);
        renameSync(draft, path);
      });
    },
    forget(vm) {
      const path = pathOf(vm);
      if (path !== null) quietly(() => unlinkSync(path));
    },
  };
}

function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** No link is followed. */
const read = (path: string): string => readOwn(path, limits.learned.size, 'error', constants.O_NOFOLLOW);

/** Those of installs long past, and drafts of processes that were killed. The newest are kept, up to a number. */
function removeOld(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const changed = quietly(() => statSync(path).mtimeMs);
    return changed === null ? [] : [{ path, changed, draft: name.startsWith('.') }];
  });
  files.sort((a, b) => b.changed - a.changed);
  const now = Date.now();
  for (const [i, { path, changed, draft }] of files.entries()) {
    const most = draft ? limits.learned.draft : limits.learned.age;
    if (i >= limits.learned.files || now - changed > most) quietly(() => unlinkSync(path));
  }
}
