import {
  CreateAPIKeyCommand, DeleteAPIKeyCommand, GetDecryptedAPIKeyCommand, ListAPIKeysCommand, WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { Settings, WafEmulator } from '../../../emulator';
import { clientOf } from '../harness';

let now: number;
let waf: WafEmulator;
let client: WAFV2Client;
let apiKey: string;

beforeAll(async () => {
  waf = await WafEmulator.start({ now: () => now });
  client = clientOf(waf);
});
beforeEach(() => {
  now = Date.UTC(2030, 0, 1);
  waf.reset();
  apiKey = waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] }).apiKey;
});
afterAll(() => waf.stop());

const Scope = 'REGIONAL';
const operations = {
  create: (by = client) => by.send(new CreateAPIKeyCommand({ Scope, TokenDomains: ['example.com'] })),
  list: (by = client) => by.send(new ListAPIKeysCommand({ Scope })),
  get: (by = client) => by.send(new GetDecryptedAPIKeyCommand({ Scope, APIKey: apiKey })),
  delete: (by = client) => by.send(new DeleteAPIKeyCommand({
    Scope, APIKey: waf.addKey({ scope: Scope, region: 'us-east-1', tokenDomains: ['a.com'] }).apiKey,
  })),
};

/** How many of so many requests at the same moment pass. */
async function passing(operation: keyof typeof operations, requests: number, by = client): Promise<number> {
  let passed = 0;
  for (let i = 0; i < requests; i++) {
    await operations[operation](by).then(
      () => passed++, (error: unknown) => expect(error).toMatchObject({ name: 'ThrottlingException' }),
    );
  }
  return passed;
}

test('there are none unless set', async () => {
  for (const operation of ['create', 'list', 'get', 'delete'] as const) {
    expect(await passing(operation, 10)).toBe(10);
  }
});

test.each([
  ['create', 1], ['list', 5], ['get', 5], ['delete', 1],
] as const)('those of AWS let %s pass %d times a second', async (operation, perSecond) => {
  waf.configure({ quotas: 'aws' });
  expect(await passing(operation, perSecond + 3)).toBe(perSecond);
  now += 999;
  expect(await passing(operation, perSecond + 3)).toBe(0);
  now += 1;
  expect(await passing(operation, perSecond + 3)).toBe(perSecond);
});

test('each class can have its own, and one left out has none', async () => {
  waf.configure({ quotas: { create: 2, delete: 3 } });
  expect(await passing('create', 5)).toBe(2);
  expect(await passing('delete', 5)).toBe(3);
  expect(await passing('list', 10)).toBe(10);
});

test('less than one a second is one in a longer time', async () => {
  waf.configure({ quotas: { create: 0.5 } });
  expect(await passing('create', 2)).toBe(1);
  now += 1999;
  expect(await passing('create', 2)).toBe(0);
  now += 1;
  expect(await passing('create', 2)).toBe(1);
});

test('they are for each account and region', async () => {
  waf.configure({ quotas: 'aws' });
  expect(await passing('create', 2)).toBe(1);
  expect(await passing('create', 2, clientOf(waf, { region: 'eu-west-1' }))).toBe(1);
  expect(await passing('create', 2, clientOf(waf, { account: '111111111111' }))).toBe(1);
});

test('both scopes of a region share them', async () => {
  waf.configure({ quotas: 'aws' });
  await operations.create();
  await expect(
    client.send(new CreateAPIKeyCommand({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] })),
  ).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('a throttled request is answered as 400, does nothing and takes no quota', async () => {
  waf.configure({ quotas: 'aws' });
  await operations.create();
  now += 999;
  await expect(operations.create()).rejects.toMatchObject({
    name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 },
  });
  expect(waf.keys()).toHaveLength(2);
  now += 1;
  await operations.create();
  expect(waf.keys()).toHaveLength(3);
});

test('an invalid request takes quota', async () => {
  waf.configure({ quotas: 'aws' });
  await expect(client.send(new CreateAPIKeyCommand({ Scope, TokenDomains: [] }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(operations.create()).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('reset gives back what was taken', async () => {
  waf.configure({ quotas: 'aws' });
  await operations.create();
  waf.reset();
  waf.configure({ quotas: 'aws' });
  await operations.create();
});

test('the SDK takes the answer for throttling and tries again', async () => {
  waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', times: 2 });
  const { $metadata } = await operations.list(clientOf(waf, { maxAttempts: 3 }));
  expect($metadata.attempts).toBe(3);
});

test.each([
  { quotas: 'some' }, { quotas: { create: 0 } }, { quotas: { update: 1 } }, { quotas: null },
])('%j is refused', (settings) => {
  expect(() => waf.configure(settings as unknown as Partial<Settings>)).toThrow('Setting \'quotas\'');
});
