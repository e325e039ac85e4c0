/** Time as the handler sees it. Tests replace it. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** A signal that aborts after the given time. */
  timeout(milliseconds: number): AbortSignal;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};
