/** What has changed, gathered for a beat and then told at once: more than one sees is not drawn. */
export class Batches<Item> {
  private readonly beat: number;
  private readonly tell: (batch: ReadonlySet<Item>) => void;
  private batch = new Set<Item>();
  private timer: NodeJS.Timeout | null = null;

  /** `beat`: milliseconds between two batches. */
  constructor(beat: number, tell: (batch: ReadonlySet<Item>) => void) {
    this.beat = beat;
    this.tell = tell;
  }

  /** Notes items; none of them is news, too. */
  add(items: readonly Item[]): void {
    for (const item of items) this.batch.add(item);
    this.timer ??= setTimeout(() => this.flush(), this.beat);
  }

  /** Nothing is told any more. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private flush(): void {
    const { batch } = this;
    this.timer = null;
    this.batch = new Set();
    this.tell(batch);
  }
}
