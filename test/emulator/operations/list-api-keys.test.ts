import {
  APIKeySummary, ListAPIKeysCommand, ListAPIKeysCommandInput, Scope, WAFInvalidParameterException,
} from '@aws-sdk/client-wafv2';
import { call, clientOf, START, useEmulator } from '../support';

const aws = useEmulator();

const list = (input: Partial<ListAPIKeysCommandInput> = {}, by = aws.client) => by.send(
  new ListAPIKeysCommand({ Scope: 'CLOUDFRONT', ...input }),
);
const add = (tokenDomains = ['example.com'], scope: Scope = 'CLOUDFRONT', region = 'us-east-1', account?: string) =>
  aws.waf.addKey({ tokenDomains, scope, region, account }).apiKey;
const keysOf = ({ APIKeySummaries = [] }: { APIKeySummaries?: APIKeySummary[] }) => APIKeySummaries.map(
  ({ APIKey }) => APIKey,
);

/** Follows the markers to the end and gives the pages. */
async function pages(input: Partial<ListAPIKeysCommandInput> = {}): Promise<(string | undefined)[][]> {
  const found = [];
  let NextMarker: string | undefined;
  do {
    const page = await list({ ...input, NextMarker });
    found.push(keysOf(page));
    NextMarker = page.NextMarker;
  } while (NextMarker !== undefined);
  return found;
}

test('returns an empty list without integration URL and marker before the first key', async () => {
  const { json } = await call(aws.waf, 'ListAPIKeys', { Scope: 'REGIONAL' });
  expect(json).toEqual({ APIKeySummaries: [] });
});

test('returns the domains, the key, its creation time and its version', async () => {
  aws.now = START + 1234;
  const apiKey = add(['b.com', 'a.com']);
  const { APIKeySummaries } = await list();
  expect(APIKeySummaries).toEqual([
    { TokenDomains: ['b.com', 'a.com'], APIKey: apiKey, CreationTimestamp: new Date(START + 1234), Version: 0 },
  ]);
});

test('sends times as seconds since the epoch', async () => {
  aws.now = START + 1500;
  add();
  const { json } = await call(aws.waf, 'ListAPIKeys', { Scope: 'CLOUDFRONT' });
  expect((json.APIKeySummaries as APIKeySummary[])[0].CreationTimestamp).toBe(START / 1000 + 1.5);
});

test('lists only the keys of the caller\'s account, scope and region', async () => {
  const mine = add();
  const regional = add(['example.com'], 'REGIONAL');
  const elsewhere = add(['example.com'], 'REGIONAL', 'eu-west-1');
  const others = add(['example.com'], 'CLOUDFRONT', 'us-east-1', '111111111111');
  expect(keysOf(await list())).toEqual([mine]);
  expect(keysOf(await list({ Scope: 'REGIONAL' }))).toEqual([regional]);
  expect(keysOf(await list({ Scope: 'REGIONAL' }, clientOf(aws.waf, { region: 'eu-west-1' })))).toEqual([elsewhere]);
  expect(keysOf(await list({}, clientOf(aws.waf, { account: '111111111111' })))).toEqual([others]);
});

test('rejects CLOUDFRONT outside us-east-1 with WAFInvalidParameterException', async () => {
  await expect(list({}, clientOf(aws.waf, { region: 'eu-west-1' }))).rejects.toThrow(WAFInvalidParameterException);
});

