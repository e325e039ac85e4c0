import {
  CLOUDFRONT, ROLE_LASTS_MS, TestEnvironment, virtualTimeTest, withEnvironment,
} from './support/test-environment';
import type { ResourceEvent } from '../../lambda/events';
import { inventedId } from '../../local/cloudformation-endpoint';
import type { ReceivedResponse } from '../../local/response-bucket';

/** How a function is invoked: at once, or when it is free. */
type Invoke = (event: ResourceEvent) => Promise<void>;

function createEvents(environment: TestEnvironment, count: number): ResourceEvent[] {
  return Array.from({ length: count }, (_, index) => environment.event({
    RequestType: 'Create',
    LogicalResourceId: `Key${index}`,
    ResourceProperties: { ...CLOUDFRONT, TokenDomains: [`shop${index}.example.com`] },
  }));
}

/** Another resource fails: what is not created yet is cancelled, and all is deleted, with the role at the end. */
async function createAndCancel(
  environment: TestEnvironment, count: number, cancelAfter: number, invoke: Invoke,
): Promise<(ReceivedResponse | undefined)[]> {
  const events = createEvents(environment, count);
  const creations = events.map(invoke);
  await environment.sleep(cancelAfter);
  const deleteEvents = events.map((event) => {
    const { LogicalResourceId, RequestId } = event;
    const isCancelled = environment.cloudFormation.awaits(event);
    if (isCancelled) environment.cloudFormation.cancel(event);
    const PhysicalResourceId = isCancelled
      ? inventedId(event)
      : environment.bucket.responseTo(RequestId)!.PhysicalResourceId;
    return environment.event({ RequestType: 'Delete', LogicalResourceId, PhysicalResourceId });
  });
  await Promise.all(deleteEvents.map(invoke));
  await environment.sleep(ROLE_LASTS_MS);
  environment.waf.fail({ kind: 'AccessDeniedException', times: 1_000_000 });
  await Promise.all(creations);
  return deleteEvents.map(({ RequestId }) => environment.bucket.responseTo(RequestId));
}

/** As many invocations at a time as there is reserved concurrency; events that wait for three minutes are dropped. */
function limited(environment: TestEnvironment, concurrency: number): { invoke: Invoke; dropped: ResourceEvent[] } {
  const waiting: (() => void)[] = [];
  const dropped: ResourceEvent[] = [];
  let running = 0;
  const invoke = async (event: ResourceEvent) => {
    const sent = environment.now();
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      if (environment.now() - sent > 180_000) dropped.push(event);
      else await environment.fn.invoke(event, 900_000);
    } finally {
      if (waiting.length > 0) waiting.shift()!();
      else running--;
    }
  };
  return { invoke, dropped };
}

describe('400 keys of one stack, where DescribeStackResource admits five requests a second', () => {
  const options = { quotas: 'aws' as const, cloudFormation: { requestsPerSecond: 5 } };

  // Most keys ask at once when the first answers are ten seconds old.
  virtualTimeTest('leave nothing if the deployment is cancelled', 3, withEnvironment(options, async (environment) => {
    const seconds = Number(process.env.CANCEL_AFTER ?? 15 + Math.random() * 45);
    process.stderr.write(`scale: CANCEL_AFTER=${seconds}\n`);
    const responses = await createAndCancel(
      environment, 400, seconds * 1_000, (event) => environment.fn.invoke(event, 900_000),
    );

    expect(responses.every((response) => response?.Status === 'SUCCESS')).toBe(true);
    expect(environment.liveKeys).toEqual([]);
  }));
});

describe.each([1, 5])('a reserved concurrency of %d', (concurrency) => {
  for (const cancelAfter of [0, 2_500, 15_000]) {
    const title = `leaves nothing of 20 keys whose deployment is cancelled after ${cancelAfter} ms`;
    virtualTimeTest(title, 3, withEnvironment({ quotas: 'aws' }, async (environment) => {
      const { invoke, dropped } = limited(environment, concurrency);

      const responses = await createAndCancel(environment, 20, cancelAfter, invoke);

      expect(dropped).toEqual([]);
      expect(responses.every((response) => response?.Status === 'SUCCESS')).toBe(true);
      expect(environment.liveKeys).toEqual([]);
    }));
  }
});
