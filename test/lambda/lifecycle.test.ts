import { CLOUDFRONT, environmentTest, HOME, Properties, REGIONAL, withEnvironment } from './support/test-environment';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['example.com', 'shop.example.com'] };

describe('create', () => {
  environmentTest('creates a CLOUDFRONT key in us-east-1, in whatever Region it runs', withEnvironment({}, async (
    environment,
  ) => {
    const response = await environment.create();

    const [key] = environment.waf.keys();
    expect(response).toMatchObject({
      Status: 'SUCCESS',
      Data: {
        APIKey: key.apiKey,
        ApplicationIntegrationURL: expect.stringMatching(/^https:\/\/.+\.edge\.captcha-sdk\.awswaf\.com\/.+\/$/),
      },
    });
    expect(key).toMatchObject({
      scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
    });
    expect(environment.liveKeys).toHaveLength(1);
  }));

  environmentTest('creates a REGIONAL key in the Region of the function', withEnvironment({}, async (environment) => {
    const response = await environment.create(REGIONAL);

    expect(response.Data!.ApplicationIntegrationURL).toContain(`.${HOME}.captcha-sdk.awswaf.com/`);
    expect(environment.waf.keys()).toMatchObject([{ scope: 'REGIONAL', region: HOME }]);
  }));

  environmentTest('creates a REGIONAL key in another Region if the properties name one', withEnvironment({}, async (
    environment,
  ) => {
    await environment.create({ ...REGIONAL, Region: 'ap-southeast-2' });

    expect(environment.waf.keys()).toMatchObject([{ scope: 'REGIONAL', region: 'ap-southeast-2' }]);
  }));

  environmentTest('calls AWS WAF for the key and for the script URL, once each', withEnvironment({}, async (
    environment,
  ) => {
    await environment.create();

    expect(environment.waf.calls.map((call) => call.operation).sort()).toEqual(['CreateAPIKey', 'ListAPIKeys']);
  }));

  environmentTest('normalizes domains that were tokens', withEnvironment({}, async (environment) => {
    await environment.create({
      ...CLOUDFRONT, TokenDomains: ['WWW.Example.com', 'bücher.example', 'www.example.com', 'example.org.'],
    });

    expect(environment.waf.keys()[0].tokenDomains).toEqual(['example.org', 'www.example.com', 'xn--bcher-kva.example']);
  }));

  environmentTest('creates one key per resource with the same domains', withEnvironment({}, async (environment) => {
    const [one, two] = [await environment.create(), await environment.create()];

    expect(one.PhysicalResourceId).not.toBe(two.PhysicalResourceId);
    expect(environment.liveKeys).toEqual([one.Data!.APIKey, two.Data!.APIKey]);
  }));
});

describe('delete', () => {
  environmentTest('deletes only the key of the resource, by one call', withEnvironment({}, async (
    environment,
  ) => {
    const [one, two] = [await environment.create(), await environment.create()];

    expect(await environment.delete(one.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([two.Data!.APIKey]);
    expect(environment.waf.calls).toHaveLength(5);
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

  environmentTest.each([
    'Shop-CaptchaKey961B73FD-1ABCDEFGHIJKL',
    'not-created',
    'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
  ])('makes no call to AWS WAF for an id of another handler: %s', (id) => withEnvironment({}, async (environment) => {
    await environment.create();

    expect(await environment.delete(id)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toHaveLength(1);
    expect(environment.waf.calls).toHaveLength(2);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({ requestType: 'Delete', outcome: 'ignored' }));
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

describe('failed create', () => {
  environmentTest('responds with an id whose Delete touches nothing', withEnvironment({}, async (environment) => {
    const failed = await environment.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] });
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('wafv2:CreateAPIKey') });

    expect(await environment.delete(failed.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
    expect(environment.waf.calls.some((call) => call.operation === 'DeleteAPIKey')).toBe(false);
  }));

  environmentTest('deletes the key if the list is denied for good', withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind: 'AccessDeniedException', operation: 'ListAPIKeys', times: 1_000 });

    const failed = await environment.create();

    expect(failed).toMatchObject({
      Status: 'FAILED', PhysicalResourceId: 'not-created', Reason: expect.stringContaining('wafv2:ListAPIKeys'),
    });
    expect(environment.changes).toEqual(['CreateAPIKey us-east-1 ok', 'DeleteAPIKey us-east-1 ok']);
  }));

  environmentTest('responds with the key\'s id if the roll-back fails, so Delete retries', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.configure({ integrationUrl: 'absent' });
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });

    const failed = await environment.send(
      environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), environment.fn, 12_000,
    );
    expect(failed.Status).toBe('FAILED');
    expect(environment.liveKeys).toHaveLength(1);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      outcome: 'orphaned',
      scope: 'CLOUDFRONT',
      region: 'us-east-1',
      apiKey: environment.liveKeys[0],
      error: expect.stringContaining('wafv2:DeleteAPIKey'),
    }));

    environment.waf.clearFaults();
    await environment.delete(failed.PhysicalResourceId);
    expect(environment.liveKeys).toEqual([]);
  }));
});

