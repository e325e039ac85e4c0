import type { Clock } from '../lambda/runtime/clock';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

const STEPS = 10;

/** Time that passes only while everybody waits, in the order in which they wake up. */
export class VirtualClock implements Clock {
  private time = Date.now();
  private running = 0;
  private readonly sleepers: Sleeper[] = [];

  /** @param longestWait the real time that others may take to respond */
  constructor(private readonly longestWait = 10_000) {}

  public readonly now = (): number => this.time;

  public readonly sleep = (milliseconds: number): Promise<void> => new Promise((wake) => {
    this.sleepers.push({ until: this.time + milliseconds, wake });
    this.advanceLater();
  });

  public readonly timeout = (milliseconds: number): AbortSignal => {
    if (milliseconds <= this.longestWait) return AbortSignal.timeout(milliseconds);
    // In steps: on a busy machine, the services in this process get their turns before the time is up.
    const controller = new AbortController();
    let step = 0;
    const wait = () => {
      if (step++ < STEPS) setTimeout(wait, this.longestWait / STEPS).unref();
      else controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    };
    wait();
    return controller.signal;
  };

  /** Runs something during which time stands still unless it sleeps itself. */
  public async run<T>(task: () => Promise<T>): Promise<T> {
    this.running++;
    try {
      return await task();
    } finally {
      this.running--;
      this.advanceLater();
    }
  }

  private advanceLater(): void {
    setImmediate(() => {
      if (this.sleepers.length === 0 || this.sleepers.length < this.running) return;
      const next = this.sleepers.reduce((first, sleeper) => sleeper.until < first.until ? sleeper : first);
      this.sleepers.splice(this.sleepers.indexOf(next), 1);
      this.time = Math.max(this.time, next.until);
      next.wake();
    });
  }
}
