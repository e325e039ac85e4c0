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

  test.each<[CloudFormationFault, string]>([
    ['denied', 'unavailable'], ['unrecognized', 'unavailable'], ['throttled', 'throttled'], ['reset', 'unavailable'],
    ['hang', 'unavailable'], ['no such resource', 'no such resource'],
  ])('a key is kept without evidence, and the log names it: %s', (fault, outcome) =>
    withEnvironment({ longestWaitMs: fault === 'hang' ? 300 : undefined }, async (environment) => {
      environment.cloudFormation.fault = fault;
      const started = environment.now();

      const created = await environment.create();

      expect(environment.now() - started).toBeLessThan(70_000);
      expect(environment.liveKeys).toEqual([created.Data!.APIKey]);
      expect(environment.fn.log.at(-2)).toMatchObject({ operation: 'DescribeStackResource', outcome });
      expect(environment.fn.log.at(-1)).toMatchObject({ outcome: 'kept', physicalId: created.PhysicalResourceId });
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
});