describe('failed update', () => {
  environmentTest('responds with the first id and logs the new key if the roll-back fails', withEnvironment({}, async (
    environment,
  ) => {
    const first = await environment.create();
    environment.waf.configure({ integrationUrl: 'absent' });
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });
    const event = environment.event({
      RequestType: 'Update', PhysicalResourceId: first.PhysicalResourceId, ResourceProperties: OTHER,
    });

    expect(await environment.send(event, environment.fn, 12_000)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: first.PhysicalResourceId,
      Reason: expect.stringMatching(/^The new key could not be rolled back; see the function's log\./),
    });

    const [kept, left] = environment.liveKeys;
    expect(kept).toBe(first.Data!.APIKey);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({ outcome: 'orphaned', apiKey: left }));
  }));

  environmentTest('continues to roll back the new key after the response', withEnvironment({}, async (environment) => {
    const first = await environment.create();
    environment.waf.configure({ integrationUrl: 'absent' });
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 3 });
    const event = environment.event({
      RequestType: 'Update', PhysicalResourceId: first.PhysicalResourceId, ResourceProperties: OTHER,
    });

    expect(await environment.send(event)).toMatchObject({
      Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId,
    });

    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
    expect(environment.fn.log.at(-1)).toMatchObject({ outcome: 'cleaned up' });
  }));
});

describe('failed delete', () => {
  environmentTest('continues to delete the key after the response', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 3 });

    expect(await environment.delete(PhysicalResourceId)).toMatchObject({ Status: 'FAILED' });

    expect(environment.liveKeys).toEqual([]);
    expect(environment.fn.log.at(-1)).toMatchObject({ outcome: 'cleaned up' });
  }));
});

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

describe('validation of the properties', () => {
  const broken: [string, Properties, RegExp][] = [
    ['no Scope', { TokenDomains: ['example.com'] }, /^Scope: .*nothing/],
    ['wrong Scope', { ...CLOUDFRONT, Scope: 'cloudfront' }, /^Scope: .*"cloudfront"/],
    ['no TokenDomains', { Scope: 'REGIONAL' }, /^TokenDomains: .*nothing/],
    ['TokenDomains a string', { ...CLOUDFRONT, TokenDomains: 'example.com' }, /^TokenDomains: .*"example.com"/],
    [
      'TokenDomains that are not strings',
      { ...CLOUDFRONT, TokenDomains: [{}] },
      /^TokenDomains: must be a list of domains, got \[{}\]$/,
    ],
    ['no domain', { ...CLOUDFRONT, TokenDomains: [] }, /^TokenDomains: .*got 0/],
    [
      'six domains',
      { ...CLOUDFRONT, TokenDomains: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`) },
      /^TokenDomains: .*got 6/,
    ],
    ['a URL', { ...CLOUDFRONT, TokenDomains: ['https://example.com/'] }, /^TokenDomains: .*https/],
    ['a domain of 254 characters', { ...CLOUDFRONT, TokenDomains: [`${'a'.repeat(250)}.com`] }, /^TokenDomains: /],
    ['a value too long to be quoted', { ...CLOUDFRONT, Scope: 'x'.repeat(10_000) }, /^Scope: .{1,50}"x{299}$/],
    ['a newer format', { ...CLOUDFRONT, FormatVersion: '2' }, /^FormatVersion: .*"2"/],
    ['an invalid Region', { ...REGIONAL, Region: 'https://evil.example/' }, /^Region: /],
    ['a RotationId that is not a string', { ...CLOUDFRONT, RotationId: ['x'] }, /^RotationId: /],
  ];
  environmentTest.each(broken)('fails for %s', (_, properties, reason) => withEnvironment({}, async (environment) => {
    expect(await environment.create({ ...properties })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(reason),
    });
    expect(environment.waf.calls).toEqual([]);
  })());

  environmentTest('fails for another request type', withEnvironment({}, async (environment) => {
    const event = environment.event({
      RequestType: 'Replace' as 'Update', PhysicalResourceId: 'x', ResourceProperties: CLOUDFRONT,
    });

    expect(await environment.send(event)).toMatchObject({
      Status: 'FAILED', Reason: 'RequestType: must be Create, Update or Delete, got Replace',
    });
    expect(environment.waf.calls).toEqual([]);
  }));

  environmentTest('treats an empty text as missing', withEnvironment({}, async (environment) => {
    expect(await environment.create({ ...REGIONAL, Region: '', RotationId: '' })).toMatchObject({ Status: 'SUCCESS' });
    expect(environment.changes).toEqual(['CreateAPIKey eu-west-1 ok']);
  }));

  environmentTest('treats a format without a version as the first one', withEnvironment({}, async (environment) => {
    expect(await environment.create({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] })).toMatchObject({
      Status: 'SUCCESS',
    });
  }));
});
