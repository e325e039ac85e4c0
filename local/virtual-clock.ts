import type { Clock } from '../lambda/clock';

/** Time that passes only while somebody waits. */
export class VirtualClock implements Clock {
  private time = Date.now();

  /** @param longestWait the real time for what others take to answer */
  constructor(private readonly longestWait = 10_000) {}

  public readonly now = (): number => this.time;

  public readonly sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
  };

  public readonly timeout = (milliseconds: number): AbortSignal => AbortSignal.timeout(Math.min(milliseconds, this.longestWait));
}
