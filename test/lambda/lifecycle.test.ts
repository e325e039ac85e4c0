import { CLOUDFRONT, HOME, inWorld, Properties, REGIONAL } from './support/world';

jest.setTimeout(60_000);

const OTHER = { ...CLOUDFRONT, TokenDomains: ['example.com', 'shop.example.com'] };

describe('create', () => {
  test.concurrent('makes a CLOUDFRONT key in us-east-1, whatever the region of the function', inWorld({}, async (world) => {
    const answer = await world.create();

    const [key] = world.waf.keys();
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      Data: { APIKey: key.apiKey, ApplicationIntegrationURL: expect.stringMatching(/^https:\/\/.+\.edge\.captcha-sdk\.awswaf\.com\/.+\/$/) },
    });
    expect(key).toMatchObject({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'] });
    expect(world.liveKeys).toHaveLength(1);
  }));

  test.concurrent('makes a REGIONAL key in the region of the function', inWorld({}, async (world) => {
    const answer = await world.create(REGIONAL);

    expect(answer.Data!.ApplicationIntegrationURL).toContain(`.${HOME}.captcha-sdk.awswaf.com/`);
    expect(world.waf.keys()).toMatchObject([{ scope: 'REGIONAL', region: HOME }]);
  }));

  test.concurrent('makes a REGIONAL key in another region if the properties name one', inWorld({}, async (world) => {
    await world.create({ ...REGIONAL, Region: 'ap-southeast-2' });

    expect(world.waf.keys()).toMatchObject([{ scope: 'REGIONAL', region: 'ap-southeast-2' }]);
  }));

  test.concurrent('asks AWS WAF for the key and for the URL of the script, once each', inWorld({}, async (world) => {
    await world.create();

    expect(world.waf.calls.map((call) => call.operation).sort()).toEqual(['CreateAPIKey', 'ListAPIKeys']);
  }));

  test.concurrent('brings domains that were tokens to normal form', inWorld({}, async (world) => {
    await world.create({ ...CLOUDFRONT, TokenDomains: ['WWW.Example.com', 'bücher.example', 'www.example.com', 'example.org.'] });

    expect(world.waf.keys()[0].tokenDomains).toEqual(['example.org', 'www.example.com', 'xn--bcher-kva.example']);
  }));

  test.concurrent('gives two resources with the same domains a key each', inWorld({}, async (world) => {
    const [one, two] = [await world.create(), await world.create()];

    expect(one.PhysicalResourceId).not.toBe(two.PhysicalResourceId);
    expect(world.liveKeys).toEqual([one.Data!.APIKey, two.Data!.APIKey]);
  }));
});

