import { CLOUDFRONT, environmentTest, withEnvironment } from './support/test-environment';

describe('CloudFormation cannot be told', () => {
  environmentTest.each(
    [500, 503, 'reset', 'hang', 'reset-after'] as const,
  )('%s, then well: one answer, and the key lives', (
    fault,
  ) => withEnvironment({ longestWaitMs: 1_000 }, async (environment) => {
    environment.bucket.fail(fault);

    const answer = await environment.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  environmentTest('refused for good: the key that nobody would know of is deleted again', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail(403);
    const event = environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    await environment.fn.invoke(event);

    expect(environment.bucket.answerTo(event.RequestId)).toBeUndefined();
    expect(environment.liveKeys).toEqual([]);
    expect(environment.bucket.puts).toBe(1);
  }));

  environmentTest('failing until the end: it is tried for a bounded time, then the key is '
    + 'deleted again', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail('down');

    await environment.fn.invoke(environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), 12_000);

    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest('refused for good, and the key cannot be deleted: the log names it before the function\'s '
    + 'time is up', withEnvironment({
    longestWaitMs: 1_000,
  }, async (environment) => {
    environment.bucket.fail(403);
    environment.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });

    await environment.fn.invoke(environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), 18_000);

    expect(environment.fn.log).toContainEqual(
      expect.objectContaining({ outcome: 'orphaned', apiKey: environment.liveKeys[0] }),
    );
  }));

  environmentTest('an update that nobody heard of: the new key is deleted again, the first '
    + 'one lives', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    await environment.fn.invoke(environment.event({
      RequestType: 'Update',
      PhysicalResourceId: first.PhysicalResourceId,
      ResourceProperties: { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] },
    }));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  environmentTest('of an update that keeps the key: the key lives', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    await environment.fn.invoke(environment.event({
      RequestType: 'Update',
      PhysicalResourceId: first.PhysicalResourceId,
      ResourceProperties: { ...CLOUDFRONT, ServiceTimeout: '60' },
    }));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  environmentTest('of a replacement that was rolled back: the first key lives', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    const second = await environment.update(
      first.PhysicalResourceId, { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] }, CLOUDFRONT,
    );
    environment.bucket.fail(403);

    await environment.fn.invoke(environment.event({
      RequestType: 'Update', PhysicalResourceId: second.PhysicalResourceId, ResourceProperties: CLOUDFRONT,
    }));

    expect(environment.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);
  }));

  environmentTest('of an event delivered once more, whose first answer was taken: the '
    + 'key lives', withEnvironment({}, async (
    environment,
  ) => {
    const event = environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
    const answer = await environment.send(event);
    environment.bucket.fail(403);

    await environment.fn.invoke(event);

    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  }));

  environmentTest.each([500, 502, 504])('HTTP %d for good, after which CloudFormation may have it: the key lives', (
    status,
  ) => withEnvironment({}, async (environment) => {
    environment.bucket.fail(status, 403);

    await environment.fn.invoke(environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), 18_000);

    expect(environment.liveKeys).toHaveLength(1);
  })());

  environmentTest.each([
    undefined, '', 'x', 'ftp://127.0.0.1/',
  ])('at %s: nothing is made, for nobody waits for an answer', (url) => withEnvironment({}, async (environment) => {
    await environment.fn.invoke({
      ...environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), ResponseURL: url as string,
    });

    expect(environment.waf.calls).toEqual([]);
    expect(environment.fn.log).toEqual([
      expect.objectContaining({ outcome: 'ignored', detail: expect.stringContaining('ResponseURL') }),
    ]);
  })());

  environmentTest('of a delete: it is done all the same', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.bucket.fail(403);

    await environment.fn.invoke(
      environment.event({ RequestType: 'Delete', PhysicalResourceId: first.PhysicalResourceId }),
    );

    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest('keeps the key if CloudFormation may have got the response', withEnvironment({}, async (
    environment,
  ) => {
    environment.bucket.fail('reset-after', 403);

    const answer = await environment.create();

    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  }));
});
