import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Conf from 'conf';
import * as z from 'zod';
import { defaults } from '../limits/defaults.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { printShell } from '../text/shell.ts';
import { makeFolder } from './folder.ts';
import { underLock } from './lock.ts';
import { allNotices, type Notices, noticesSchema } from './notices.ts';

/** A host somebody uses, and what new work on it starts from. Never a password. */
export const profile = z.object({
  name: z.string(),
  address: z.string(),
  user: z.string().default(defaults.user),
  template: z.string().optional(),
  repository: z.string().optional(),
  release: z.string().optional(),
  arch: z.string().optional(),
  args: z.string().optional(),
});
export type Profile = z.infer<typeof profile>;

/** What the file holds, to be parsed. */
interface Stored {
  readonly profiles: unknown;
  readonly notices: unknown;
}

export interface Settings {
  readonly path: string;
  profiles(): readonly Profile[];
  profile(name: string): Profile | undefined;
  notices(): Notices;
  /** Adds it, or takes the place of the one with its name; the last used comes first. Reading settings keep nothing. */
  save(profile: Profile): void;
}

/**
 * The settings file, mode 0600. `directory` null: the usual place; `access`: reading settings never write. A file that
 * is no JSON is left as it is: a typo must not cost the others. Errors: exit 2, naming the file.
 */
export function openSettings(directory: string | null, access: 'read' | 'write' = 'write'): Settings {
  let opened: Conf<Stored> | null = null;
  const conf = () => {
    opened ??= openConf(directory);
    return opened;
  };
  // Opening would make the folder: reading leaves no trace, and a folder that cannot be made is no hindrance to it.
  const isThere = (): boolean => directory === null || existsSync(directory);
  const read = (): readonly Profile[] => {
    const list = isThere() ? conf().get('profiles') : [];
    // One entry that cannot be read must not hide the others.
    return (Array.isArray(list) ? list : []).flatMap((entry) => {
      const parsed = profile.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  };
  if (isThere()) conf();
  return {
    path: directory === null ? conf().path : join(directory, 'config.json'),
    profiles: read,
    notices: () => noticesSchema.catch(allNotices).parse(isThere() ? conf().get('notices') : undefined),
    profile: (name) => read().find((entry) => entry.name === name),
    save(entry) {
      if (access === 'read') return;
      if (directory !== null) makeFolder(directory);
      const { path } = conf();
      makeFolder(dirname(path));
      // Another process may save at the same time: what it has written is read anew and kept.
      underLock(path, () => conf().set('profiles', [entry, ...read().filter((other) => other.name !== entry.name)]));
    },
  };
}

function openConf(directory: string | null): Conf<Stored> {
  let path = directory === null ? 'The settings file' : `${directory}/config.json`;
  try {
    return new Conf<Stored>({
      projectName: 'xenfai',
      projectSuffix: '',
      configName: 'config',
      configFileMode: 0o600,
      clearInvalidConfig: false,
      ...(directory === null ? {} : { cwd: directory }),
      deserialize: (text) => JSON.parse(text),
    });
  } catch (error) {
    if (error instanceof Error && 'path' in error && typeof error.path === 'string') path = error.path;
    return fail({
      code: 'config-unreadable',
      exit: exit.usage,
      message: `${path} cannot be read.`,
      cause: error instanceof Error ? error.message : String(error),
      try: [
        'Mend it: it holds JSON.',
        ...(path.startsWith('/') ? [`Or begin anew: ${printShell({ shell: ['mv', path, `${path}.old`] })}`] : []),
      ],
    });
  }
}
