import {
  CLOUDFRONT, environmentTest as test, TestEnvironment, untilInRealTime, virtualTimeTest,
  withEnvironment,
} from './support/test-environment';
import type { ResourceEvent } from '../../lambda/events';
import { inventedId } from '../../local/cloudformation-endpoint';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] };
const responseIn = (environment: TestEnvironment, event: ResourceEvent) =>
  environment.bucket.responseTo(event.RequestId)!;

describe('a key in use by its resource is kept', () => {
  test.each([3_500, 30_000])('if CloudFormation shows the state before its Create for %d ms', (shownAfterMs) =>
    withEnvironment({ cloudFormation: { shownAfterMs } }, async (environment) => {
      const first = await environment.create();
      await environment.delete(first.PhysicalResourceId);
      await environment.sleep(shownAfterMs + 1_000);

      const second = await environment.create();

      expect(second.Status).toBe('SUCCESS');
      expect(environment.liveKeys).toEqual([second.Data!.APIKey]);
    })());

  test('if CloudFormation shows the id of a resource before it under the same logical id', withEnvironment(
    {}, async (environment) => {
      const first = await environment.create();
      const event = environment.createEvent();
      environment.cloudFormation.show(event, { status: 'CREATE_COMPLETE', physicalId: first.PhysicalResourceId });
      const invocation = environment.fn.invoke(event);
      await environment.until(() => responseIn(environment, event));
      await environment.sleep(5_000);
      environment.cloudFormation.show(event, undefined);
      await invocation;

      expect(environment.liveKeys).toContain(responseIn(environment, event).Data!.APIKey);
    }));

  test.each([12_000, 120_000])('if CloudFormation shows the state before its Update for %d ms', (shownAfterMs) =>
    withEnvironment({ cloudFormation: { shownAfterMs } }, async (environment) => {
      const first = await environment.create();
      await environment.sleep(shownAfterMs + 1_000);

      const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);

      expect(environment.liveKeys).toContain(second.Data!.APIKey);
      expect(environment.fn.log).toContainEqual(expect.objectContaining({ outcome: 'inconclusive' }));
    })());

  test('if CloudFormation shows the state before its Update, and the time of the event is unknown', withEnvironment(
    { cloudFormation: { shownAfterMs: 120_000 } }, async (environment) => {
      const first = await environment.create();
      await environment.sleep(121_000);
      const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);

      await environment.fn.invoke({ ...event, ResponseURL: event.ResponseURL.replace('X-Amz-Date', 'X-Date') });

      expect(environment.liveKeys).toContain(responseIn(environment, event).Data!.APIKey);
    }));

  test.each([
    'UPDATE_COMPLETE', 'UPDATE_FAILED',
  ])('if only one response of CloudFormation contradicts it: %s', (status) =>
    withEnvironment({}, async (environment) => {
      const first = await environment.create();
      environment.bucket.firstCounts = true;
      const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
      environment.cloudFormation.show(event, { status, physicalId: first.PhysicalResourceId });
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.fn.log.some((line) => line.outcome === 'another id'));
      environment.cloudFormation.show(event, undefined);
      environment.cloudFormation.fault = 'throttled';
      const started = environment.now();
      await invocation;

      expect(environment.now() - started).toBeLessThan(180_000); // of the ten minutes that it has
      expect(environment.liveKeys).toContain(responseIn(environment, event).Data!.APIKey);
    })());

  test.each([
    'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS',
  ])('if CloudFormation contradicts it now and then, with %s in between', (status) => withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    environment.bucket.firstCounts = true;
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    const show = (shown: string) => environment.cloudFormation.show(event, {
      status: shown, physicalId: first.PhysicalResourceId,
    });
    const contradictions = () => environment.fn.log.filter((line) => line.outcome === 'another id').length;
    show('UPDATE_COMPLETE');
    const invocation = environment.fn.invoke(event, 900_000);
    await environment.until(() => contradictions() > 0);
    await environment.sleep(50_000);
    show(status);
    await environment.sleep(6_000);
    show('UPDATE_COMPLETE');
    await environment.sleep(50_000);
    environment.cloudFormation.show(event, undefined);
    await invocation;

    expect(environment.liveKeys).toContain(responseIn(environment, event).Data!.APIKey);
  })());

  test('during its creation, although CloudFormation shows the state before its Create', withEnvironment(
    { cloudFormation: { shownAfterMs: 30_000 } }, async (environment) => {
      const first = await environment.create();
      await environment.delete(first.PhysicalResourceId);
      await environment.sleep(31_000);
      environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 12_000 });

      expect(await environment.create()).toMatchObject({ Status: 'SUCCESS' });
    }));

  test.each([undefined, 'denied', 'throttled', 'reset'] as const)(
    'if its Delete failed and an update has restored it since, and CloudFormation is %s', (fault) => withEnvironment(
      {}, async (environment) => {
        const first = await environment.create();
        const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
        environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', forMs: 60_000 });
        const failed = environment.deleteEvent(first.PhysicalResourceId);
        const invocation = environment.fn.invoke(failed);
        await environment.until(() => environment.fn.log.some((line) => line.operation === 'Delete'));
        expect(responseIn(environment, failed).Status).toBe('FAILED');
        environment.cloudFormation.fault = fault;

        const other = environment.anotherFunction();
        const third = await environment.update(second.PhysicalResourceId, CLOUDFRONT, OTHER, other);
        await invocation;
        await environment.sleep(600_000);

        expect(third.Data).toEqual(first.Data);
        expect(environment.liveKeys).toContain(first.Data!.APIKey);
      })());

  test('if its Delete failed, and comes again after an update has restored it', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.firstCounts = true;
    const first = await environment.create();
    const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });
    const failed = environment.deleteEvent(first.PhysicalResourceId);
    expect(await environment.send(failed)).toMatchObject({ Status: 'FAILED' });
    const third = await environment.update(second.PhysicalResourceId, CLOUDFRONT, OTHER);
    expect(third.Data).toEqual(first.Data);

    const other = environment.anotherFunction();
    await other.invoke(failed);

    expect(environment.liveKeys).toContain(first.Data!.APIKey);
    const detail = 'the resource has got the key again since then';
    expect(other.log).toContainEqual(expect.objectContaining({
      level: 'WARN', outcome: 'kept', physicalId: first.PhysicalResourceId, detail,
    }));
  }));

  test('if CloudFormation shows only the clean-up of a later roll-back, without an id', withEnvironment({
    cloudFormation: { showsCleanUp: 'until the next operation', deleted: 'without an id' },
  }, async (environment) => {
    const invocations: Promise<void>[] = [];
    const respond = async (event: ResourceEvent) => {
      invocations.push(environment.anotherFunction().invoke(event));
      await environment.until(() => responseIn(environment, event));
      return responseIn(environment, event);
    };
    environment.cloudFormation.fault = 'throttled';
    const first = await respond(environment.createEvent());
    const second = await respond(environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT));
    await respond(environment.updateEvent(second.PhysicalResourceId, CLOUDFRONT, OTHER));
    await respond(environment.deleteEvent(second.PhysicalResourceId, OTHER));
    environment.cloudFormation.fault = undefined;
    await Promise.all(invocations);

    expect(environment.liveKeys).toContain(first.Data!.APIKey);
  }));

  test.each([
    ['its deletion, which ends', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'],
    ['its deletion, which fails', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'],
    ['that it is retained', 'DELETE_SKIPPED', 'DELETE_SKIPPED'],
  ])('if CloudFormation shows only of the id before %s', (_, during, afterwards) => withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    const invocation = environment.fn.invoke(event, 900_000);
    await environment.until(() => responseIn(environment, event));
    environment.cloudFormation.show(event, { status: during, physicalId: first.PhysicalResourceId });
    await environment.sleep(3_000);
    environment.cloudFormation.show(event, { status: afterwards, physicalId: first.PhysicalResourceId });
    await invocation;

    const { PhysicalResourceId, Data } = responseIn(environment, event);
    expect(environment.liveKeys).toContain(Data!.APIKey);
    expect(environment.fn.log.at(-2)).toMatchObject({ outcome: 'inconclusive' });
    expect(environment.fn.log.at(-1)).toMatchObject({
      level: 'WARN', outcome: 'kept', physicalId: PhysicalResourceId,
    });
  })());

  test.each([
    30_000, 60_000,
  ])('if CloudFormation shows UPDATE_COMPLETE with the id before for %d ms', (idShownAfterMs) =>
    withEnvironment({ cloudFormation: { idShownAfterMs } }, async (environment) => {
      const first = await environment.create();
      await environment.sleep(idShownAfterMs);

      const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);

      expect(environment.liveKeys).toContain(second.Data!.APIKey);
      expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
    })());

  test('during its creation, although CloudFormation does not know the resource yet', withEnvironment(
    { cloudFormation: { newShownAfterMs: 60_000 } }, async (environment) => {
      environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', forMs: 25_000 });

      expect(await environment.create()).toMatchObject({ Status: 'SUCCESS' });
    }));

  test('if an update has restored it under an id that has fewer references', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    environment.cloudFormation.fault = 'throttled';
    const invocation = environment.fn.invoke(event, 900_000);
    await environment.until(() => responseIn(environment, event));
    const parts = responseIn(environment, event).PhysicalResourceId.split('/');
    expect(parts[5]).not.toBe('');
    parts[5] = '';
    environment.cloudFormation.fault = undefined;
    environment.cloudFormation.show(event, { status: 'UPDATE_COMPLETE', physicalId: parts.join('/') });
    await invocation;

    expect(environment.fn.log.at(-1)).toMatchObject({ operation: 'DescribeStackResource', outcome: 'held' });
  }));
});

