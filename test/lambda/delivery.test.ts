import { CLOUDFRONT, environmentTest, withEnvironment } from './support/test-environment';

describe('a response that CloudFormation does not accept', () => {
  environmentTest.each(
    [500, 503, 'reset', 'hang', 'reset-after'] as const,
  )('keeps the key if it is delivered by a retry after %s', (
    fault,
  ) => withEnvironment({ longestWaitMs: 1_000 }, async (environment) => {
    environment.bucket.fail(fault);

    const response = await environment.create();

    expect(response.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  })());

  environmentTest('deletes the new key if the response is rejected for good', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail(403);
    const event = environment.createEvent();

    await environment.fn.invoke(event);

    expect(environment.bucket.responseTo(event.RequestId)).toBeUndefined();
    expect(environment.liveKeys).toEqual([]);
    expect(environment.bucket.puts).toBe(1);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      level: 'ERROR', operation: 'Create', outcome: 'SUCCESS', delivery: 'rejected',
    }));
  }));

  environmentTest('never names a deleted key in a repeated event', withEnvironment({}, async (environment) => {
    environment.bucket.fail(403);
    const event = environment.createEvent();
    await environment.fn.invoke(event);

    const response = await environment.send(event);

    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  }));

  environmentTest('is retried for a bounded time, and then the key is deleted', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail('down');

    await environment.fn.invoke(environment.createEvent(), 12_000);

    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest('names the key in the log before the timeout if the key cannot be deleted', withEnvironment({
    longestWaitMs: 1_000,
  }, async (environment) => {
    environment.bucket.fail(403);
    environment.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });

    await environment.fn.invoke(environment.createEvent(), 18_000);

    expect(environment.fn.log).toContainEqual(
      expect.objectContaining({ outcome: 'orphaned', apiKey: environment.liveKeys[0] }),
    );
  }));

  environmentTest('deletes the new key of an update and keeps the first one', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    const properties = { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] };
    await environment.fn.invoke(environment.updateEvent(first.PhysicalResourceId, properties, CLOUDFRONT));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  environmentTest('keeps the key of an update that does not replace it', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    const properties = { ...CLOUDFRONT, ServiceTimeout: '60' };
    await environment.fn.invoke(environment.updateEvent(first.PhysicalResourceId, properties, CLOUDFRONT));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  environmentTest('keeps the first key after a replacement was rolled back', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    const second = await environment.update(
      first.PhysicalResourceId, { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] }, CLOUDFRONT,
    );
    environment.bucket.fail(403);

    await environment.fn.invoke(environment.updateEvent(second.PhysicalResourceId, CLOUDFRONT, CLOUDFRONT));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);
  }));

  environmentTest('keeps the key if an earlier response to the same event was accepted', withEnvironment({}, async (
    environment,
  ) => {
    const event = environment.createEvent();
    const response = await environment.send(event);
    environment.bucket.fail(403);

    await environment.fn.invoke(event);

    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  }));

  environmentTest.each([500, 502, 504])('keeps the key after HTTP %d, because CloudFormation may have the response', (
    status,
  ) => withEnvironment({}, async (environment) => {
    environment.bucket.fail(status, 403);

    await environment.fn.invoke(environment.createEvent(), 18_000);

    expect(environment.liveKeys).toHaveLength(1);
    const warnings = environment.fn.log.filter(({ level }) => level === 'WARN');
    expect(warnings).toMatchObject([
      { operation: 'Create', outcome: 'SUCCESS', delivery: 'unknown' },
      { outcome: 'kept', detail: 'CloudFormation did not say whether it holds the key' },
    ]);
  })());

  environmentTest.each([
    undefined, '', 'x', 'ftp://127.0.0.1/', 'ftp://127.0.0.1/https://x/',
  ])('creates nothing if the response URL is %s', (url) => withEnvironment({}, async (environment) => {
    await environment.fn.invoke({ ...environment.createEvent(), ResponseURL: url as string });

    expect(environment.waf.calls).toEqual([]);
    expect(environment.fn.log).toEqual([
      expect.objectContaining({ outcome: 'ignored', detail: expect.stringContaining('ResponseURL') }),
    ]);
  })());

  environmentTest('does not prevent a delete', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    await environment.fn.invoke(environment.deleteEvent(first.PhysicalResourceId));

    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest('keeps the key if CloudFormation may have the response', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail('reset-after', 403);

    const response = await environment.create();

    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  }));
});
