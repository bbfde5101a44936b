import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * A folder of the XDG base directories: where the variable says, else below the home of whoever runs xenfai. A relative
 * path in such a variable is to be ignored (basedir-spec): it would mean another folder wherever one stands.
 */
export const baseFolder = (variable: string | undefined, below: string): string =>
  variable !== undefined && isAbsolute(variable) ? variable : join(homeFolder(), below);

/** HOME where it is a whole path, else what the table of users says. */
export function homeFolder(): string {
  for (const look of [homedir, () => userInfo().homedir]) {
    try {
      const home = look();
      if (isAbsolute(home)) return home;
    } catch {
      // A user without HOME and without an entry, as in some containers.
    }
  }
  return '/';
}
