import { isDeepStrictEqual } from 'node:util';

/** Something is not as it has to be. */
export class Deviation extends Error {
  constructor(what: string, expected: string, seen: string) {
    super(`${what}\n  expected: ${expected}\n  seen:     ${seen}`);
  }
}

export function expectEqual<T>(what: string, seen: T, expected: T): void {
  if (!isDeepStrictEqual(seen, expected)) {
    throw new Deviation(what, JSON.stringify(expected), JSON.stringify(seen));
  }
}

export function expectMatch(what: string, seen: string, expected: RegExp): void {
  if (!expected.test(seen)) {
    throw new Deviation(what, String(expected), seen);
  }
}

export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What was seen, below the step's title. */
export function note(label: string, ...values: string[]): void {
  values.forEach((value, index) => say(`    ${(index ? '' : `${label}:`).padEnd(17)} ${value}`));
}

export async function step<T>(title: string, action: () => Promise<T>): Promise<T> {
  const started = performance.now();
  say(`\n- ${title}`);
  try {
    const result = await action();
    say(`  done in ${seconds(started)}`);
    return result;
  } catch (error) {
    say(`  FAILED after ${seconds(started)}`);
    throw error;
  }
}
