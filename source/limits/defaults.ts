/** What is taken where nobody says anything: the same for a form, a flag and a file. */
export const defaults = {
  /** Without install-arch the loader takes it, too (eliloader.py). */
  arch: 'i386',
  user: 'root',
  /** Milliseconds a call to a host may take. */
  timeout: 30_000,
  /** New VMs at a time: ten starts at once have brought hosts down; four clones at once have not. */
  concurrency: 4,
  /** Milliseconds without a sign of life until an install is lost: FAI's longest tasks are silent for some minutes. */
  patience: 15 * 60_000,
} as const;
