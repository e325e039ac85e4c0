import { CLOUDFRONT, environmentTest, HOME, REGIONAL, withEnvironment } from './support/test-environment';

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

    const failed = await environment.send(environment.createEvent(), environment.fn, 12_000);
    expect(failed.Status).toBe('FAILED');
    expect(environment.liveKeys).toHaveLength(1);
    expect(environment.fn.log.at(-1)).toMatchObject({
      level: 'ERROR',
      outcome: 'orphaned',
      physicalId: failed.PhysicalResourceId,
      apiKey: environment.liveKeys[0],
      detail: 'no resource holds the key',
    });

    environment.waf.clearFaults();
    await environment.delete(failed.PhysicalResourceId);
    expect(environment.liveKeys).toEqual([]);
  }));
});
