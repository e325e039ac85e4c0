import { createServer } from 'node:http';
import { CLOUDFRONT, environmentTest, virtualTimeTest, withEnvironment } from './support/test-environment';
import { close, listen } from '../../local/listen';

const LONGEST_DOMAINS = [1, 2, 3, 4, 5].map(
  (n) => `${n}${'a'.repeat(62)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.com`,
);

// The bucket of the tests checks the limits of CloudFormation: ids of 1 KB, responses of 4,096 bytes.
environmentTest.each([
  688, 1_372, 2_048,
])('a key of %d characters with five domains of 253 can be created, updated and deleted', (
  keyLength,
) => withEnvironment({ keyLength }, async (environment) => {
  const properties = { ...CLOUDFRONT, TokenDomains: LONGEST_DOMAINS };
  expect(LONGEST_DOMAINS.map((domain) => domain.length)).toEqual([253, 253, 253, 253, 253]);

  const created = await environment.create(properties);
  expect(created.Data!.APIKey).toHaveLength(keyLength);
  const updated = await environment.update(
    created.PhysicalResourceId, { ...properties, ServiceTimeout: '60' }, properties,
  );
  expect(updated).toMatchObject({
    Status: 'SUCCESS', PhysicalResourceId: created.PhysicalResourceId, Data: created.Data,
  });

  await environment.delete(created.PhysicalResourceId, properties);
  expect(environment.liveKeys).toEqual([]);
})());

environmentTest.each([688, 2_048])('a key of %d characters is found and deleted among 1,000 others', (keyLength) =>
  withEnvironment({ keyLength }, async (environment) => {
    const add = (count: number) => Array.from({ length: count }, () => environment.waf.addKey({
      scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
    }).apiKey);
    const older = add(500);
    const created = await environment.create();
    const newer = add(500);

    const updated = await environment.update(
      created.PhysicalResourceId, { ...CLOUDFRONT, ServiceTimeout: '60' }, CLOUDFRONT,
    );
    expect(updated.PhysicalResourceId).toBe(created.PhysicalResourceId);
    await environment.delete(created.PhysicalResourceId);

    expect(environment.liveKeys).toEqual([...older, ...newer]);
  })());

environmentTest('a key is found after a page without keys, and after a key without domains', async () => {
  const pages: object[] = [];
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(pages.shift()));
  });
  const wafUrl = `http://${await listen(server)}`;
  await withEnvironment({}, async (environment) => {
    const { PhysicalResourceId, Data } = await environment.create();
    pages.push(
      { ApplicationIntegrationURL: Data!.ApplicationIntegrationURL, NextMarker: 'second' },
      { APIKeySummaries: [{ APIKey: 'without-domains' }, { TokenDomains: ['example.com'] }, { APIKey: Data!.APIKey }] },
    );

    const changed = { ...CLOUDFRONT, ServiceTimeout: '60' };
    const fn = environment.anotherFunction({ wafUrl });
    expect(await environment.update(PhysicalResourceId, changed, CLOUDFRONT, fn)).toMatchObject({
      Status: 'SUCCESS', PhysicalResourceId, Data,
    });
  })().finally(() => close(server));
});

environmentTest('a key too long for its id that was deleted by hand is deleted without an error', withEnvironment({
  keyLength: 2_048,
}, async (environment) => {
  const created = await environment.create();
  environment.waf.removeKey(created.Data!.APIKey);

  expect(await environment.delete(created.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

  expect(environment.changes).toEqual(['CreateAPIKey us-east-1 ok']);
  expect(environment.fn.log).toContainEqual(
    expect.objectContaining({
      outcome: 'missing',
      physicalId: created.PhysicalResourceId,
      detail: 'no listed key has the digest of the id',
    }),
  );
}));

environmentTest('a response that CloudFormation would reject becomes FAILED, and the key is deleted', withEnvironment({
  keyLength: 2_048,
}, async (environment) => {
  const event = environment.event({
    RequestType: 'Create', ResourceProperties: CLOUDFRONT, StackId: `arn:aws:cloudformation:${'x'.repeat(1_900)}`,
  });

  expect(await environment.send(event)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('4,096') });

  expect(environment.liveKeys).toEqual([]);
}));

environmentTest('an oversized response names the key if the roll-back fails, so Delete retries', withEnvironment({
  keyLength: 2_048,
}, async (environment) => {
  environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });
  const event = environment.event({
    RequestType: 'Create', ResourceProperties: CLOUDFRONT, StackId: `arn:aws:cloudformation:${'x'.repeat(1_900)}`,
  });

  const failed = await environment.send(event, environment.fn, 18_000);
  expect(failed.Status).toBe('FAILED');
  expect(environment.liveKeys).toHaveLength(1);

  environment.waf.clearFaults();
  await environment.delete(failed.PhysicalResourceId);
  expect(environment.liveKeys).toEqual([]);
}));

environmentTest('a failure is reported although id and reason double in length as JSON', async () => {
  const message = '"'.repeat(2_000);
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify({ __type: 'WAFInvalidParameterException', message }));
  });
  await withEnvironment({ fn: { wafUrl: `http://${await listen(server)}` } }, async (environment) => {
    const failed = await environment.update('"'.repeat(1_024), CLOUDFRONT, CLOUDFRONT);

    const Reason = expect.stringMatching(/^AWS WAF rejected wafv2:CreateAPIKey: .*"{100}$/);
    expect(failed).toMatchObject({ Status: 'FAILED', Reason });
  })().finally(() => close(server));
});

const MANY = 'a roll-back finds the first key after 60 replacements, too many for an id';
virtualTimeTest(MANY, 10, withEnvironment({}, async (environment) => {
  const properties = (n: number) => ({ ...CLOUDFRONT, TokenDomains: [`shop${n}.example.com`] });
  let current = await environment.create(properties(0));
  for (let n = 1; n <= 60; n++) {
    const next = await environment.update(current.PhysicalResourceId, properties(n), properties(n - 1));
    if (n < 60) {
      await environment.delete(current.PhysicalResourceId, properties(n - 1));
      current = next;
    } else {
      const restored = await environment.update(next.PhysicalResourceId, properties(59), properties(60));
      await environment.delete(next.PhysicalResourceId, properties(60));
      expect(restored.Data).toEqual(current.Data);
    }
  }
  expect(environment.liveKeys).toEqual([current.Data!.APIKey]);
}));
