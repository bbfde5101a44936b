const second = 1000;

/** Of the table in limits.ts, what is about ssh. */
export const sshLimits = {
  /** Seconds, for ssh itself: as long as a slow link may take to answer. */
  connect: 20,
  /** Where it asks nobody: keys, a slow directory behind the other side's login, several jumps. */
  open: 60 * second,
  /** Of `ssh -O check`: it asks a process of this machine. */
  check: 5 * second,
  /** Between two looks whether it is through: a socket of its own appears then. */
  look: 20,
  /** After a failure, until ssh is started again: several callers try, each with growing pauses. */
  pause: 1 * second,
  /** Seconds between two signs of life that ssh asks for, and how many may be missing. */
  alive: 10,
  missed: 3,
  /** Its last lines are told as the cause. */
  said: 4 * 1024,
  /** What a command of ours prints there: some lines; a talkative login script must not fill memory. */
  output: 64 * 1024,
} as const;
