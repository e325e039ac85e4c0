import { WafEmulator } from '../../emulator';
import {
  CLOUDFRONT, environmentTest, TestEnvironment, virtualTimeTest, withEnvironment,
} from './support/test-environment';

/** Creates a number of keys at once, as CloudFormation does for those of one stack. */
function createAll(environment: TestEnvironment, count: number) {
  return Promise.all(Array.from({ length: count }, (_, index) => environment.send(environment.event({
    RequestType: 'Create',
    LogicalResourceId: `Key${index}`,
    ResourceProperties: { ...CLOUDFRONT, TokenDomains: [`shop${index}.example.com`] },
  }))));
}

function attempts(waf: WafEmulator, operation: string) {
  return waf.calls.filter((call) => call.operation === operation);
}

const MANY = '40 creates at once succeed in 1.25 of the time of the quota, without excess calls';
virtualTimeTest(MANY, 1, withEnvironment(
  { quotas: 'aws' }, async (environment) => {
    const count = 40;
    const responses = await createAll(environment, count);

    expect(responses.map((response) => response.Status)).toEqual(Array(count).fill('SUCCESS'));
    expect(new Set(responses.map((response) => response.Data!.APIKey)).size).toBe(count);
    expect(environment.liveKeys).toHaveLength(count);

    const creates = attempts(environment.waf, 'CreateAPIKey');
    const made = creates.filter((call) => call.outcome === 'ok').map((call) => call.time);
    const dictated = (count - 1) * 1_000;
    expect(made[made.length - 1] - creates[0].time).toBeLessThanOrEqual(1.25 * dictated);
    // In no second do more try than wait, with some room for those of the second before.
    for (let second = 2; second < count; second++) {
      const start = creates[0].time + second * 1_000;
      const waiting = count - made.filter((time) => time < start).length;
      expect(creates.filter((call) => call.time >= start && call.time < start + 1_000).length).toBeLessThanOrEqual(
        Math.ceil(waiting * 1.35) + 1,
      );
    }
  },
));

environmentTest('20 deletes at once, where AWS WAF admits one a second, all succeed', withEnvironment({}, async (
  environment,
) => {
  const responses = await createAll(environment, 20);
  environment.waf.configure({ quotas: 'aws' });

  const deletes = await Promise.all(responses.map((response) => environment.delete(response.PhysicalResourceId)));

  expect(deletes.every((response) => response.Status === 'SUCCESS')).toBe(true);
  expect(environment.liveKeys).toEqual([]);
}));

environmentTest('30 updates at once, at five lists a second of AWS WAF, keep all keys', withEnvironment({}, async (
  environment,
) => {
  const responses = await createAll(environment, 30);
  environment.waf.configure({ quotas: 'aws' });

  const updates = await Promise.all(responses.map((response, index) => {
    const properties = { ...CLOUDFRONT, TokenDomains: [`shop${index}.example.com`] };
    return environment.send(environment.event({
      RequestType: 'Update',
      LogicalResourceId: `Key${index}`,
      PhysicalResourceId: response.PhysicalResourceId,
      ResourceProperties: properties,
    }));
  }));

  expect(updates.map((response) => response.PhysicalResourceId)).toEqual(
    responses.map((response) => response.PhysicalResourceId),
  );
  expect(attempts(environment.waf, 'CreateAPIKey')).toHaveLength(30);
}));

environmentTest('a create throttled until the timeout fails and orphans no key', withEnvironment({}, async (
  environment,
) => {
  environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', times: 1_000 });

  const response = await environment.send(environment.createEvent(), environment.fn, 12_000);

  expect(response).toMatchObject({
    Status: 'FAILED', Reason: expect.stringMatching(/^wafv2:CreateAPIKey was throttled for/),
  });
  expect(environment.liveKeys).toEqual([]);
}));

const TURNS = 'a throttled Delete leaves most turns to roll-backs, whose role may be gone soon';
virtualTimeTest(TURNS, 2, withEnvironment({}, async (
  environment,
) => {
  const { PhysicalResourceId } = await environment.create();
  environment.waf.fail({ kind: 'ThrottlingException', operation: 'DeleteAPIKey', forMs: 40_000 });
  await environment.delete(PhysicalResourceId);
  const ofDelete = attempts(environment.waf, 'DeleteAPIKey').length;

  environment.waf.fail({ kind: 'ThrottlingException', operation: 'DeleteAPIKey', forMs: 40_000 });
  environment.bucket.fail(403); // the new key is deleted after the response
  await environment.fn.invoke(environment.createEvent());
  const ofRollBack = attempts(environment.waf, 'DeleteAPIKey').length - ofDelete;

  expect(environment.liveKeys).toEqual([]);
  expect(ofRollBack).toBeGreaterThan(2 * ofDelete);
}));

describe('while CloudFormation throttles, too', () => {
  virtualTimeTest('a Create waits for a recent answer, and then goes on at once', 2, withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 20_000 });
    environment.cloudFormation.fault = 'throttled';
    const event = environment.createEvent();
    const started = environment.now();
    const invocation = environment.fn.invoke(event);
    await environment.sleep(60_000);
    environment.cloudFormation.fault = undefined;
    await invocation;

    expect(environment.bucket.responseTo(event.RequestId)).toMatchObject({ Status: 'SUCCESS' });
    const answered = environment.cloudFormation.requests.find((time) => time >= started + 60_000)!;
    const creates = attempts(environment.waf, 'CreateAPIKey').map((call) => call.time);
    expect(creates.filter((time) => time > started + 12_000 && time < answered)).toEqual([]);
    expect(creates.at(-1)! - answered).toBeLessThan(1_000);
  }));

  // For each question a random time: several events show its limits.
  virtualTimeTest('a Create asks less and less often, and fails in time', 90, withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', times: 100_000 });
    environment.cloudFormation.fault = 'throttled';
    for (let event = 0; event < 10; event++) {
      const before = environment.cloudFormation.requests.length;
      const started = environment.now();

      expect(await environment.create()).toMatchObject({
        Status: 'FAILED', Reason: expect.stringMatching(/^wafv2:CreateAPIKey was throttled for/),
      });

      const requests = environment.cloudFormation.requests.slice(before);
      expect(requests.length).toBeGreaterThanOrEqual(5);
      requests.slice(1).forEach((time, index) => {
        expect(time - requests[index]).toBeGreaterThan(9_990);
        expect(time - requests[index]).toBeLessThan(90_010);
      });
      expect(requests.filter((time) => time < started + 300_000).length).toBeLessThan(14);
    }
    expect(environment.liveKeys).toEqual([]);
  }));

  virtualTimeTest('a key that exists gets its URL as soon as there is one', 2, withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.configure({ integrationUrlAfterMs: 25_000 });
    environment.cloudFormation.fault = 'throttled';
    const event = environment.createEvent();
    const started = environment.now();
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.bucket.responseTo(event.RequestId));

    expect(environment.bucket.responseTo(event.RequestId)).toMatchObject({ Status: 'SUCCESS' });
    expect(environment.now() - started).toBeLessThan(40_000);
    await invocation;
  }));

  virtualTimeTest('the question after a response is repeated, and its answer awaited', 1, withEnvironment({}, async (
    environment,
  ) => {
    environment.cloudFormation.fault = 'throttled';
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.bucket.responseTo(event.RequestId));
    await environment.sleep(30_000);
    environment.cloudFormation.fault = undefined;
    const answerable = environment.now();
    await invocation;

    expect(environment.now() - answerable).toBeLessThan(1_000);
    expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
  }));
});
