/** What the screen suggests where nothing better is known; the front door fills it. */
export interface Suggestions {
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Somebody named the host and gave the password: its fleet is opened at once, and nothing is asked. */
  readonly direct?: boolean | undefined;
  readonly repository?: string | undefined;
  readonly nfsroot?: string | undefined;
  readonly banner?: string | undefined;
}
