import Conf from 'conf';
import * as z from 'zod';

/** A host somebody uses, and what new work on it starts from. Never a password. */
export const profile = z.object({
  name: z.string(),
  address: z.string(),
  user: z.string().default('root'),
  template: z.string().optional(),
  repository: z.string().optional(),
  release: z.string().optional(),
  arch: z.string().optional(),
  args: z.string().optional(),
});
export type Profile = z.infer<typeof profile>;

export interface Settings {
  readonly path: string;
  profiles(): readonly Profile[];
  profile(name: string): Profile | undefined;
  /** Adds it, or takes the place of the one with its name; the last used comes first. */
  save(profile: Profile): void;
  forget(name: string): void;
}

/** The settings file, mode 0600; one that is no JSON is begun anew. `directory` null: the usual place. */
export function openSettings(directory: string | null): Settings {
  const conf = new Conf<{ profiles: unknown }>({
    projectName: 'xenfai',
    projectSuffix: '',
    configName: 'config',
    configFileMode: 0o600,
    clearInvalidConfig: true,
    ...(directory === null ? {} : { cwd: directory }),
  });
  const read = (): readonly Profile[] => {
    const list = conf.get('profiles');
    // One entry that cannot be read must not hide the others.
    return (Array.isArray(list) ? list : []).flatMap((entry) => {
      const parsed = profile.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  };
  return {
    path: conf.path,
    profiles: read,
    profile: (name) => read().find((entry) => entry.name === name),
    save: (entry) => conf.set('profiles', [entry, ...read().filter((other) => other.name !== entry.name)]),
    forget: (name) =>
      conf.set(
        'profiles',
        read().filter((entry) => entry.name !== name),
      ),
  };
}
