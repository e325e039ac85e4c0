import type { Clock } from '../../../lambda/clock';

/** Real time for what others take to answer; nobody on this machine needs longer. */
const LONGEST_WAIT = 150;

/** Time that passes only while somebody waits. */
export class VirtualClock implements Clock {
  private time = Date.now();

  public readonly now = (): number => this.time;

  public readonly sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
  };

  public readonly timeout = (milliseconds: number): AbortSignal => AbortSignal.timeout(Math.min(milliseconds, LONGEST_WAIT));
}
