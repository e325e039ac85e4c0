import { CLOUDFRONT, environmentTest, HOME, Properties, REGIONAL, withEnvironment } from './support/test-environment';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['example.com', 'shop.example.com'] };

describe('update that keeps the key', () => {
  const unchanged: [string, Properties][] = [
    ['an unrelated property', { ServiceTimeout: '60' }],
    ['order, case and repetition of the domains', { TokenDomains: ['WWW.example.com', 'example.com', 'Example.com'] }],
    ['an empty rotation', { RotationId: '' }],
  ];
  environmentTest.each(unchanged)('keeps it for %s', (_, change) => withEnvironment({}, async (environment) => {
    const created = await environment.create();

    const updated = await environment.update(created.PhysicalResourceId, { ...CLOUDFRONT, ...change }, CLOUDFRONT);

    expect(updated).toEqual(created.Data ? {
      ...updated, PhysicalResourceId: created.PhysicalResourceId, Data: created.Data, Status: 'SUCCESS',
    } : {});
    expect(environment.changes).toEqual(['CreateAPIKey us-east-1 ok']);
    expect(environment.waf.calls).toHaveLength(3);
  })());
});

describe('update that replaces the key', () => {
  const changes: [string, Properties, Properties, string][] = [
    ['domains', CLOUDFRONT, OTHER, 'us-east-1'],
    ['scope', CLOUDFRONT, { ...CLOUDFRONT, Scope: 'REGIONAL' }, HOME],
    ['region', REGIONAL, { ...REGIONAL, Region: 'us-west-2' }, 'us-west-2'],
    ['rotation', CLOUDFRONT, { ...CLOUDFRONT, RotationId: '2026-11' }, 'us-east-1'],
  ];
  environmentTest.each(changes)('creates the new key first and deletes the old one where it was created: %s', (
    _, before, after, region,
  ) => withEnvironment({}, async (environment) => {
    const first = await environment.create(before);

    const second = await environment.update(first.PhysicalResourceId, after, before);
    expect(second.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
    expect(environment.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);

    await environment.delete(first.PhysicalResourceId, before);
    expect(environment.waf.keys()).toMatchObject([{ apiKey: second.Data!.APIKey, region }]);
  })());

  environmentTest('replaces a key deleted by hand, if the list misses it although it still decrypts', withEnvironment({
    deletedKeysDecryptable: true,
  }, async (environment) => {
    const first = await environment.create();
    environment.waf.removeKey(first.Data!.APIKey);

    const second = await environment.update(first.PhysicalResourceId, CLOUDFRONT, CLOUDFRONT);

    expect(second.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
    expect(environment.liveKeys).toEqual([second.Data!.APIKey]);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      requestType: 'Update', outcome: 'missing', detail: 'the key is no longer listed; creating another',
    }));
  }));

  environmentTest('does not touch the key of another handler\'s id', withEnvironment({}, async (environment) => {
    const foreign = environment.waf.addKey({
      scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
    });

    const response = await environment.update('made-by-another-handler', CLOUDFRONT, CLOUDFRONT);

    expect(environment.liveKeys).toEqual([foreign.apiKey, response.Data!.APIKey]);
  }));

  environmentTest('keeps a key that the list does not show yet', withEnvironment({
    createdKeyListedAfterMs: 2_000,
  }, async (environment) => {
    const first = await environment.create();

    const second = await environment.update(
      first.PhysicalResourceId, { ...CLOUDFRONT, ServiceTimeout: '60' }, CLOUDFRONT,
    );

    expect(second.PhysicalResourceId).toBe(first.PhysicalResourceId);
  }));
});

describe('failed update', () => {
  environmentTest('responds with the first id and logs the new key if the roll-back fails', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    environment.waf.configure({ integrationUrl: 'absent' });
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);

    expect(await environment.send(event, environment.fn, 12_000)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: first.PhysicalResourceId,
      Reason: expect.stringMatching(/ The new key could not be rolled back: \S{32}…$/),
    });

    const [kept, left] = environment.liveKeys;
    expect(kept).toBe(first.Data!.APIKey);
    expect(environment.fn.log.at(-1)).toMatchObject({
      level: 'ERROR', outcome: 'orphaned', apiKey: left, physicalId: expect.stringContaining(left),
    });
    const { Reason } = environment.bucket.responseTo(event.RequestId)!;
    expect(left.startsWith(/(\S+)…$/.exec(Reason!)![1])).toBe(true);
  }));

  environmentTest('continues to roll back the new key after the response', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.waf.configure({ integrationUrl: 'absent' });
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 3 });
    const event = environment.updateEvent(first.PhysicalResourceId, OTHER, CLOUDFRONT);

    expect(await environment.send(event)).toMatchObject({
      Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId,
    });

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
    expect(environment.fn.log.at(-1)).toMatchObject({
      level: 'INFO', outcome: 'cleaned up', detail: 'no resource holds the key; it is deleted',
    });
  }));
});
