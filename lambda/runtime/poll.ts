import type { Clock } from './clock';

export interface PollOptions {
  /** The pause before the next question. */
  readonly every: number;
  /** How long after the first question the last one is asked, in milliseconds. */
  readonly atMost: number;
}

/** Asks until the answer is enough, and once more when the time is up. Returns the last answer. */
export async function poll<T>(
  clock: Clock, { every, atMost }: PollOptions, ask: () => Promise<T>, isEnough: (answer: T) => unknown = Boolean,
): Promise<T> {
  const end = clock.now() + atMost;
  for (;;) {
    const answer = await ask();
    const left = end - clock.now();
    if (isEnough(answer) || left <= 0) return answer;
    await clock.sleep(Math.min(every, left));
  }
}
