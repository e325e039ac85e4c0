import { CLOUDFRONT, inWorld } from './support/world';

jest.setTimeout(180_000);

describe('CloudFormation cannot be told', () => {
  test.concurrent.each([500, 503, 'reset', 'hang', 'reset-after'] as const)('%s, then well: one answer, and the key lives', (fault) => inWorld({}, async (world) => {
    world.bucket.fail(fault);

    const answer = await world.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  test.concurrent('refused for good: the key that nobody would know of is deleted again', inWorld({}, async (world) => {
    world.bucket.fail(403);
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    await world.fn.invoke(event);

    expect(world.bucket.answerTo(event.RequestId)).toBeUndefined();
    expect(world.liveKeys).toEqual([]);
    expect(world.bucket.puts).toBe(1);
  }));

  test.concurrent('failing until the end: it is tried for a bounded time, then the key is deleted again', inWorld({}, async (world) => {
    world.bucket.fail('down');
    const end = world.now() + 12_000;

    await world.fn.invoke(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), 12_000);

    expect(world.now()).toBeLessThan(end);
    expect(world.liveKeys).toEqual([]);
  }));

  test.concurrent('refused for good, and the key cannot be deleted: the log names it before the function\'s time is up', inWorld({}, async (world) => {
    world.bucket.fail(403);
    world.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });
    const end = world.now() + 18_000;

    await world.fn.invoke(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), 18_000);

    expect(world.now()).toBeLessThan(end);
    expect(world.fn.log).toContainEqual(expect.objectContaining({ outcome: 'left', apiKey: world.liveKeys[0] }));
  }));

  test.concurrent('an update that nobody heard of: the new key is deleted again, the first one lives', inWorld({}, async (world) => {
    const first = await world.create();
    world.bucket.fail(403);

    await world.fn.invoke(world.event({
      RequestType: 'Update',
      PhysicalResourceId: first.PhysicalResourceId,
      ResourceProperties: { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] },
    }));

    expect(world.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  test.concurrent('of an update that keeps the key: the key lives', inWorld({}, async (world) => {
    const first = await world.create();
    world.bucket.fail(403);

    await world.fn.invoke(world.event({
      RequestType: 'Update', PhysicalResourceId: first.PhysicalResourceId, ResourceProperties: { ...CLOUDFRONT, ServiceTimeout: '60' },
    }));

    expect(world.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  test.concurrent('of a replacement that was rolled back: the first key lives', inWorld({}, async (world) => {
    const first = await world.create();
    const second = await world.update(first.PhysicalResourceId, { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] }, CLOUDFRONT);
    world.bucket.fail(403);

    await world.fn.invoke(world.event({ RequestType: 'Update', PhysicalResourceId: second.PhysicalResourceId, ResourceProperties: CLOUDFRONT }));

    expect(world.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);
  }));

  test.concurrent('of an event delivered once more, whose first answer was taken: the key lives', inWorld({}, async (world) => {
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
    const answer = await world.send(event);
    world.bucket.fail(403);

    await world.fn.invoke(event);

    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  }));

  test.concurrent.each([500, 502, 504])('HTTP %d for good, after which CloudFormation may have it: the key lives', (status) => inWorld({}, async (world) => {
    world.bucket.fail(status, 403);

    await world.fn.invoke(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }));

    expect(world.liveKeys).toHaveLength(1);
  })());

  test.concurrent.each([undefined, '', 'x', 'ftp://127.0.0.1/'])('at %s: nothing is made, for nobody waits for an answer', (url) => inWorld({}, async (world) => {
    await world.fn.invoke({ ...world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), ResponseURL: url as string });

    expect(world.waf.calls).toEqual([]);
    expect(world.fn.log).toEqual([expect.objectContaining({ outcome: 'ignored', detail: expect.stringContaining('ResponseURL') })]);
  })());

  test.concurrent('of a delete: it is done all the same', inWorld({}, async (world) => {
    const first = await world.create();
    world.bucket.fail(403);

    await world.fn.invoke(world.event({ RequestType: 'Delete', PhysicalResourceId: first.PhysicalResourceId }));

    expect(world.liveKeys).toEqual([]);
  }));

  test.concurrent('in doubt whether it was told: the key lives, for the stack may hold it', inWorld({}, async (world) => {
    world.bucket.fail('reset-after', 403);

    const answer = await world.create();

    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  }));
});
