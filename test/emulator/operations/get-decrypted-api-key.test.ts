import {
  GetDecryptedAPIKeyCommand, Scope, WAFInvalidResourceException, WAFNonexistentItemException, WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { WafEmulator } from '../../../emulator';
import { clientOf } from '../harness';

const START = Date.UTC(2030, 0, 1);

let waf: WafEmulator;
let client: WAFV2Client;
let apiKey: string;

beforeAll(async () => {
  waf = await WafEmulator.start({ now: () => START });
  client = clientOf(waf);
});
beforeEach(() => {
  waf.reset();
  apiKey = waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['b.com', 'a.com'] }).apiKey;
});
afterAll(() => waf.stop());

const decrypt = (APIKey: string, scope: Scope = 'CLOUDFRONT', by = client) => by.send(
  new GetDecryptedAPIKeyCommand({ Scope: scope, APIKey }),
);

test('gives domains and time of creation', async () => {
  expect(await decrypt(apiKey)).toMatchObject({ TokenDomains: ['b.com', 'a.com'], CreationTimestamp: new Date(START) });
});

test('answers for a deleted key unless told otherwise', async () => {
  waf.removeKey(apiKey);
  expect(await decrypt(apiKey)).toMatchObject({ TokenDomains: ['b.com', 'a.com'] });
});

test('throws WAFNonexistentItemException for a deleted key if deletedKeysDecryptable is off', async () => {
  waf.configure({ deletedKeysDecryptable: false });
  await expect(decrypt(apiKey)).resolves.toBeDefined();
  waf.removeKey(apiKey);
  await expect(decrypt(apiKey)).rejects.toThrow(WAFNonexistentItemException);
});

test('throws WAFInvalidResourceException for what is no key', async () => {
  await expect(decrypt('garbage')).rejects.toThrow(WAFInvalidResourceException);
  await expect(decrypt(apiKey.toLowerCase())).rejects.toThrow(WAFInvalidResourceException);
});

test('throws WAFNonexistentItemException for a key of another scope or account', async () => {
  await expect(decrypt(apiKey, 'REGIONAL')).rejects.toThrow(WAFNonexistentItemException);
  await expect(decrypt(apiKey, 'CLOUDFRONT', clientOf(waf, { account: '111111111111' }))).rejects.toThrow(
    WAFNonexistentItemException,
  );
});

test.each([
  ['no characters', ''], ['2049 characters', 'k'.repeat(2049)], ['blanks', '  '],
])('rejects a key of %s with ValidationException', async (_, APIKey) => {
  await expect(decrypt(APIKey)).rejects.toMatchObject({
    name: 'ValidationException', message: expect.stringContaining('at \'aPIKey\''),
  });
});
