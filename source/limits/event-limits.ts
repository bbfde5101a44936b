const second = 1000;

/** Of a host that is followed by its events. Times in milliseconds where nothing else is said. */
export const eventLimits = {
  /** xapi touches the pool every 30 s to wake blocked clients: four times that without a word means it is gone. */
  silence: 120 * second,
  /** Seconds that event.from is to wait for one, as a double: an empty answer is a sign of life, too. */
  wait: 30.1,
  /** Beyond that, until a host counts as gone. */
  late: 15 * second,
  /** Full reads in a row after which the host still counts other VMs than it has told. */
  unmended: 4,
  /** Before a new try: doubled each time. */
  firstPause: 1 * second,
  longestPause: 30 * second,
  /**
   * Between two questions for them: what happens meanwhile comes in one reply, and is seen in under 100 ms all the
   * same. The host keeps 500 events.
   */
  beat: 60,
} as const;
