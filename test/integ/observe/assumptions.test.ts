import { readFileSync } from 'node:fs';
import { ASSUMPTIONS_PAGE, Observations } from './assumptions';

/** Assumptions, and what depends on them. What was observed is in between. */
function rows(page: string): string[][] {
  return page.split('\n').filter((line) => line.startsWith('| ')).map((line) => {
    const [, assumption, , depends] = line.split(/(?<!\\)\|/);
    return [assumption, depends];
  });
}

test('the page lists these assumptions; `npx projen integ --observe` writes it', () => {
  const page = readFileSync(ASSUMPTIONS_PAGE, 'utf8');
  expect(rows(page)).toEqual(rows(new Observations().render()));
});

test('the table shows what was observed, and what was not', () => {
  const observations = new Observations();
  observations.note('throttling', '`Error: a | b`\nof two lines', 'and more');
  observations.because('time ran out', ['throttling', 'quotas']);
  const page = observations.render();
  expect(page).toContain('| `Error: a \\| b` of two lines; and more | The handler retries');
  expect(page).toMatch(/^\| Each account .* \| not observed: time ran out \| /m);
  expect(page).toMatch(/^\| A new key is listed at once\. \| not yet \| /m);
  expect(page).toMatch(/^\| There is no maximum .* \| cannot be observed: ten minutes are too short .* \| /m);
  expect(observations.isComplete).toBe(false);
});
