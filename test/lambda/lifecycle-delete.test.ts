import { CLOUDFRONT, environmentTest, REGIONAL, virtualTimeTest, withEnvironment } from './support/test-environment';
import type { FaultKind } from '../../emulator';

describe('delete', () => {
  environmentTest('deletes only the key of the resource, by one call', withEnvironment({}, async (
    environment,
  ) => {
    const [one, two] = [await environment.create(), await environment.create()];

    expect(await environment.delete(one.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([two.Data!.APIKey]);
    expect(environment.waf.calls).toHaveLength(5);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({ operation: 'DeleteAPIKey', outcome: 'ok' }));
  }));

  environmentTest('succeeds twice', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    await environment.delete(PhysicalResourceId);

    expect(await environment.delete(PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
  }));

  environmentTest('succeeds for a key that was deleted by hand', withEnvironment({}, async (environment) => {
    const response = await environment.create();
    environment.waf.removeKey(response.Data!.APIKey);

    expect(await environment.delete(response.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
  }));

  const waiting = 'the id is not of this package; waiting for a cancelled Create to roll back';
  environmentTest.each([
    ['Shop-CaptchaKey961B73FD-1ABCDEFGHIJKL', waiting],
    ['not-created', 'no key was created'],
    ['arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1', waiting],
  ])('makes no call to AWS WAF for an id of another handler: %s', (id, detail) => withEnvironment({}, async (
    environment,
  ) => {
    await environment.create();

    expect(await environment.delete(id)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toHaveLength(1);
    expect(environment.waf.calls).toHaveLength(2);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      level: 'INFO', requestType: 'Delete', outcome: 'ignored', detail,
    }));
  })());

  environmentTest.each(
    ['Update', 'Delete'] as const,
  )('fails for an id of a later format: %s', (RequestType) => withEnvironment({}, async (environment) => {
    const PhysicalResourceId = 'waf-captcha-api-key/2/CLOUDFRONT/us-east-1/0123456789abcdef//key';
    const event = environment.event({ RequestType, PhysicalResourceId, ResourceProperties: CLOUDFRONT });

    expect(await environment.send(event, environment.fn, 60_000)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId,
      Reason: `PhysicalResourceId: this provider supports format 1, got "${PhysicalResourceId}". Deploy the provider's `
        + 'stack with the newer package version first.',
    });
    expect(environment.waf.calls).toEqual([]);
  })());

  environmentTest('deletes the key where it was created, whatever the properties now say', withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId } = await environment.create({ ...REGIONAL, Region: 'ap-southeast-2' });

    await environment.delete(
      PhysicalResourceId, { ...REGIONAL, Scope: 'CLOUDFRONT' }, environment.anotherFunction({ region: 'us-west-2' }),
    );

    expect(environment.liveKeys).toEqual([]);
    expect(environment.changes).toEqual(['CreateAPIKey ap-southeast-2 ok', 'DeleteAPIKey ap-southeast-2 ok']);
  }));

  environmentTest('does not validate the properties', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();

    expect(await environment.delete(PhysicalResourceId, { FormatVersion: '99' })).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
  }));
});

describe('failed delete', () => {
  for (const kind of [
    'WAFInternalErrorException', 'service-unavailable', 'reset-before', 'ThrottlingException',
  ] as const) {
    const title = `is retried before its response for as long as it takes: ${kind}`;
    virtualTimeTest(title, 8, withEnvironment({}, async (environment) => {
      const { PhysicalResourceId } = await environment.create();
      environment.waf.fail({ kind, operation: 'DeleteAPIKey', forMs: 480_000 });

      expect(await environment.delete(PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

      expect(environment.liveKeys).toEqual([]);
    }));
  }

  const expectOrphaned = (kind: FaultKind, seconds: number) => withEnvironment({}, async (environment) => {
    const { PhysicalResourceId, Data } = await environment.create();
    environment.waf.fail({ kind, operation: 'DeleteAPIKey', times: 1_000_000 });
    const started = environment.now();

    const failed = await environment.delete(PhysicalResourceId);

    expect(environment.now() - started).toBeLessThan(seconds * 1_000);
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(kind) });
    expect(environment.fn.log.at(-1)).toMatchObject({ level: 'ERROR', operation: 'Delete', outcome: 'FAILED' });
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      level: 'ERROR', outcome: 'orphaned', physicalId: PhysicalResourceId, error: failed.Reason,
    }));
    expect(environment.liveKeys).toEqual([Data!.APIKey]);
  });

  environmentTest.each([
    ['WAFInvalidOperationException', 1], ['AccessDeniedException', 60],
  ] as const)('is not repeated after its response, and its key is logged as orphaned: %s', (kind, seconds) =>
    expectOrphaned(kind, seconds)());

  virtualTimeTest('is retried for at most ten minutes, and its key is logged as orphaned', 10,
    expectOrphaned('WAFInternalErrorException', 600));

  environmentTest('logs what AWS WAF says about a key that it does not know', withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId, Data } = await environment.create();
    environment.waf.removeKey(Data!.APIKey);

    await environment.delete(PhysicalResourceId);

    const deletions = environment.fn.log.filter((line) => line.operation === 'DeleteAPIKey');
    expect(deletions.length).toBeGreaterThan(1);
    expect(deletions.map((line) => line.outcome)).toEqual(deletions.map(() => 'does not exist'));
  }));
});
