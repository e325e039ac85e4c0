import { setTimeout } from 'node:timers/promises';

/** How long to observe, in milliseconds. */
interface Pace {
  /** For what does not show. */
  readonly patience: number;
  /** How long a quota is left alone before it is measured. */
  readonly rest: number;
  /** How long a quota is measured after a burst. */
  readonly stream: number;
  /** How long a deletion is held back to look at the resource meanwhile. */
  readonly hold: number;
  /** How long a resource is looked at after its last change. */
  readonly after: number;
  /** Between two looks at a stack. */
  readonly poll: number;
}

const AWS_PACE: Pace = {
  patience: 90_000, rest: 20_000, stream: 10_000, hold: 20_000, after: 60_000, poll: 2_000,
};
const LOCAL_PACE: Pace = { patience: 20_000, rest: 1_500, stream: 3_000, hold: 3_000, after: 3_000, poll: 250 };

/** Whether a local AWS is observed, which lags for seconds only. */
export const IS_LOCAL = Boolean(process.env.AWS_ENDPOINT_URL);
export const PACE = IS_LOCAL ? LOCAL_PACE : AWS_PACE;

/** Fails as soon as the signal aborts. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await setTimeout(milliseconds, undefined, { signal });
}

/** Milliseconds until the answer is yes, asking four times a second; undefined if it stays no. */
export async function timeUntil(
  ask: () => Promise<boolean>, signal: AbortSignal,
): Promise<number | undefined> {
  const since = Date.now();
  while (Date.now() - since < PACE.patience) {
    if (await ask()) return Date.now() - since;
    await sleep(250, signal);
  }
  return undefined;
}

export function seconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'never' : `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** As a cell of the table shows an error. */
export function describeError(error: unknown): string {
  const { name, message } = error as Error;
  return `\`${name}: ${message.replaceAll('`', '\'')}\``;
}
