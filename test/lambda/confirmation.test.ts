import { CLOUDFRONT, environmentTest, REGIONAL, virtualTimeTest, withEnvironment } from './support/test-environment';
import type { CloudFormationFault } from '../../local/cloudformation-endpoint';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] };

describe('CloudFormation is asked about the resource of an event', () => {
  const test = environmentTest;

  test.each([
    [undefined, 4], ['hang', 1],
  ] as const)('a throttled Create calls CloudFormation once in ten seconds: %s', (fault, atLeast) =>
    withEnvironment({ longestWaitMs: fault && 300 }, async (environment) => {
      environment.waf.fail({ kind: 'ThrottlingException', times: 10_000 });
      environment.cloudFormation.fault = fault;

      await environment.send(environment.createEvent(), environment.fn, 120_000);

      const { requests } = environment.cloudFormation;
      expect(requests.length).toBeGreaterThanOrEqual(atLeast);
      requests.slice(1).forEach((time, index) => expect(time - requests[index]).toBeGreaterThanOrEqual(10_000));
    })());

  virtualTimeTest('an unconfirmed response is followed until CloudFormation gives up', 15, withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail(...Array(1_000).fill(500));
    environment.cloudFormation.fault = 'throttled';
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event, 900_000);
    await environment.sleep(780_000); // ServiceTimeout
    environment.cloudFormation.fault = undefined;
    environment.cloudFormation.cancel(event);
    await invocation;

    expect(environment.liveKeys).toEqual([]);
  }));

  virtualTimeTest('the response is sent within ten minutes', 10, withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', times: 10_000 });
    const started = environment.now();

    await environment.send(environment.createEvent(), environment.fn, 900_000);

    expect(environment.now() - started).toBeGreaterThan(500_000);
    expect(environment.now() - started).toBeLessThan(600_000);
  }));

  test('a replaced key is kept for the roll-back of the update', withEnvironment({}, async (environment) => {
    environment.cloudFormation.fault = 'reset';
    const event = environment.createEvent();
    const other = environment.anotherFunction();
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.bucket.responseTo(event.RequestId));
    const { PhysicalResourceId, Data } = environment.bucket.responseTo(event.RequestId)!;
    const update = environment.updateEvent(PhysicalResourceId, OTHER, CLOUDFRONT);
    const updated = other.invoke(update);
    await environment.until(() => environment.bucket.responseTo(update.RequestId));
    environment.cloudFormation.fault = undefined;
    await Promise.all([invocation, updated]);

    expect(environment.liveKeys).toContain(Data!.APIKey);
    expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
  }));

  test.each<[CloudFormationFault, string, number]>([
    ['denied', 'unavailable', 40_000], ['unrecognized', 'unavailable', 40_000], ['throttled', 'throttled', 70_000],
    ['reset', 'unavailable', 40_000], ['hang', 'unavailable', 40_000], ['no such resource', 'no such resource', 40_000],
  ])('a key is kept without evidence, and the log names it: %s', (fault, outcome, atMost) =>
    withEnvironment({ longestWaitMs: fault === 'hang' ? 300 : undefined }, async (environment) => {
      environment.cloudFormation.fault = fault;
      const started = environment.now();

      const created = await environment.create();

      expect(environment.now() - started).toBeLessThan(atMost);
      expect(environment.liveKeys).toEqual([created.Data!.APIKey]);
      expect(environment.fn.log.at(-2)).toMatchObject({ operation: 'DescribeStackResource', outcome });
      expect(environment.fn.log.at(-1)).toMatchObject({
        level: 'WARN',
        outcome: 'kept',
        physicalId: created.PhysicalResourceId,
        detail: 'CloudFormation did not say whether it holds the key',
      });
      expect(environment.cloudFormation.requests.length).toBeGreaterThan(0);
    })());

  test('an event repeated to a warm instance never deletes a key', withEnvironment({}, async (environment) => {
    environment.bucket.firstCounts = true;
    const event = environment.createEvent();
    const first = await environment.send(event);
    const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);

    await environment.fn.invoke(event);

    expect(environment.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);
  }));

  test('the clean-up of an update, shown as a deletion, is no evidence about the new key', withEnvironment(
    { cloudFormation: { showsCleanUp: 'until it ends' } }, async (environment) => {
      const first = await environment.create(REGIONAL);
      environment.cloudFormation.fault = 'reset';
      const properties = { ...REGIONAL, RotationId: '2' };
      const event = environment.updateEvent(first.PhysicalResourceId, properties, REGIONAL);
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.bucket.responseTo(event.RequestId));
      await environment.sleep(4_000);
      environment.deleteEvent(first.PhysicalResourceId, REGIONAL);
      environment.cloudFormation.fault = undefined;
      await invocation;

      expect(environment.liveKeys).toContain(environment.bucket.responseTo(event.RequestId)!.Data!.APIKey);
    }));

  test('the log numbers the questions and says what CloudFormation has shown', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 12_000 });

    const { PhysicalResourceId } = await environment.create();

    expect(environment.fn.log.filter((line) => line.operation === 'DescribeStackResource')).toEqual([
      expect.objectContaining({ attempt: 1, outcome: 'in progress', detail: 'CREATE_IN_PROGRESS without an id' }),
      expect.objectContaining({ attempt: 2, outcome: 'held', detail: `CREATE_COMPLETE ${PhysicalResourceId}` }),
    ]);
  }));

  virtualTimeTest('a response whose id is shown late is asked for every five seconds', 3, withEnvironment(
    { cloudFormation: { idShownAfterMs: 150_000 } }, async (environment) => {
      const created = await environment.create();

      expect(environment.liveKeys).toEqual([created.Data!.APIKey]);
      expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
      const { requests } = environment.cloudFormation;
      expect(requests.at(-1)! - requests.at(-2)!).toBeGreaterThanOrEqual(5_000);
      expect(requests.length).toBeLessThan(50);
    }));

  virtualTimeTest('a response that has arrived in spite of its errors is not sent for minutes', 1, withEnvironment(
    {}, async (environment) => {
      environment.bucket.fail('reset-after', ...Array(1_000).fill(500));
      const event = environment.createEvent();
      const started = environment.now();
      await environment.fn.invoke(event, 900_000);

      expect(environment.now() - started).toBeLessThan(60_000);
      expect(environment.liveKeys).toEqual([environment.bucket.responseTo(event.RequestId)!.Data!.APIKey]);
      expect(environment.fn.log).toContainEqual(expect.objectContaining({ operation: 'Create', delivery: 'unknown' }));
    }));

  test('a failed creation that is shown only once is no evidence', withEnvironment({}, async (environment) => {
    const event = environment.createEvent();
    environment.cloudFormation.show(event, { status: 'CREATE_FAILED' });
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.fn.log.some(({ outcome }) => outcome === 'abandoned'));
    environment.cloudFormation.fault = 'denied';
    await invocation;

    expect(environment.liveKeys).toEqual([environment.bucket.responseTo(event.RequestId)!.Data!.APIKey]);
    expect(environment.fn.log.at(-1)).toMatchObject({ level: 'WARN', outcome: 'kept' });
  }));

  test('a deletion without an id is no evidence about the new key', withEnvironment({}, async (environment) => {
    const event = environment.createEvent();
    environment.cloudFormation.show(event, { status: 'DELETE_COMPLETE' });
    await environment.fn.invoke(event);

    expect(environment.liveKeys).toEqual([environment.bucket.responseTo(event.RequestId)!.Data!.APIKey]);
    expect(environment.fn.log.at(-2)).toMatchObject({
      outcome: 'no such resource', detail: 'DELETE_COMPLETE without an id',
    });
  }));
});
