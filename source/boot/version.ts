/** The first two numbers of a version: of Xen, of Linux, of a product. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** "3.4.2" or "4.17" to a version; null when it does not begin with two numbers. */
export function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)/.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

export const atLeast = (have: Version, major: number, minor: number): boolean =>
  have.major > major || (have.major === major && have.minor >= minor);
