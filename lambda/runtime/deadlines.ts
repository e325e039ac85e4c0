import { MAX_RESPONSE_TIME } from '../../src/contract/timing';

/** When each step of an event has to end, in milliseconds since the epoch. */
export interface Deadlines {
  /** Calls to AWS WAF that do what the event asks for. */
  readonly work: number;
  /** Rolling back a new key before the response, if it cannot be used. */
  readonly rollBack: number;
  /** Submitting the response to CloudFormation. */
  readonly response: number;
  /** Asking CloudFormation whether the resource holds the new key. */
  readonly confirmation: number;
  /** Rolling back a key after the response, or trying a failed deletion again. */
  readonly cleanUp: number;
}

const MAX_STEP_MS = 15_000;

/** The last steps each get a sixth of the remaining time, but at most 15 seconds. */
export function deadlinesOf(now: number, remaining: number): Deadlines {
  const step = Math.floor(Math.min(MAX_STEP_MS, remaining / 6));
  const end = now + remaining;
  const response = Math.min(end, now + MAX_RESPONSE_TIME * 1_000) - step;
  return {
    work: response - 3 * step,
    rollBack: response - 2 * step,
    response,
    confirmation: end - Math.floor(step / 2),
    cleanUp: end - Math.floor(step / 4),
  };
}

/** The timeout of one call: at most half of the remaining time, so that a hanging call leaves time for what follows. */
export function callTimeout(maximum: number, now: number, deadline: number): number {
  return Math.max(1, Math.min(maximum, Math.floor((deadline - now) / 2)));
}
