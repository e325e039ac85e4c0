import {
  CreateAPIKeyCommand, Scope, WAFInvalidParameterException, WAFLimitsExceededException,
} from '@aws-sdk/client-wafv2';
import { call, clientOf, START, useEmulator } from '../support';

const aws = useEmulator();

const create = (TokenDomains: string[], scope: Scope = 'CLOUDFRONT', by = aws.client) => by.send(
  new CreateAPIKeyCommand({ Scope: scope, TokenDomains }),
);

test('creates a key with the given domains at the time of the clock', async () => {
  aws.now = START + 1234;
  const { APIKey } = await create(['b.example.com', 'a.example.com']);
  const [key, ...others] = aws.waf.keys();
  expect(others).toEqual([]);
  expect(key).toMatchObject({
    apiKey: APIKey,
    tokenDomains: ['b.example.com', 'a.example.com'],
    account: '123456789012',
    region: 'us-east-1',
    scope: 'CLOUDFRONT',
  });
  expect(key.createdAt).toBe(START + 1234);
});

test('creates a key with the length and the characters of a real one', async () => {
  const { APIKey } = await create(['example.com']);
  expect(APIKey).toHaveLength(688);
  expect(APIKey).toMatch(/^[A-Za-z0-9+/]{683}=_0_1$/);
});

test.each([
  16, 70, 688, 1372, 2047, 2048,
])('creates a key of %d characters if keyLength is set to that', async (keyLength) => {
  aws.waf.configure({ keyLength });
  expect((await create(['example.com'])).APIKey).toHaveLength(keyLength);
});

test('creates two keys for two requests with the same domains', async () => {
  const first = await create(['example.com']);
  const second = await create(['example.com']);
  expect(first.APIKey).not.toBe(second.APIKey);
  expect(aws.waf.keys()).toHaveLength(2);
});

test.each([
  ['five domains', ['a.com', 'b.com', 'c.com', 'd.com', 'e.com']],
  ['one character', ['a']],
  ['253 characters', ['a'.repeat(253)]],
  ['all characters of the pattern', ['Az_09.-/']],
  ['a private suffix', ['github.io', 'd111111abcdef8.cloudfront.net']],
])('accepts %s', async (_, domains) => {
  await create(domains);
  expect(aws.waf.keys()).toHaveLength(1);
});

test.each([
  [
    'no domain',
    [],
    'Value \'[]\' at \'tokenDomains\' failed to satisfy constraint: Member must have length greater than or equal to 1',
  ],
  ['254 characters', ['a'.repeat(254)], 'Member must have length less than or equal to 253'],
  ['no characters', [''], 'Member must have length greater than or equal to 1'],
  ['a wildcard', ['*.example.com'], 'Member must satisfy regular expression pattern: ^[\\w\\.\\-/]+$'],
  ['a scheme', ['https://example.com'], 'Member must satisfy regular expression pattern'],
])('rejects %s with ValidationException', async (_, domains, message) => {
  await expect(create(domains)).rejects.toMatchObject({
    name: 'ValidationException', message: expect.stringContaining(message), $metadata: { httpStatusCode: 400 },
  });
  expect(aws.waf.keys()).toEqual([]);
});

test('rejects six domains with WAFInvalidParameterException', async () => {
  const thrown = await create(['a.com', 'b.com', 'c.com', 'd.com', 'e.com', 'f.com']).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(WAFInvalidParameterException);
  expect(thrown).toMatchObject({ Field: 'TOKEN_DOMAIN', Parameter: '6' });
});

test.each([
  'gov.au', 'co.uk', 'com', 'CO.UK',
])('rejects the public suffix %s with WAFInvalidParameterException', async (domain) => {
  const thrown = await create(['example.com', domain]).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(WAFInvalidParameterException);
  expect(thrown).toMatchObject({
    Field: 'TOKEN_DOMAIN', Parameter: domain, Reason: 'The token domain is a public suffix.',
  });
  expect(aws.waf.keys()).toEqual([]);
});

test('names all missing members in one ValidationException', async () => {
  const { status, json } = await call(aws.waf, 'CreateAPIKey', {});
  expect(status).toBe(400);
  expect(json).toEqual({
    __type: 'com.amazon.coral.validate#ValidationException',
    message: '2 validation errors detected: Value null at \'scope\' failed to satisfy constraint: Member must not '
      + 'be null;'
      + ' Value null at \'tokenDomains\' failed to satisfy constraint: Member must not be null',
  });
});

test('rejects a scope outside the enumeration with ValidationException', async () => {
  await expect(create(['example.com'], 'GLOBAL' as Scope)).rejects.toMatchObject({
    name: 'ValidationException',
    message: '1 validation error detected: Value \'GLOBAL\' at \'scope\' failed to satisfy constraint:'
      + ' Member must satisfy enum value set: [CLOUDFRONT, REGIONAL]',
  });
});

test('rejects CLOUDFRONT outside us-east-1 with WAFInvalidParameterException', async () => {
  const thrown = await create(['example.com'], 'CLOUDFRONT', clientOf(aws.waf, { region: 'eu-central-1' })).catch(
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(WAFInvalidParameterException);
  expect(thrown).toMatchObject({
    message: 'Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT',
    Field: 'SCOPE_VALUE',
    Parameter: 'CLOUDFRONT',
    Reason: 'The scope is not valid.',
  });
});

test('throws WAFLimitsExceededException beyond maxKeys, in that account, scope and region only', async () => {
  aws.waf.configure({ maxKeys: 1 });
  const { APIKey } = await create(['example.com']);
  await expect(create(['example.com'])).rejects.toThrow(WAFLimitsExceededException);
  await create(['example.com'], 'REGIONAL');
  await create(['example.com'], 'CLOUDFRONT', clientOf(aws.waf, { account: '111111111111' }));
  aws.waf.removeKey(APIKey!);
  await create(['example.com']);
});

test.each([
  ['a number for a string', { Scope: 1, TokenDomains: ['a.com'] }],
  ['a string for a list', { Scope: 'REGIONAL', TokenDomains: 'a.com' }],
  ['null in a list', { Scope: 'REGIONAL', TokenDomains: [null] }],
  ['a list in a list', { Scope: 'REGIONAL', TokenDomains: [['a.com']] }],
  ['true for a list', { Scope: 'REGIONAL', TokenDomains: true }],
])('rejects %s with SerializationException', async (_, input) => {
  const { status, json } = await call(aws.waf, 'CreateAPIKey', input);
  expect(status).toBe(400);
  expect(json.__type).toBe('com.amazon.coral.service#SerializationException');
});

test('ignores members that the model does not have', async () => {
  const { status } = await call(aws.waf, 'CreateAPIKey', { Scope: 'REGIONAL', TokenDomains: ['a.com'], Name: 'mine' });
  expect(status).toBe(200);
});
