import { CLOUDFRONT, inWorld } from './support/world';

jest.setTimeout(120_000);

const LONGEST_DOMAINS = [1, 2, 3, 4, 5].map((n) => `${n}${'a'.repeat(62)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.com`);

// The bucket of the tests checks the limits of CloudFormation: ids of 1 KB, answers of 4,096 bytes.
test.concurrent.each([688, 1_372, 2_048])('a key of %d characters with five domains of 253 can be made, updated and deleted', (keyLength) => inWorld({ keyLength }, async (world) => {
  const properties = { ...CLOUDFRONT, TokenDomains: LONGEST_DOMAINS };
  expect(LONGEST_DOMAINS.map((domain) => domain.length)).toEqual([253, 253, 253, 253, 253]);

  const created = await world.create(properties);
  expect(created.Data!.APIKey).toHaveLength(keyLength);
  const updated = await world.update(created.PhysicalResourceId, { ...properties, ServiceTimeout: '60' }, properties);
  expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: created.PhysicalResourceId, Data: created.Data });

  await world.delete(created.PhysicalResourceId, properties);
  expect(world.liveKeys).toEqual([]);
})());

test.concurrent.each([688, 2_048])('a key of %d characters is found and deleted among 1,000 others', (keyLength) => inWorld({ keyLength }, async (world) => {
  const add = (count: number) => Array.from({ length: count }, () => world.waf.addKey({
    scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
  }).apiKey);
  const older = add(500);
  const created = await world.create();
  const newer = add(500);

  const updated = await world.update(created.PhysicalResourceId, { ...CLOUDFRONT, ServiceTimeout: '60' }, CLOUDFRONT);
  expect(updated.PhysicalResourceId).toBe(created.PhysicalResourceId);
  await world.delete(created.PhysicalResourceId);

  expect(world.liveKeys).toEqual([...older, ...newer]);
})());

test.concurrent('a key too long for its id that was removed by hand is deleted without complaint', inWorld({ keyLength: 2_048 }, async (world) => {
  const created = await world.create();
  world.waf.removeKey(created.Data!.APIKey);

  expect(await world.delete(created.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

  expect(world.changes).toEqual(['CreateAPIKey us-east-1 ok']);
  expect(world.fn.log).toContainEqual(expect.objectContaining({ outcome: 'missing', detail: 'no key in the list has the digest of the id' }));
}));

test.concurrent('an answer that CloudFormation would not take is FAILED, and the key is deleted again', inWorld({ keyLength: 2_048 }, async (world) => {
  const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT, StackId: `arn:aws:cloudformation:${'x'.repeat(1_900)}` });

  expect(await world.send(event)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('4096') });

  expect(world.liveKeys).toEqual([]);
}));

test.concurrent('… and if that fails, the answer names the key, so that its Delete tries once more', inWorld({ keyLength: 2_048 }, async (world) => {
  world.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });
  const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT, StackId: `arn:aws:cloudformation:${'x'.repeat(1_900)}` });

  const failed = await world.send(event);
  expect(failed.Status).toBe('FAILED');
  expect(world.liveKeys).toHaveLength(1);

  await world.delete(failed.PhysicalResourceId);
  expect(world.liveKeys).toEqual([]);
}));

test.concurrent('a roll-back finds the first key after 60 replacements, more than the id has room to remember', inWorld({}, async (world) => {
  const properties = (n: number) => ({ ...CLOUDFRONT, TokenDomains: [`shop${n}.example.com`] });
  let current = await world.create(properties(0));
  for (let n = 1; n <= 60; n++) {
    const next = await world.update(current.PhysicalResourceId, properties(n), properties(n - 1));
    if (n < 60) {
      await world.delete(current.PhysicalResourceId, properties(n - 1));
      current = next;
    } else {
      const restored = await world.update(next.PhysicalResourceId, properties(59), properties(60));
      await world.delete(next.PhysicalResourceId, properties(60));
      expect(restored.Data).toEqual(current.Data);
    }
  }
  expect(world.liveKeys).toEqual([current.Data!.APIKey]);
}));
