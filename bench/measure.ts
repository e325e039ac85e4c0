/** One line of the table: a figure of each contender. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly awsCustomResource?: number;
  /** Of a handler that can only create, and has no SDK. */
  readonly bareHandler?: number;
  /** Ours as a part of that of AwsCustomResource. */
  readonly ratio?: number;
  /** What this project wants the ratio to be at most, or the figure where there is no ratio. */
  readonly goal?: number;
}

/** One slow run on a busy machine does not move it. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The median of the ratios within each round. */
export function ratioOf(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, turn) => value / others[turn]));
}

/**
 * Runs each contender once in every round, in turn, so that what slows the machine down slows all of them. The first
 * round warms up and does not count.
 */
export async function inTurn<N extends string, T>(
  names: readonly N[], rounds: number, run: (name: N) => T | Promise<T>,
): Promise<Record<N, T[]>> {
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (let turn = 0; turn <= rounds; turn++) {
    for (const name of names) {
      const result = await run(name);
      if (turn > 0) results[name].push(result);
    }
  }
  return results;
}

/** Figures of something that did not work are worth nothing. */
export function check(holds: boolean, what: string, details?: unknown): asserts holds {
  if (!holds) throw new Error(`The benchmark went wrong: ${what}: ${JSON.stringify(details)}`);
}
