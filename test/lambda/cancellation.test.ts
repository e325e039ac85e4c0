import {
  ALL_ON_BUNDLE, CLOUDFRONT, EnvironmentOptions, environmentTest, untilInRealTime, withEnvironment,
} from './support/test-environment';
import { sentAt } from '../../lambda/events';
import type { CloudFormationFault } from '../../local/cloudformation-endpoint';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] };

/** Whichever way the undocumented goes, in virtual time; what ships in real time, once. */
const VIEWS: [string, EnvironmentOptions][] = ALL_ON_BUNDLE ? [['on the bundle', {}]] : [
  ['where CloudFormation shows ids at once', {}],
  [
    'where CloudFormation invents an id, and shows the next one late',
    { cloudFormation: { inventsIds: true, idShownAfterMs: 1_000 } },
  ],
  ['where a deleted resource is shown without an id', { cloudFormation: { deleted: 'without an id' } }],
  ['where a deleted resource is no longer known', { cloudFormation: { deleted: 'no such resource' } }],
];

describe.each(VIEWS)('%s', (_, options) => {
  const test = environmentTest;
  const slow = ALL_ON_BUNDLE ? 6_000 : 300;

  test('keeps a key that is created', withEnvironment(options, async (environment) => {
    const response = await environment.create();

    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
    expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
  }));

  test('keeps the key of an update and deletes the old one', withEnvironment(options, async (environment) => {
    const first = await environment.create();
    const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    await environment.delete(first.PhysicalResourceId);

    expect(environment.liveKeys).toEqual([second.Data!.APIKey]);
  }));

  test('orphans no key of a Create cancelled while throttled', withEnvironment(options, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 4_000 });
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.waf.calls.length > 1);
    await Promise.all([environment.cancelCreate(event), invocation]);

    expect(environment.liveKeys).toEqual([]);
  }));

  test('orphans no key of a Create cancelled during a slow call', withEnvironment(options, async (environment) => {
    environment.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: slow });
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event);
    await untilInRealTime(
      () => environment.waf.calls.some((call) => call.operation === 'CreateAPIKey') || environment.fn.log.length > 0,
    );
    await Promise.all([environment.cancelCreate(event), invocation]);

    expect(environment.liveKeys).toEqual([]);
  }));

  test.each([1_000, 13_800])('orphans no key of a Create whose event arrives %d ms after the Delete', (delay) =>
    withEnvironment(options, async (environment) => {
      const event = environment.createEvent();
      const cancelled = environment.cancelCreate(event);
      await environment.sleep(delay);
      await Promise.all([environment.fn.invoke(event), cancelled]);

      expect(environment.liveKeys).toEqual([]);
    })());

  test('orphans no key of a cancelled Update', withEnvironment(options, async (environment) => {
    const first = await environment.create();
    environment.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: slow / 3 });
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    const invocation = environment.fn.invoke(event);
    await untilInRealTime(() => environment.fn.log.length > 3);
    await environment.sleep(50);
    environment.cloudFormation.cancel(event);
    await environment.update(first.PhysicalResourceId, CLOUDFRONT, OTHER, environment.anotherFunction());
    await invocation;

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  test('keeps one key for an event that two instances receive', withEnvironment(options, async (environment) => {
    environment.bucket.firstCounts = true;
    const event = environment.createEvent();
    await Promise.all([environment.fn.invoke(event), environment.anotherFunction().invoke(event)]);

    expect(environment.liveKeys).toEqual([environment.bucket.responseTo(event.RequestId)!.Data!.APIKey]);
  }));

  test('keeps one key for an event delivered to two instances one after the other', withEnvironment(
    options, async (environment) => {
      environment.bucket.firstCounts = true;
      const event = environment.createEvent();
      const response = await environment.send(event);
      await environment.anotherFunction().invoke(event);

      expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
    }));

  test.each([
    500, 502, 504, 'reset',
  ] as const)('orphans no key of a cancelled Create whose response failed with %s', (fault) =>
    withEnvironment(options, async (environment) => {
      environment.bucket.fail(...Array(100).fill(fault));
      const event = environment.createEvent();
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.bucket.puts > 0);
      environment.cloudFormation.cancel(event);
      environment.bucket.clearFaults();
      await invocation;

      expect(environment.liveKeys).toEqual([]);
    })());

  test.each([
    500, 502, 504, 'reset-after',
  ] as const)('keeps the key of a Create whose response arrives despite %s', (fault) =>
    withEnvironment(options, async (environment) => {
      environment.bucket.fail(fault);

      const response = await environment.create();

      expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
    })());
});