describe('delete', () => {
  test.concurrent('deletes the key of the resource and no other, by one call', inWorld({}, async (world) => {
    const [one, two] = [await world.create(), await world.create()];

    expect(await world.delete(one.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(world.liveKeys).toEqual([two.Data!.APIKey]);
    expect(world.waf.calls).toHaveLength(5);
  }));

  test.concurrent('succeeds twice', inWorld({}, async (world) => {
    const { PhysicalResourceId } = await world.create();
    await world.delete(PhysicalResourceId);

    expect(await world.delete(PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
  }));

  test.concurrent('succeeds for a key that was removed by hand', inWorld({}, async (world) => {
    const answer = await world.create();
    world.waf.removeKey(answer.Data!.APIKey);

    expect(await world.delete(answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
  }));

  test.concurrent.each([
    'Shop-CaptchaKey961B73FD-1ABCDEFGHIJKL',
    'not-created',
    'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
    'waf-captcha-api-key/2/CLOUDFRONT/us-east-1/0123456789abcdef//key',
  ])('asks nothing of AWS WAF for an id that is not ours: %s', (id) => inWorld({}, async (world) => {
    await world.create();

    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });

    expect(world.liveKeys).toHaveLength(1);
    expect(world.waf.calls).toHaveLength(2);
    expect(world.fn.log).toContainEqual(expect.objectContaining({ requestType: 'Delete', outcome: 'ignored', detail: 'the id names no key' }));
  })());

  test.concurrent('deletes where the key was made, although properties and function are elsewhere by now', inWorld({}, async (world) => {
    const { PhysicalResourceId } = await world.create({ ...REGIONAL, Region: 'ap-southeast-2' });

    await world.delete(PhysicalResourceId, { ...REGIONAL, Scope: 'CLOUDFRONT' }, world.anotherFunction({ region: 'us-west-2' }));

    expect(world.liveKeys).toEqual([]);
    expect(world.changes).toEqual(['CreateAPIKey ap-southeast-2 ok', 'DeleteAPIKey ap-southeast-2 ok']);
  }));

  test.concurrent('needs no properties that it could understand', inWorld({}, async (world) => {
    const { PhysicalResourceId } = await world.create();

    expect(await world.delete(PhysicalResourceId, { FormatVersion: '99' })).toMatchObject({ Status: 'SUCCESS' });

    expect(world.liveKeys).toEqual([]);
  }));
});

describe('failed create', () => {
  test.concurrent('is answered with an id whose Delete touches nothing', inWorld({}, async (world) => {
    const failed = await world.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] });
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('wafv2:CreateAPIKey') });

    expect(await world.delete(failed.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

    expect(world.liveKeys).toEqual([]);
    expect(world.waf.calls.some((call) => call.operation === 'DeleteAPIKey')).toBe(false);
  }));

  test.concurrent('removes the key again when the list is denied for good', inWorld({}, async (world) => {
    world.waf.fail({ kind: 'AccessDeniedException', operation: 'ListAPIKeys', times: 1_000 });

    const failed = await world.create();

    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created', Reason: expect.stringContaining('wafv2:ListAPIKeys') });
    expect(world.changes).toEqual(['CreateAPIKey us-east-1 ok', 'DeleteAPIKey us-east-1 ok']);
  }));

  test.concurrent('answers with the id of the key that could not be removed again, so that its Delete tries once more', inWorld({}, async (world) => {
    world.waf.configure({ integrationUrl: 'absent' });
    world.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });

    const failed = await world.send(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), world.fn, 12_000);
    expect(failed.Status).toBe('FAILED');
    expect(world.liveKeys).toHaveLength(1);
    expect(world.fn.log).toContainEqual(expect.objectContaining({
      outcome: 'left', scope: 'CLOUDFRONT', region: 'us-east-1', apiKey: world.liveKeys[0], error: expect.stringContaining('wafv2:DeleteAPIKey'),
    }));

    await world.delete(failed.PhysicalResourceId);
    expect(world.liveKeys).toEqual([]);
  }));
});

describe('failed update', () => {
  test.concurrent('answers with the first id, and the log names the new key that could not be removed again', inWorld({}, async (world) => {
    const first = await world.create();
    world.waf.configure({ integrationUrl: 'absent' });
    world.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });
    const event = world.event({ RequestType: 'Update', PhysicalResourceId: first.PhysicalResourceId, ResourceProperties: OTHER });

    expect(await world.send(event, world.fn, 12_000)).toMatchObject({
      Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId, Reason: expect.stringMatching(/^A new key could not be deleted again/),
    });

    const [kept, left] = world.liveKeys;
    expect(kept).toBe(first.Data!.APIKey);
    expect(world.fn.log).toContainEqual(expect.objectContaining({ outcome: 'left', apiKey: left }));
  }));
});

describe('update that keeps the key', () => {
  const unchanged: [string, Properties][] = [
    ['an unrelated property', { ServiceTimeout: '60' }],
    ['order, case and repetition of the domains', { TokenDomains: ['WWW.example.com', 'example.com', 'Example.com'] }],
    ['an empty rotation', { RotationId: '' }],
  ];
  test.concurrent.each(unchanged)('%s', (_, change) => inWorld({}, async (world) => {
    const created = await world.create();

    const updated = await world.update(created.PhysicalResourceId, { ...CLOUDFRONT, ...change }, CLOUDFRONT);

    expect(updated).toEqual(created.Data ? { ...updated, PhysicalResourceId: created.PhysicalResourceId, Data: created.Data, Status: 'SUCCESS' } : {});
    expect(world.changes).toEqual(['CreateAPIKey us-east-1 ok']);
    expect(world.waf.calls).toHaveLength(3);
  })());
});

