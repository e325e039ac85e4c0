import { isDeepStrictEqual } from 'node:util';
import { latestOutput } from './processes';

/** Something differs from what is expected. */
export class ExpectationError extends Error {
  constructor(what: string, expected: string, actual: string) {
    super(`${what}\n  expected: ${expected}\n  actual:   ${actual}`);
  }
}

export function expectEqual<T>(what: string, actual: T, expected: T): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new ExpectationError(what, JSON.stringify(expected), JSON.stringify(actual));
  }
}

export function expectMatch(what: string, actual: string, expected: RegExp): void {
  if (!expected.test(actual)) throw new ExpectationError(what, String(expected), actual);
}

export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What was observed, below the step's title. */
export function note(label: string, ...values: string[]): void {
  values.forEach((value, index) => say(`    ${(index ? '' : `${label}:`).padEnd(17)} ${value}`));
}

const SIGN_OF_LIFE_MS = 3_000;

let latestStatus: string | undefined;

/** What the current step does, if no command runs in it. */
export function report(status: string): void {
  latestStatus = status;
}

/**
 * Runs a step of a demo or test and reports it. A step that takes longer says every three seconds what it does.
 *
 * @param proves what holds if the step succeeds
 */
export async function step<T>(title: string, action: () => Promise<T>, proves?: string): Promise<T> {
  const started = performance.now();
  say(`\n- ${title}`);
  if (proves) say(`  Proves: ${proves}`);
  latestStatus = undefined;
  const alive = setInterval(
    () => say(`    … ${seconds(started)}  ${latestStatus ?? latestOutput()}`), SIGN_OF_LIFE_MS,
  );
  try {
    const result = await action();
    say(`  done in ${seconds(started)}`);
    return result;
  } catch (error) {
    say(`  FAILED after ${seconds(started)}`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}
