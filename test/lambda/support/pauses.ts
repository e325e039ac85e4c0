/** What lies between one time and the next. */
export function pausesBetween(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]);
}

/**
 * Asserts that a pause is a base with the chance of a quarter more
 * or less; both in seconds, which are made of whole milliseconds.
 */
export function expectAround(base: number, pause: number): void {
  expect(pause).toBeGreaterThanOrEqual(base * 0.75 - 0.001);
  expect(pause).toBeLessThanOrEqual(base * 1.25 + 0.001);
}