describe('update that replaces the key', () => {
  const changes: [string, Properties, Properties, string][] = [
    ['domains', CLOUDFRONT, OTHER, 'us-east-1'],
    ['scope', CLOUDFRONT, { ...CLOUDFRONT, Scope: 'REGIONAL' }, HOME],
    ['region', REGIONAL, { ...REGIONAL, Region: 'us-west-2' }, 'us-west-2'],
    ['rotation', CLOUDFRONT, { ...CLOUDFRONT, RotationId: '2026-11' }, 'us-east-1'],
  ];
  test.concurrent.each(changes)('%s: the new key is made first, the old one is deleted where it was made', (_, before, after, region) => inWorld({}, async (world) => {
    const first = await world.create(before);

    const second = await world.update(first.PhysicalResourceId, after, before);
    expect(second.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
    expect(world.liveKeys).toEqual([first.Data!.APIKey, second.Data!.APIKey]);

    await world.delete(first.PhysicalResourceId, before);
    expect(world.waf.keys()).toMatchObject([{ apiKey: second.Data!.APIKey, region }]);
  })());

  test.concurrent('a key that was removed by hand, found missing by the list although it still decrypts', inWorld({ deletedKeysDecryptable: true }, async (world) => {
    const first = await world.create();
    world.waf.removeKey(first.Data!.APIKey);

    const second = await world.update(first.PhysicalResourceId, CLOUDFRONT, CLOUDFRONT);

    expect(second.PhysicalResourceId).not.toBe(first.PhysicalResourceId);
    expect(world.liveKeys).toEqual([second.Data!.APIKey]);
    expect(world.fn.log).toContainEqual(expect.objectContaining({
      requestType: 'Update', outcome: 'missing', detail: 'the key is not in the list any more; making another',
    }));
  }));

  test.concurrent('an id that is not ours: its key is not touched', inWorld({}, async (world) => {
    const foreign = world.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'] });

    const answer = await world.update('made-by-another-handler', CLOUDFRONT, CLOUDFRONT);

    expect(world.liveKeys).toEqual([foreign.apiKey, answer.Data!.APIKey]);
  }));

  test.concurrent('a key that the list does not show yet is kept', inWorld({ createdKeyListedAfterMs: 2_000 }, async (world) => {
    const first = await world.create();

    const second = await world.update(first.PhysicalResourceId, { ...CLOUDFRONT, ServiceTimeout: '60' }, CLOUDFRONT);

    expect(second.PhysicalResourceId).toBe(first.PhysicalResourceId);
  }));
});

describe('properties that cannot be understood are answered with a reason that names them', () => {
  const broken: [string, Properties, RegExp][] = [
    ['no Scope', { TokenDomains: ['example.com'] }, /^Scope: .*nothing/],
    ['wrong Scope', { ...CLOUDFRONT, Scope: 'cloudfront' }, /^Scope: .*"cloudfront"/],
    ['no TokenDomains', { Scope: 'REGIONAL' }, /^TokenDomains: .*nothing/],
    ['TokenDomains a string', { ...CLOUDFRONT, TokenDomains: 'example.com' }, /^TokenDomains: .*"example.com"/],
    ['TokenDomains not of strings', { ...CLOUDFRONT, TokenDomains: [{}] }, /^TokenDomains: must be a list of domains, got \[{}\]$/],
    ['no domain', { ...CLOUDFRONT, TokenDomains: [] }, /^TokenDomains: .*got 0/],
    ['six domains', { ...CLOUDFRONT, TokenDomains: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`) }, /^TokenDomains: .*got 6/],
    ['a URL', { ...CLOUDFRONT, TokenDomains: ['https://example.com/'] }, /^TokenDomains: .*https/],
    ['a domain of 254 characters', { ...CLOUDFRONT, TokenDomains: [`${'a'.repeat(250)}.com`] }, /^TokenDomains: /],
    ['a value too long to be quoted', { ...CLOUDFRONT, Scope: 'x'.repeat(10_000) }, /^Scope: .{1,50}"x{299}$/],
    ['a newer format', { ...CLOUDFRONT, FormatVersion: '2' }, /^FormatVersion: .*"2"/],
    ['a Region that is none', { ...REGIONAL, Region: 'https://evil.example/' }, /^Region: /],
    ['a RotationId that is no text', { ...CLOUDFRONT, RotationId: ['x'] }, /^RotationId: /],
  ];
  test.concurrent.each(broken)('%s', (_, properties, reason) => inWorld({}, async (world) => {
    expect(await world.create({ ...properties })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(world.waf.calls).toEqual([]);
  })());

  test.concurrent('and so is a request of another kind', inWorld({}, async (world) => {
    const event = world.event({ RequestType: 'Replace' as 'Update', PhysicalResourceId: 'x', ResourceProperties: CLOUDFRONT });

    expect(await world.send(event)).toMatchObject({ Status: 'FAILED', Reason: 'RequestType: must be Create, Update or Delete, got Replace' });
    expect(world.waf.calls).toEqual([]);
  }));

  test.concurrent('but a text that is empty is none', inWorld({}, async (world) => {
    expect(await world.create({ ...REGIONAL, Region: '', RotationId: '' })).toMatchObject({ Status: 'SUCCESS' });
    expect(world.changes).toEqual(['CreateAPIKey eu-west-1 ok']);
  }));

  test.concurrent('but a format without a version is the first one', inWorld({}, async (world) => {
    expect(await world.create({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] })).toMatchObject({ Status: 'SUCCESS' });
  }));
});
