import {
  DeleteAPIKeyCommand, GetDecryptedAPIKeyCommand, Scope, WAFInvalidResourceException, WAFNonexistentItemException,
} from '@aws-sdk/client-wafv2';
import { call, clientOf, START, useEmulator } from '../support';

const aws = useEmulator();

describe('GetDecryptedAPIKey', () => {
  let apiKey: string;
  beforeEach(() => {
    apiKey = aws.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['b.com', 'a.com'] }).apiKey;
  });

  const decrypt = (APIKey: string, scope: Scope = 'CLOUDFRONT', by = aws.client) => by.send(
    new GetDecryptedAPIKeyCommand({ Scope: scope, APIKey }),
  );

  test('returns the domains and the creation time', async () => {
    expect(await decrypt(apiKey)).toMatchObject({
      TokenDomains: ['b.com', 'a.com'], CreationTimestamp: new Date(START),
    });
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
});

describe('DeleteAPIKey', () => {
  let apiKey: string;
  beforeEach(() => {
    apiKey = aws.waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] }).apiKey;
  });

  const remove = (APIKey: string, scope: Scope = 'REGIONAL', by = aws.client) => by.send(
    new DeleteAPIKeyCommand({ Scope: scope, APIKey }),
  );

  test('deletes only the given key', async () => {
    const other = aws.waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] });
    await remove(apiKey);
    expect(aws.waf.keys()).toEqual([other].map((key) => expect.objectContaining({ apiKey: key.apiKey })));
  });

  test('returns an empty structure', async () => {
    expect((await call(aws.waf, 'DeleteAPIKey', { Scope: 'REGIONAL', APIKey: apiKey })).text).toBe('{}');
  });

  test('throws WAFNonexistentItemException for a deleted key', async () => {
    await remove(apiKey);
    await expect(remove(apiKey)).rejects.toThrow(WAFNonexistentItemException);
  });

  test('throws WAFNonexistentItemException for a new key until createdKeyDeletableAfterMs, and keeps it', async () => {
    aws.waf.configure({ createdKeyDeletableAfterMs: 1000 });
    aws.now += 999;
    await expect(remove(apiKey)).rejects.toThrow(WAFNonexistentItemException);
    expect(aws.waf.keys()).toHaveLength(1);
    aws.now += 1;
    await remove(apiKey);
    expect(aws.waf.keys()).toEqual([]);
  });

  test('throws WAFNonexistentItemException for a text that never was a key', async () => {
    await expect(remove('garbage')).rejects.toThrow(WAFNonexistentItemException);
  });

  test('throws WAFNonexistentItemException for a key of another scope, region or account, and keeps it', async () => {
    await expect(remove(apiKey, 'CLOUDFRONT')).rejects.toThrow(WAFNonexistentItemException);
    await expect(remove(apiKey, 'REGIONAL', clientOf(aws.waf, { region: 'eu-west-1' }))).rejects.toThrow(
      WAFNonexistentItemException,
    );
    await expect(remove(apiKey, 'REGIONAL', clientOf(aws.waf, { account: '111111111111' }))).rejects.toThrow(
      WAFNonexistentItemException,
    );
    expect(aws.waf.keys()).toHaveLength(1);
  });

  test('rejects a missing key with ValidationException', async () => {
    const { json } = await call(aws.waf, 'DeleteAPIKey', { Scope: 'REGIONAL' });
    expect(json.message).toBe(
      '1 validation error detected: Value null at \'aPIKey\' failed to satisfy constraint: Member must not be null',
    );
  });
});
