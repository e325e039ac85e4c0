import * as fc from 'fast-check';
import { KeySettings, RollBack, SimulatedGracePeriods } from './support/simulated-grace-periods';

/** Hundreds in CI; a few here. */
const RUNS = Number(process.env.SEQUENCES ?? 30);

jest.setTimeout(3_600_000);

/** Few, so that values often change back. */
const DOMAINS = [['example.com'], ['example.com', 'www.example.com']];

const settings: fc.Arbitrary<KeySettings> = fc.record({
  Scope: fc.constant('CLOUDFRONT' as const),
  TokenDomains: fc.constantFrom(...DOMAINS),
});

/** Of the provider, in minutes. */
const grace = fc.constantFrom(undefined, 1, 60, 1440);

/** How late EventBridge Scheduler answers. */
const lag = fc.constantFrom(0, 0, 4_000, 9_500);
const lags = fc.record({ found: lag, listed: lag, stillFound: lag, stillListed: lag });

const resource = fc.nat({ max: 1 });

const isRolledBack = fc.integer({ min: 0, max: 3 }).map((value) => value === 0);
const rollBack = fc.constantFrom<RollBack>('none', 'none', 'none', 'delete the new one', 'swapped update first');
const times = fc.integer({ min: 1, max: 3 });
const minutes = fc.constantFrom(1, 45, 90, 1500);
/** Which of the scheduled events never reach the function. */
const lost = fc.array(fc.nat({ max: 5 }), { maxLength: 3 });

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), resource, settings, isRolledBack }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('update' as const), resource, settings, rollBack }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deploy' as const),
      grace,
      rollBack,
      changed: fc.option(fc.record({ resource, settings }), { nil: undefined, freq: 2 }),
      removed: fc.option(resource, { nil: undefined, freq: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), resource }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes, lost }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail to delete' as const), times }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove without Scheduler' as const), resource }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

async function perform(stack: SimulatedGracePeriods, step: Operation): Promise<void> {
  if (step.do === 'pass') return stack.pass(step.minutes, (index) => step.lost.includes(index));
  if (step.do === 'fail to delete') {
    // Of the next schedules that run. Other deletions are tried again until they succeed.
    stack.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: step.times });
    await stack.pass(120);
    return stack.waf.clearFaults();
  }
  if (step.do === 'deploy') {
    const { changed, removed, rollBack: order } = step;
    const exists = (index?: number) => index !== undefined && stack.logicalIds.includes(`Key${index}`);
    return stack.deploy(
      step.grace, order,
      exists(changed?.resource) ? { ...changed!, logicalId: `Key${changed!.resource}` } : undefined,
      exists(removed) && removed !== changed?.resource ? `Key${removed}` : undefined,
    );
  }
  const logicalId = `Key${step.resource}`;
  const isHeld = stack.logicalIds.includes(logicalId);
  switch (step.do) {
    case 'create': return isHeld ? undefined : stack.create(logicalId, step.settings, step.isRolledBack);
    case 'update': return isHeld ? stack.update(logicalId, step.settings, step.rollBack) : undefined;
    case 'remove': return isHeld ? stack.remove(logicalId) : undefined;
    case 'remove without Scheduler': return isHeld ? stack.removeWithoutScheduler(logicalId) : undefined;
  }
}

test(`random sequences delete no key in use, keep grace periods and orphan no key (${RUNS} sequences)`, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  process.stderr.write(`grace periods: SEED=${seed} SEQUENCES=${RUNS}\n`);
  const operations = fc.array(operation, { minLength: 6, maxLength: 20 });
  await fc.assert(fc.asyncProperty(operations, fc.boolean(), lags, async (steps, isStackDeleted, late) => {
    const stack = await SimulatedGracePeriods.start(late);
    try {
      for (const step of steps) {
        await perform(stack, step);
        stack.check();
      }
      if (isStackDeleted) {
        for (const logicalId of stack.logicalIds) await stack.remove(logicalId);
        await stack.deleteProvider();
      } else {
        await stack.pass(1440 + 120);
      }
      stack.check();
      stack.checkNothingLeft();
    } finally {
      await stack.stop();
    }
  }), { numRuns: RUNS, seed });
});
