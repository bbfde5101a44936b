// Time that passes when it is told to: timers, their own clock and deadlines, for whoever runs hours in moments. Fake
// timers of vitest leave AbortSignal.timeout alone, and are not there for `npm run attack`.

interface Timer {
  readonly id: number;
  at: number;
  readonly every: number | null;
  readonly action: () => void;
}

export interface VirtualTime {
  /** Milliseconds since it began. */
  readonly now: () => number;
  /** So much of it: what is due happens in its order, each time with all that follows without time. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** Gives the real one back. */
  readonly end: () => void;
}

const turn = setImmediate;
/** What needs no time is done: promises and streams settle within a turn of the loop, and wake others. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 2; i += 1) await new Promise<void>((resolve) => turn(resolve));
};

export function virtualTime(): VirtualTime {
  let now = 0;
  let last = 0;
  const timers = new Map<number, Timer>();
  const set = (action: () => void, milliseconds: number, every: number | null): unknown => {
    last += 1;
    const id = last;
    timers.set(id, { id, at: now + Math.max(1, milliseconds || 0), every, action });
    const handle = { [Symbol.toPrimitive]: () => id, ref: () => handle, unref: () => handle };
    return handle;
  };
  const clear = (handle: unknown): void => {
    if (handle !== undefined && handle !== null) timers.delete(Number(handle));
  };
  const put = {
    setTimeout: (action: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
      set(() => action(...args), milliseconds, null),
    setInterval: (action: () => void, milliseconds = 0) => set(action, milliseconds, milliseconds),
    clearTimeout: clear,
    clearInterval: clear,
  };
  const real = new Map(Object.keys(put).map((name) => [name, Reflect.get(globalThis, name)]));
  const { timeout } = AbortSignal;
  const { now: realNow } = performance;
  Object.assign(globalThis, put);
  AbortSignal.timeout = (milliseconds) => {
    const late = new AbortController();
    set(() => late.abort(new DOMException('it took too long', 'TimeoutError')), milliseconds, null);
    return late.signal;
  };
  performance.now = () => now;
  return {
    now: () => now,
    async pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        let next: Timer | null = null;
        for (const timer of timers.values())
          if (timer.at <= end && (next === null || timer.at < next.at)) next = timer;
        if (next === null) break;
        now = Math.max(now, next.at);
        if (next.every === null) timers.delete(next.id);
        else next.at = now + Math.max(1, next.every);
        next.action();
      }
      now = end;
    },
    end() {
      for (const [name, own] of real) Reflect.set(globalThis, name, own);
      AbortSignal.timeout = timeout;
      performance.now = realNow;
    },
  };
}
