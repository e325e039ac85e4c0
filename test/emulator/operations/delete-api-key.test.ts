import { DeleteAPIKeyCommand, Scope, WAFNonexistentItemException, WAFV2Client } from '@aws-sdk/client-wafv2';
import { WafEmulator } from '../../../emulator';
import { call, clientOf } from '../harness';

let waf: WafEmulator;
let client: WAFV2Client;
let apiKey: string;

beforeAll(async () => {
  waf = await WafEmulator.start();
  client = clientOf(waf);
});
beforeEach(() => {
  waf.reset();
  apiKey = waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] }).apiKey;
});
afterAll(() => waf.stop());

const remove = (APIKey: string, scope: Scope = 'REGIONAL', by = client) => by.send(
  new DeleteAPIKeyCommand({ Scope: scope, APIKey }),
);

test('deletes the key and no other', async () => {
  const other = waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] });
  await remove(apiKey);
  expect(waf.keys()).toEqual([other].map((key) => expect.objectContaining({ apiKey: key.apiKey })));
});

test('answers with an empty structure', async () => {
  expect((await call(waf, 'DeleteAPIKey', { Scope: 'REGIONAL', APIKey: apiKey })).text).toBe('{}');
});

test('throws WAFNonexistentItemException for a key deleted before', async () => {
  await remove(apiKey);
  await expect(remove(apiKey)).rejects.toThrow(WAFNonexistentItemException);
});

test('throws WAFNonexistentItemException for what never was a key', async () => {
  await expect(remove('garbage')).rejects.toThrow(WAFNonexistentItemException);
});

test('throws WAFNonexistentItemException for a key of another scope, region or account, and leaves it', async () => {
  await expect(remove(apiKey, 'CLOUDFRONT')).rejects.toThrow(WAFNonexistentItemException);
  await expect(remove(apiKey, 'REGIONAL', clientOf(waf, { region: 'eu-west-1' }))).rejects.toThrow(
    WAFNonexistentItemException,
  );
  await expect(remove(apiKey, 'REGIONAL', clientOf(waf, { account: '111111111111' }))).rejects.toThrow(
    WAFNonexistentItemException,
  );
  expect(waf.keys()).toHaveLength(1);
});

test('rejects a missing key with ValidationException', async () => {
  const { json } = await call(waf, 'DeleteAPIKey', { Scope: 'REGIONAL' });
  expect(json.message).toBe(
    '1 validation error detected: Value null at \'aPIKey\' failed to satisfy constraint: Member must not be null',
  );
});
