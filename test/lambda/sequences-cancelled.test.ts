import * as fc from 'fast-check';
import { EnvironmentOptions, TestEnvironment } from './support/test-environment';
import { inventedId } from '../../local/cloudformation-endpoint';
import type { BucketFault } from '../../local/response-bucket';

/** More in CI; a few here. */
const RUNS = Math.ceil(Number(process.env.SEQUENCES ?? 200) / 4);

jest.setTimeout(3_600_000);

/** What keeps a Create from its key or its URL for a while. */
const CAUSES: Record<string, (environment: TestEnvironment, forMs: number) => void> = {
  none: () => {},
  quota: ({ waf }, forMs) => waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs }),
  role: ({ waf }, forMs) => waf.fail({ kind: 'AccessDeniedException', forMs: forMs / 3 }),
  list: ({ waf }, forMs) => waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', forMs }),
  url: ({ waf }, forMs) => waf.configure({ integrationUrlAfterMs: forMs }),
};

const creation = fc.record({
  cause: fc.constantFrom(...Object.keys(CAUSES)),
  forMs: fc.nat({ max: 60_000 }),
  cancelAfter: fc.nat({ max: 45_000 }),
  delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 20_000 })),
  twoInstances: fc.boolean(),
  bucket: fc.oneof(
    { weight: 2, arbitrary: fc.constant<BucketFault[]>([]) },
    fc.array(fc.constantFrom<BucketFault>(500, 502, 503, 'reset', 'reset-after'), { maxLength: 25 }),
  ),
});

const view = fc.constantFrom<EnvironmentOptions['cloudFormation']>(
  {}, { inventsIds: true, idShownAfterMs: 1_000 }, { deleted: 'without an id' }, { deleted: 'no such resource' },
  { shownAfterMs: 1_500 }, { newShownAfterMs: 3_000 },
);

type Creation = typeof creation extends fc.Arbitrary<infer T> ? T : never;

/** Another resource fails, the created ones are deleted, and their role and function soon after. */
async function createAndCancel(environment: TestEnvironment, it: Creation): Promise<void> {
  CAUSES[it.cause](environment, it.forMs);
  environment.bucket.firstCounts = true;
  environment.bucket.fail(...it.bucket);
  const event = environment.createEvent();
  const instances = [environment.fn, ...it.twoInstances ? [environment.anotherFunction()] : []];
  const invocations = environment.sleep(it.delay).then(() => Promise.all(instances.map((fn) => fn.invoke(event))));
  await environment.sleep(it.cancelAfter);
  const isCancelled = environment.cloudFormation.awaits(event);
  if (isCancelled) environment.cloudFormation.cancel(event);
  const id = isCancelled ? inventedId(event) : environment.bucket.responseTo(event.RequestId)!.PhysicalResourceId;
  environment.bucket.clearFaults();
  // Deleted right after its creation, a resource may leave the second of two instances no evidence.
  const isKept = !isCancelled && it.twoInstances;
  if (!isKept) {
    await environment.send(environment.deleteEvent(id), environment.anotherFunction());
    await environment.sleep(1_500);
    environment.waf.fail({ kind: 'AccessDeniedException', times: 1_000_000 });
  }
  await invocations;
  const { length } = environment.liveKeys;
  if (length > (isKept ? 1 : 0)) throw new Error(`${length} keys exist`);
}

test(`a creation orphans no key, whenever it is cancelled and its role is gone (${RUNS} creations)`, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  process.stderr.write(`cancelled: SEED=${seed} SEQUENCES=${4 * RUNS}\n`);
  await fc.assert(fc.asyncProperty(creation, view, async (it, cloudFormation) => {
    const environment = await TestEnvironment.start({ cloudFormation, handler: 'source' });
    try {
      await createAndCancel(environment, it);
    } finally {
      await environment.stop();
    }
  }), { numRuns: RUNS, seed });
});
