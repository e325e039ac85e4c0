/** The middle of the values: one slow run on a busy machine does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Runs each contender once in every round, in turn, so that what slows
 * the machine down slows all of them. Rounds that warm up do not count.
 */
export async function inTurn<N extends string, T>(
  names: readonly N[], rounds: number, run: (name: N) => Promise<T>, warmUps = 1,
): Promise<Record<N, T[]>> {
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (let turn = 0; turn < warmUps + rounds; turn++) {
    for (const name of names) {
      const result = await run(name);
      if (turn >= warmUps) results[name].push(result);
    }
  }
  return results;
}

/** The median of the ratios within each round. */
export function ratioOf(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, turn) => value / others[turn]));
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
