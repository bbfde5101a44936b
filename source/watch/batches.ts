interface Pace {
  /** Milliseconds between two batches. */
  readonly beat: number;
  /** Milliseconds that the first change after a rest waits for others; 0: what comes in one turn is told together. */
  readonly first: number;
}

/** What has changed, gathered and then told at once: more than one sees is not drawn. */
export class Batches<Item> {
  private readonly pace: Pace;
  private readonly tell: (batch: ReadonlySet<Item>) => void;
  /** Null: nothing has happened since the last one was told. */
  private batch: Set<Item> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(pace: Pace, tell: (batch: ReadonlySet<Item>) => void) {
    this.pace = pace;
    this.tell = tell;
  }

  /** Notes items; none of them is news, too. */
  add(items: readonly Item[]): void {
    this.batch ??= new Set();
    for (const item of items) this.batch.add(item);
    this.timer ??= setTimeout(() => this.flush(), this.pace.first);
  }

  /** Nothing is told any more. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private flush(): void {
    const { batch } = this;
    this.timer = null;
    if (batch === null) return;
    this.batch = null;
    this.timer = setTimeout(() => this.flush(), this.pace.beat);
    this.tell(batch);
  }
}
