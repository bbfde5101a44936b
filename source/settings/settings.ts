import { join } from 'node:path';
import * as z from 'zod/mini';
import { defaults } from '../limits/defaults.ts';
import { limits } from '../limits/limits.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { systemText } from '../problem/system-text.ts';
import { printShell } from '../text/shell.ts';
import { makeFolder } from './folder.ts';
import { type KnownHost, knownHost } from './known-host.ts';
import { underLock } from './lock.ts';
import { allNotices, type Notices, noticesSchema } from './notices.ts';
import { givePathToOwnerOf, readOwn } from './own-file.ts';

/** A host somebody uses, and what new work on it starts from. Never a password. */
export const profile = z.object({
  name: z.string(),
  address: z.string(),
  /** Bare addresses of the hosts of its pool when it was last opened: one of them may be its coordinator by now. */
  members: z.optional(z.array(z.string())),
  user: z._default(z.string(), defaults.user),
  /** `root@xs1`: reached by ssh through there. */
  via: z.optional(z.string()),
  template: z.optional(z.string()),
  repository: z.optional(z.string()),
  release: z.optional(z.string()),
  arch: z.optional(z.string()),
  args: z.optional(z.string()),
});
export type Profile = z.infer<typeof profile>;

/** What the file holds, to be parsed. */
interface Stored {
  readonly profiles: unknown;
  readonly notices: unknown;
  readonly hosts: unknown;
}

export interface Settings {
  readonly path: string;
  profiles(): readonly Profile[];
  profile(name: string): Profile | undefined;
  notices(): Notices;
  /** Adds it, or takes the place of the one with its name; the last used comes first. Reading settings keep nothing. */
  save(profile: Profile): Promise<void>;
  /** Hosts whose certificate somebody has agreed to. */
  hosts(): readonly KnownHost[];
  /** Agrees to this one, in the place of what was agreed to for the same host. Somebody has said so: reading settings do it, too. */
  trust(host: KnownHost): Promise<void>;
  /** Takes that back; false: there was nothing. */
  forget(host: string): Promise<boolean>;
}

/**
 * The settings file, mode 0600. `access`: reading settings never write. A file that is no JSON is left as it is: a typo
 * must not cost the others. Reading leaves no trace: it makes no folder. Errors: exit 2, naming the file.
 */
export function openSettings(directory: string, access: 'read' | 'write' = 'write'): Settings {
  const path = join(directory, 'config.json');
  const profiles = (): readonly Profile[] => readable(readStored(path).profiles, profile);
  const hosts = (): readonly KnownHost[] => readable(readStored(path).hosts, knownHost);
  const write = async (change: () => Partial<Stored>): Promise<void> => {
    // Only who writes reads it: with what it brings, it is as large as the screen itself.
    const { default: Conf } = await import('conf');
    makeFolder(directory);
    // Another process may write at the same time: what it has written is read anew and kept.
    underLock(path, () => {
      new Conf<Stored>({ ...place, cwd: directory }).set(change());
      givePathToOwnerOf(directory, path);
    });
  };
  const others = (host: string): readonly KnownHost[] => hosts().filter((one) => one.host !== host);
  readStored(path);
  return {
    path,
    profiles,
    hosts,
    notices: () => z.catch(noticesSchema, allNotices).parse(readStored(path).notices),
    profile: (name) => profiles().find((entry) => entry.name === name),
    async save(entry) {
      if (access === 'read') return;
      await write(() => ({ profiles: [entry, ...profiles().filter(({ name }) => name !== entry.name)] }));
    },
    trust: (host) => write(() => ({ hosts: [...others(host.host), host] })),
    async forget(host) {
      if (!hosts().some((one) => one.host === host)) return false;
      await write(() => ({ hosts: others(host) }));
      return true;
    },
  };
}

/** One entry that cannot be read must not hide the others. */
function readable<T>(list: unknown, schema: z.ZodMiniType<T>): readonly T[] {
  return (Array.isArray(list) ? list : []).flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

const place = {
  projectName: 'xenfai',
  configName: 'config',
  configFileMode: 0o600,
  clearInvalidConfig: false,
} as const;

/** What the file holds; nothing where there is none. */
function readStored(path: string): Partial<Stored> {
  try {
    const stored: unknown = JSON.parse(readOwn(path, limits.settings.size));
    return typeof stored === 'object' && stored !== null ? stored : {};
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    return fail({
      code: 'config-unreadable',
      exit: exit.usage,
      message: `${path} cannot be read.`,
      cause: `${systemText(error)}.`,
      try: [
        'Mend it: a file of your own that holds JSON.',
        `Or begin anew: ${printShell({ shell: ['mv', path, `${path}.old`] })}`,
      ],
    });
  }
}
