import { withRetries } from '../../lambda/aws/retry';
import type { Clock } from '../../lambda/runtime/clock';
import { round } from '../measure';
import { BenchCase, CaseReport, check, Options, Ratio } from '../report';

/** The handler's own: ten minutes, less what it reserves for rolling back and responding. */
const MAX_RETRY_MS = 540_000;
const ROUND_TRIP = 80;

export const manyStacks: BenchCase = {
  name: 'many-stacks',
  title: 'Many stacks at once under one quota (simulated)',

  async run({ quick }: Options): Promise<CaseReport> {
    const counts = quick ? [1, 50] : [1, 10, 50, 100, 200, 400, 600, 1000];
    const results = [];
    for (const count of counts) results.push({ count, ...await simulate(count) });
    const whole = results.filter(({ count, created }) => created === count);
    check(
      results.every((result) => whole.includes(result) || result.count > MAX_RETRY_MS / 1_000),
      'keys missing though there was time for them',
      results,
    );
    const ratios: Ratio[] = results.filter(({ count }) => count === 400).map(({ seconds, count }) => (
      {
        what: `${count} stacks at once / quota's own bound (simulated)`,
        value: round(seconds / (count - 1), 2),
        goal: 1.25,
      }
    ));
    return {
      text: [
        'The handler\'s own retries in simulated time, against one create a second; a stack creates one key. Past what',
        'ten minutes of function time can hold, the rest fails with the reason and is created by the next deployment.',
        'The calls are those of CreateAPIKey. AwsCustomResource is left out, for it does not wait for the quota (see',
        '`many-keys`).',
      ].join(' '),
      head: ['stacks', 'created', 's', 'over the bound', 'calls per key created'],
      rows: results.map(({ count, created, seconds, calls }) => [
        count, created, round(seconds), created > 1 ? round(seconds / (created - 1), 2) : '', round(calls / created),
      ]),
      ratios,
      plots: [{
        file: 'many-stacks.svg',
        title: 'Time until all keys are created',
        x: 'stacks at once',
        y: 's',
        series: [
          { name: 'this package', points: whole.map(({ count, seconds }) => [count, round(seconds)]) },
          { name: 'the quota alone', points: whole.map(({ count }) => [count, count - 1]) },
        ],
      }, {
        file: 'many-stacks-created.svg',
        title: 'Keys created by one deployment',
        x: 'stacks at once',
        y: 'keys',
        series: [
          { name: 'this package', points: results.map(({ count, created }) => [count, created]) },
          { name: 'asked for', points: results.map(({ count }) => [count, count]) },
        ],
      }],
      raw: results,
    };
  },
};

interface Outcome {
  readonly created: number;
  /** Until the last key was created. */
  readonly seconds: number;
  readonly calls: number;
}

async function simulate(stacks: number): Promise<Outcome> {
  const clock = new SimulatedClock();
  let [free, created, last, calls] = [0, 0, 0, 0];
  const create = async () => {
    await clock.sleep(ROUND_TRIP / 2);
    const now = clock.now();
    const admitted = now >= free;
    calls++;
    if (admitted) free = now + 1_000;
    await clock.sleep(ROUND_TRIP / 2);
    if (!admitted) {
      throw Object.assign(
        new Error('Rate exceeded'),
        { name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
      );
    }
    created++;
    last = now;
  };
  const deployments = Array.from({ length: stacks }, () =>
    withRetries('CreateAPIKey', { clock, log: () => {}, deadline: MAX_RETRY_MS }, create).catch(() => {}));
  await clock.runUntil(Promise.all(deployments));
  return { created, seconds: last / 1000, calls };
}

/** Goes on to the next moment somebody waits for as soon as everybody waits. */
class SimulatedClock implements Clock {
  private time = 0;
  private readonly sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  public now(): number {
    return this.time;
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      const until = this.time + milliseconds;
      const index = this.sleepers.findIndex((sleeper) => sleeper.until > until);
      this.sleepers.splice(index < 0 ? this.sleepers.length : index, 0, { until, wake });
    });
  }

  public timeout(): AbortSignal {
    return new AbortController().signal; // the simulated service always responds
  }

  public async runUntil(all: Promise<unknown>): Promise<void> {
    let done = false;
    void all.then(() => { done = true; });
    while (!done) {
      await new Promise(setImmediate);
      const next = this.sleepers.shift();
      if (next) {
        this.time = next.until;
        next.wake();
      }
    }
  }
}