describe('one view of CloudFormation', () => {
  const test = environmentTest;

  test('a Create cancelled while it waits for its role creates nothing', withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind: 'AccessDeniedException', forMs: 25_000 });
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event);
    await environment.sleep(1_000);
    environment.cloudFormation.cancel(event);
    await invocation;

    expect(
      environment.waf.calls.filter((call) => call.operation === 'CreateAPIKey' && call.outcome === 'ok'),
    ).toEqual([]);
    expect(environment.fn.log).toContainEqual(
      expect.objectContaining({ operation: 'DescribeStackResource', outcome: 'abandoned' }),
    );
  }));

  test('a late event of a cancelled Create creates nothing', withEnvironment({}, async (environment) => {
    const event = environment.createEvent();
    environment.cloudFormation.cancel(event);
    await environment.sleep(11_000);
    await environment.fn.invoke(event);

    expect(environment.changes).toEqual([]);
  }));

  test('a late event of a cancelled Create waits for CloudFormation, and creates nothing', withEnvironment({}, async (
    environment,
  ) => {
    const event = environment.createEvent();
    environment.cloudFormation.cancel(event);
    environment.cloudFormation.fault = 'throttled';
    await environment.sleep(11_000);
    const invocation = environment.fn.invoke(event);
    await environment.sleep(5_000);
    environment.cloudFormation.fault = undefined;
    await invocation;

    expect(environment.changes).toEqual([]);
  }));

  test('a late Update that keeps its key does not wait for CloudFormation', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    environment.cloudFormation.fault = 'throttled';
    const event = environment.updateEvent(PhysicalResourceId, { ...CLOUDFRONT, ServiceTimeout: '60' }, CLOUDFRONT);
    await environment.sleep(11_000);
    environment.waf.fail({ kind: 'WAFInternalErrorException', operation: 'ListAPIKeys', times: 1 });
    const started = environment.now();

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });

    expect(environment.now() - started).toBeLessThan(60_000);
  }));

  test('a late event of a resource that CloudFormation does not know creates nothing', withEnvironment({}, async (
    environment,
  ) => {
    const event = environment.createEvent();
    environment.cloudFormation.fault = 'no such resource';
    await environment.sleep(11_000);

    expect(await environment.send(event)).toMatchObject({ Status: 'FAILED' });

    expect(environment.changes).toEqual([]);
  }));

  const denial = 'not authorized, for the role does not exist';
  const invalid = '1 validation error detected: Value at \'logicalResourceId\' failed to satisfy constraint';
  test.each<[string, CloudFormationFault | undefined, string]>([
    ['awaits', undefined, 'in progress'],
    ['denies access to', { code: 'AccessDenied', message: denial }, 'unavailable'],
    ['finds no valid name in', { code: 'ValidationError', message: invalid }, 'unavailable'],
  ])('a late event of a resource that CloudFormation %s creates a key at once', (_, fault, outcome) =>
    withEnvironment({}, async (environment) => {
      const event = environment.createEvent();
      await environment.sleep(11_000);
      environment.cloudFormation.fault = fault;
      const started = environment.now();
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.bucket.responseTo(event.RequestId));

      expect(environment.bucket.responseTo(event.RequestId)).toMatchObject({ Status: 'SUCCESS' });
      expect(environment.now() - started).toBeLessThan(60_000); // of the ten minutes that it has
      expect(environment.fn.log[0]).toMatchObject({ operation: 'DescribeStackResource', outcome });
      await invocation;
      expect(environment.liveKeys).toHaveLength(1);
    })());

  test('a Create of a resource that CloudFormation has known, and no longer does, creates nothing', withEnvironment(
    {}, async (environment) => {
      environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 120_000 });
      const event = environment.createEvent();
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.fn.log.some(({ outcome }) => outcome === 'in progress'));
      environment.cloudFormation.fault = 'no such resource';
      await invocation;

      expect(environment.bucket.responseTo(event.RequestId)).toMatchObject({ Status: 'FAILED' });
      expect(environment.liveKeys).toEqual([]);
      expect(environment.changes).not.toContain('CreateAPIKey us-east-1 ok');
    }));

  test.each(['X-Amz-Date', 'X-Date'])('a Create cancelled in the second of its event creates nothing: %s', (name) =>
    withEnvironment({}, async (environment) => {
      environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 25_000 });
      const event = environment.createEvent();
      environment.cloudFormation.show(event, { status: 'CREATE_FAILED' }, sentAt(event));
      await environment.fn.invoke({ ...event, ResponseURL: event.ResponseURL.replace('X-Amz-Date', name) });

      expect(environment.liveKeys).toEqual([]);
      expect(environment.changes).not.toContain('CreateAPIKey us-east-1 ok');
      expect(environment.fn.log).toContainEqual(
        expect.objectContaining({ operation: 'DescribeStackResource', outcome: 'abandoned' }),
      );
    })());

  // At once, the deletion could as well be that of the id before, in the clean-up after this delivery's own response.
  test.each([[11_000, 0], [0, 1]])('an Update delivered again %d ms after its resource is deleted leaves %d keys', (
    delay, left,
  ) =>
    withEnvironment({}, async (environment) => {
      environment.bucket.firstCounts = true;
      const first = await environment.create();
      const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
      const second = await environment.send(event);
      await environment.delete(second.PhysicalResourceId, OTHER); // the roll-back
      await environment.delete(first.PhysicalResourceId);
      await environment.sleep(delay);

      const other = environment.anotherFunction();
      await other.invoke(event);

      expect(environment.liveKeys).toHaveLength(left);
      const kept = other.log.filter((line) => line.outcome === 'kept').map((line) => line.physicalId);
      expect(kept).toEqual(environment.liveKeys.map((key) => expect.stringContaining(key)));
    })());

  test('a Create cancelled while its response is retried rolls back', withEnvironment({}, async (environment) => {
    environment.bucket.fail(...Array(1_000).fill(500));
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event, 900_000);
    await environment.sleep(11_000);
    environment.cloudFormation.cancel(event);
    const cancelled = environment.now();
    await invocation;

    expect(environment.liveKeys).toEqual([]);
    expect(environment.now() - cancelled).toBeLessThan(60_000); // of the 15 minutes that it has
  }));

  test('a Delete of an unknown id waits within the function\'s timeout', withEnvironment({}, async (environment) => {
    const started = environment.now();
    await environment.delete('Shop-Key-1ABCDEFGHIJKL');
    expect(environment.now() - started).toBeGreaterThanOrEqual(15_000);
    expect(environment.now() - started).toBeLessThan(60_000);

    const event = environment.event({
      RequestType: 'Delete', PhysicalResourceId: 'Shop-Key-1ABCDEFGHIJKL', LogicalResourceId: 'Other',
    });
    expect(await environment.send(event, environment.fn, 6_000)).toMatchObject({ Status: 'SUCCESS' });
  }));

  test('a late Delete of an unknown id has waited already', withEnvironment({}, async (environment) => {
    const event = environment.deleteEvent('Shop-Key-1ABCDEFGHIJKL');
    await environment.sleep(35_000);
    const started = environment.now();

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.now() - started).toBeLessThan(15_000);
  }));

  test('the Delete of a failed create does not wait', withEnvironment({}, async (environment) => {
    const started = environment.now();
    await environment.delete('not-created');
    expect(environment.now() - started).toBeLessThan(15_000);
  }));
});