describe('a key that DeleteAPIKey does not know for its first seconds is deleted', () => {
  const options = { createdKeyDeletableAfterMs: 9_000 };

  test('if its Create fails', withEnvironment(options, async (environment) => {
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'ListAPIKeys', times: 1 });

    expect(await environment.create()).toMatchObject({ Status: 'FAILED' });

    expect(environment.liveKeys).toEqual([]);
  }));

  test('if its Create is cancelled', withEnvironment(options, async (environment) => {
    const event = environment.createEvent();
    environment.cloudFormation.cancel(event);
    await environment.fn.invoke(event);

    expect(environment.liveKeys).toEqual([]);
  }));

  test('if its resource is deleted at once', withEnvironment(options, async (environment) => {
    const { PhysicalResourceId } = await environment.create();

    expect(await environment.delete(PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
  }));
});

test('the Delete of a key that does not exist succeeds in the little time that there is', withEnvironment({}, async (
  environment,
) => {
  const { PhysicalResourceId, Data } = await environment.create();
  environment.waf.removeKey(Data!.APIKey);

  const event = environment.deleteEvent(PhysicalResourceId);
  expect(await environment.send(event, environment.fn, 9_000)).toMatchObject({ Status: 'SUCCESS' });
}));

describe('a key without a resource is deleted', () => {
  test.each(['late URL', 'throttled list'])('if its Create is cancelled when only the URL is missing: %s', (what) =>
    withEnvironment({}, async (environment) => {
      if (what === 'late URL') environment.waf.configure({ integrationUrlAfterMs: 25_000 });
      else environment.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', forMs: 25_000 });
      environment.waf.fail({ kind: 'WAFInternalErrorException', operation: 'DeleteAPIKey', times: 1 });
      const event = environment.createEvent();
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.liveKeys.length > 0);
      environment.cloudFormation.cancel(event);
      await environment.delete(inventedId(event), CLOUDFRONT, environment.anotherFunction());
      await environment.sleep(1_500);
      environment.waf.fail({ kind: 'AccessDeniedException', times: 1_000_000 }); // the role is gone
      await invocation;

      expect(environment.liveKeys).toEqual([]);
      expect(environment.fn.log).not.toContainEqual(expect.objectContaining({ outcome: 'orphaned' }));
    })());

  test('if CloudFormation shows the deletion of its resource once, and then no resource', withEnvironment(
    {}, async (environment) => {
      const event = environment.createEvent();
      environment.cloudFormation.show(event, { status: 'DELETE_IN_PROGRESS', physicalId: inventedId(event) });
      const invocation = environment.fn.invoke(event);
      await environment.until(() => environment.fn.log.some(({ outcome }) => outcome === 'abandoned'));
      environment.cloudFormation.fault = 'no such resource';
      await invocation;

      expect(environment.liveKeys).toEqual([]);
    }));

  test('if its Create is cancelled before CloudFormation shows the resource', withEnvironment(
    { cloudFormation: { newShownAfterMs: 6_000 } }, async (environment) => {
      const event = environment.createEvent();
      environment.cloudFormation.cancel(event);
      await environment.fn.invoke(event);

      expect(environment.liveKeys).toEqual([]);
    }));

  virtualTimeTest('if the operation that rolls its Update back takes minutes', 4, withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    environment.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: 100 });
    const invocation = environment.fn.invoke(event, 900_000);
    await untilInRealTime(() => environment.waf.calls.length > 2 || environment.fn.log.length > 3);
    environment.cloudFormation.cancel(event);
    const swapped = environment.updateEvent(first.PhysicalResourceId, CLOUDFRONT, OTHER);
    await environment.sleep(180_000);
    await environment.send(swapped, environment.anotherFunction());
    await invocation;

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));
});

test('the Delete of an id of a later format is not retried', withEnvironment({}, async (environment) => {
  const started = environment.now();

  expect(await environment.delete('waf-captcha-api-key/2/x')).toMatchObject({ Status: 'FAILED' });

  expect(environment.now() - started).toBeLessThan(60_000); // of the ten minutes that it has
}));
