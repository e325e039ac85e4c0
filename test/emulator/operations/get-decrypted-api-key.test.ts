import {
  GetDecryptedAPIKeyCommand, Scope, WAFInvalidResourceException, WAFNonexistentItemException,
} from '@aws-sdk/client-wafv2';
import { clientOf, START, useEmulator } from '../support';

const aws = useEmulator();
let apiKey: string;
beforeEach(() => {
  apiKey = aws.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['b.com', 'a.com'] }).apiKey;
});

const decrypt = (APIKey: string, scope: Scope = 'CLOUDFRONT', by = aws.client) => by.send(
  new GetDecryptedAPIKeyCommand({ Scope: scope, APIKey }),
);

test('returns the domains and the creation time', async () => {
  expect(await decrypt(apiKey)).toMatchObject({ TokenDomains: ['b.com', 'a.com'], CreationTimestamp: new Date(START) });
});

test('decrypts a deleted key by default', async () => {
  aws.waf.removeKey(apiKey);
  expect(await decrypt(apiKey)).toMatchObject({ TokenDomains: ['b.com', 'a.com'] });
});

test('throws WAFNonexistentItemException for a deleted key if deletedKeysDecryptable is off', async () => {
  aws.waf.configure({ deletedKeysDecryptable: false });
  await expect(decrypt(apiKey)).resolves.toBeDefined();
  aws.waf.removeKey(apiKey);
  await expect(decrypt(apiKey)).rejects.toThrow(WAFNonexistentItemException);
});

test('throws WAFInvalidResourceException for a text that is no key', async () => {
  await expect(decrypt('garbage')).rejects.toThrow(WAFInvalidResourceException);
  await expect(decrypt(apiKey.toLowerCase())).rejects.toThrow(WAFInvalidResourceException);
});

test('throws WAFNonexistentItemException for a key of another scope or account', async () => {
  await expect(decrypt(apiKey, 'REGIONAL')).rejects.toThrow(WAFNonexistentItemException);
  await expect(decrypt(apiKey, 'CLOUDFRONT', clientOf(aws.waf, { account: '111111111111' }))).rejects.toThrow(
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
