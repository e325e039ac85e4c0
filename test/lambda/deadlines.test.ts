import { callTimeout, deadlinesOf } from '../../lambda/runtime/deadlines';

const NOW = 1_800_000_000_000;
const SECOND = 1_000;

test.each([
  [6, [2, 3, 5, 5.5, 5.75]],
  [60, [20, 30, 50, 55, 57.5]],
  [120, [60, 75, 105, 112.5, 116.25]],
  [900, [540, 555, 585, 892.5, 896.25]], // the response within ten minutes, and then time to follow it
])('of %d s, the steps of an event end after %j s', (remaining, expected) => {
  const { work, rollBack, response, confirmation, cleanUp } = deadlinesOf(NOW, remaining * SECOND);

  expect([work, rollBack, response, confirmation, cleanUp].map((time) => (time - NOW) / SECOND)).toEqual(expected);
});

test.each([
  [10_000, 60_000, 10_000],
  [10_000, 20_000, 10_000],
  [10_000, 8_000, 4_000],
  [10_000, 7_001, 3_500],
  [10_000, 0, 1],
  [10_000, -5_000, 1],
])('a call of at most %d ms with %d ms left may take %d ms', (maximum, left, expected) => {
  expect(callTimeout(maximum, NOW, NOW + left)).toBe(expected);
});
