import {
  CreateAPIKeyCommand, DeleteAPIKeyCommand, GetDecryptedAPIKeyCommand, ListAPIKeysCommand,
} from '@aws-sdk/client-wafv2';
import { Settings } from '../../../emulator';
import { clientOf, useEmulator } from '../support';

const aws = useEmulator();
let apiKey: string;
beforeEach(() => {
  apiKey = aws.waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] }).apiKey;
});

const Scope = 'REGIONAL';
const operations = {
  create: (by = aws.client) => by.send(new CreateAPIKeyCommand({ Scope, TokenDomains: ['example.com'] })),
  list: (by = aws.client) => by.send(new ListAPIKeysCommand({ Scope })),
  get: (by = aws.client) => by.send(new GetDecryptedAPIKeyCommand({ Scope, APIKey: apiKey })),
  delete: (by = aws.client) => by.send(new DeleteAPIKeyCommand({
    Scope, APIKey: aws.waf.addKey({ scope: Scope, region: 'us-east-1', tokenDomains: ['a.com'] }).apiKey,
  })),
};

/** How many of the requests, all at the same time, are not throttled. */
async function passing(operation: keyof typeof operations, requests: number, by = aws.client): Promise<number> {
  let passed = 0;
  for (let i = 0; i < requests; i++) {
    await operations[operation](by).then(
      () => passed++, (error: unknown) => expect(error).toMatchObject({ name: 'ThrottlingException' }),
    );
  }
  return passed;
}

test('does not throttle by default', async () => {
  for (const operation of ['create', 'list', 'get', 'delete'] as const) expect(await passing(operation, 10)).toBe(10);
});

test.each([
  ['create', 1], ['list', 5], ['get', 5], ['delete', 1],
] as const)('the quotas of AWS allow %s %d times a second', async (operation, perSecond) => {
  aws.waf.configure({ quotas: 'aws' });
  expect(await passing(operation, perSecond + 3)).toBe(perSecond);
  aws.now += 999;
  expect(await passing(operation, perSecond + 3)).toBe(0);
  aws.now += 1;
  expect(await passing(operation, perSecond + 3)).toBe(perSecond);
});

test('throttles only the operations that have a quota', async () => {
  aws.waf.configure({ quotas: { create: 2, delete: 3 } });
  expect(await passing('create', 5)).toBe(2);
  expect(await passing('delete', 5)).toBe(3);
  expect(await passing('list', 10)).toBe(10);
});

test('a quota of 0.5 allows one request every two seconds', async () => {
  aws.waf.configure({ quotas: { create: 0.5 } });
  expect(await passing('create', 2)).toBe(1);
  aws.now += 1999;
  expect(await passing('create', 2)).toBe(0);
  aws.now += 1;
  expect(await passing('create', 2)).toBe(1);
});

test('counts each account and region separately', async () => {
  aws.waf.configure({ quotas: 'aws' });
  expect(await passing('create', 2)).toBe(1);
  expect(await passing('create', 2, clientOf(aws.waf, { region: 'eu-west-1' }))).toBe(1);
  expect(await passing('create', 2, clientOf(aws.waf, { account: '111111111111' }))).toBe(1);
});

test('counts both scopes of a region together', async () => {
  aws.waf.configure({ quotas: 'aws' });
  await operations.create();
  await expect(
    aws.client.send(new CreateAPIKeyCommand({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] })),
  ).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('a throttled request gets 400, does nothing and does not count against the quota', async () => {
  aws.waf.configure({ quotas: 'aws' });
  await operations.create();
  aws.now += 999;
  await expect(operations.create()).rejects.toMatchObject({
    name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 },
  });
  expect(aws.waf.keys()).toHaveLength(2);
  aws.now += 1;
  await operations.create();
  expect(aws.waf.keys()).toHaveLength(3);
});

test('an invalid request counts against the quota', async () => {
  aws.waf.configure({ quotas: 'aws' });
  await expect(aws.client.send(new CreateAPIKeyCommand({ Scope, TokenDomains: [] }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(operations.create()).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('reset clears the counts', async () => {
  aws.waf.configure({ quotas: 'aws' });
  await operations.create();
  aws.waf.reset();
  aws.waf.configure({ quotas: 'aws' });
  await operations.create();
});

test('the SDK recognizes the error as throttling and retries', async () => {
  aws.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', times: 2 });
  const { $metadata } = await operations.list(clientOf(aws.waf, { maxAttempts: 3 }));
  expect($metadata.attempts).toBe(3);
});

test.each([
  { quotas: 'some' }, { quotas: { create: 0 } }, { quotas: { update: 1 } }, { quotas: null },
])('rejects %j', (settings) => {
  expect(() => aws.waf.configure(settings as unknown as Partial<Settings>)).toThrow('Setting \'quotas\'');
});