describe('paging', () => {
  test('returns all keys in the order of their creation', async () => {
    const keys = Array.from({ length: 5 }, () => add());
    expect(await pages({ Limit: 2 })).toEqual([keys.slice(0, 2), keys.slice(2, 4), keys.slice(4)]);
  });

  test('returns no marker if the limit is exactly the number of remaining keys', async () => {
    const keys = Array.from({ length: 4 }, () => add());
    expect(await pages({ Limit: 2 })).toEqual([keys.slice(0, 2), keys.slice(2)]);
  });

  test('returns 100 keys a page without a limit', async () => {
    const keys = Array.from({ length: 101 }, () => add());
    expect(await pages()).toEqual([keys.slice(0, 100), keys.slice(100)]);
  });

  test('never returns more keys a page than pageSize', async () => {
    aws.waf.configure({ pageSize: 1 });
    const keys = [add(), add()];
    expect(await pages({ Limit: 100 })).toEqual([[keys[0]], [keys[1]]]);
  });

  test('accepts the marker of a key that was deleted since', async () => {
    const keys = [add(), add(), add()];
    const { NextMarker } = await list({ Limit: 1 });
    aws.waf.removeKey(keys[0]);
    expect(keysOf(await list({ NextMarker }))).toEqual(keys.slice(1));
  });

  test('rejects a marker it did not return with WAFInvalidParameterException', async () => {
    await expect(list({ NextMarker: 'garbage' })).rejects.toThrow(WAFInvalidParameterException);
  });

  test.each([
    [
      'Limit 0',
      { Limit: 0 },
      'Value \'0\' at \'limit\' failed to satisfy constraint: Member must have value greater than or equal to 1',
    ],
    ['Limit 101', { Limit: 101 }, 'Member must have value less than or equal to 100'],
    ['an empty marker', { NextMarker: '' }, 'Member must have length greater than or equal to 1'],
    [
      'a marker of 257 characters',
      { NextMarker: 'm'.repeat(257) },
      'Member must have length less than or equal to 256',
    ],
    ['a blank marker', { NextMarker: ' ' }, 'Member must satisfy regular expression pattern: .*\\S.*'],
  ])('rejects %s with ValidationException', async (_, input, message) => {
    await expect(list(input)).rejects.toMatchObject({
      name: 'ValidationException', message: expect.stringContaining(message),
    });
  });

  test.each([1, 100])('accepts Limit %d', async (Limit) => {
    await expect(list({ Limit })).resolves.toBeDefined();
  });

  test.each([['1.5', 1.5], ['a string', '1']])('rejects %s as Limit with SerializationException', async (_, Limit) => {
    const { json } = await call(aws.waf, 'ListAPIKeys', { Scope: 'CLOUDFRONT', Limit });
    expect(json.__type).toContain('SerializationException');
  });
});

describe('integration URL', () => {
  const urlOf = async (input: Partial<ListAPIKeysCommandInput> = {}, by = aws.client) =>
    (await list(input, by)).ApplicationIntegrationURL;

  test('is at the edge for CLOUDFRONT and in the region for REGIONAL', async () => {
    add();
    add(['example.com'], 'REGIONAL');
    expect(await urlOf()).toMatch(/^https:\/\/([0-9a-f]{12})\.edge\.captcha-sdk\.awswaf\.com\/\1\/$/);
    expect(await urlOf({ Scope: 'REGIONAL' })).toMatch(
      /^https:\/\/([0-9a-f]{12})\.us-east-1\.captcha-sdk\.awswaf\.com\/\1\/$/,
    );
  });

  test('stays the same for an account, scope and region, and differs between accounts', async () => {
    const apiKey = add();
    const url = await urlOf();
    aws.waf.removeKey(apiKey);
    add();
    add(['example.com'], 'CLOUDFRONT', 'us-east-1', '111111111111');
    expect(await urlOf()).toBe(url);
    expect(await urlOf({}, clientOf(aws.waf, { account: '111111111111' }))).not.toBe(url);
  });

  test('is absent until integrationUrlAfterMs after the first key', async () => {
    aws.waf.configure({ integrationUrlAfterMs: 1000 });
    add();
    aws.now += 999;
    add();
    expect(await urlOf()).toBeUndefined();
    aws.now += 1;
    expect(await urlOf()).toContain('captcha-sdk.awswaf.com');
  });

  test.each([
    ['sdk-host', /^https:\/\/\w+\.edge\.sdk\.awswaf\.com\/\w+\/$/],
    ['no-trailing-slash', /^https:\/\/\w+\.edge\.captcha-sdk\.awswaf\.com\/\w+$/],
    ['with-jsapi-js', /^https:\/\/\w+\.edge\.captcha-sdk\.awswaf\.com\/\w+\/jsapi\.js$/],
  ] as const)('has the variant %s', async (integrationUrl, expected) => {
    aws.waf.configure({ integrationUrl });
    add();
    expect(await urlOf()).toMatch(expected);
  });

  test('is absent in the variant absent', async () => {
    aws.waf.configure({ integrationUrl: 'absent' });
    add();
    expect(await urlOf()).toBeUndefined();
  });
});

describe('eventual consistency', () => {
  test('lists a new key only after createdKeyListedAfterMs', async () => {
    aws.waf.configure({ createdKeyListedAfterMs: 1000 });
    const apiKey = add();
    aws.now += 999;
    expect(keysOf(await list())).toEqual([]);
    aws.now += 1;
    expect(keysOf(await list())).toEqual([apiKey]);
  });

  test('lists a deleted key for deletedKeyListedForMs', async () => {
    aws.waf.configure({ deletedKeyListedForMs: 1000 });
    const apiKey = add();
    aws.waf.removeKey(apiKey);
    expect(aws.waf.keys()).toEqual([]);
    aws.now += 999;
    expect(keysOf(await list())).toEqual([apiKey]);
    aws.now += 1;
    expect(keysOf(await list())).toEqual([]);
  });
});
