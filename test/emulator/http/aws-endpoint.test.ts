import { ListAPIKeysCommand } from '@aws-sdk/client-wafv2';
import { AUTHORIZATION, call, send, useEmulator } from '../support';

const aws = useEmulator();

const authorizedAs = (authorization: string | undefined) => send(
  aws.waf, { headers: { authorization }, body: '{"Scope":"REGIONAL"}' },
);

describe('Authorization', () => {
  test.each([
    ['is missing', undefined, 'MissingAuthenticationTokenException'],
    ['is empty', '', 'MissingAuthenticationTokenException'],
    ['has another algorithm', 'Bearer abc', 'IncompleteSignatureException'],
    ['has no signature', AUTHORIZATION.replace(/, Signature=.*/, ''), 'IncompleteSignatureException'],
    ['has no signed headers', AUTHORIZATION.replace(/SignedHeaders=[^,]*, /, ''), 'IncompleteSignatureException'],
    ['has no credential', AUTHORIZATION.replace(/Credential=[^,]*, /, ''), 'IncompleteSignatureException'],
    ['has a credential without scope', AUTHORIZATION.replace(/\/20300101[^,]*/, ''), 'IncompleteSignatureException'],
    ['is for another service', AUTHORIZATION.replace('/wafv2/', '/waf/'), 'InvalidSignatureException'],
    ['has no date', AUTHORIZATION.replace('/20300101/', '/yesterday/'), 'InvalidSignatureException'],
    [
      'does not end in aws4_request',
      AUTHORIZATION.replace('aws4_request', 'aws5_request'),
      'InvalidSignatureException',
    ],
  ])('that %s is rejected with %s', async (_, authorization, code) => {
    const { status, json } = await authorizedAs(authorization);
    expect(status).toBe(400);
    expect(json).toEqual({ __type: `com.amazon.coral.service#${code}`, message: expect.stringMatching(/./) });
    expect(aws.waf.calls).toMatchObject([{ operation: 'ListAPIKeys', outcome: code, status: 400 }]);
  });

  test('is rejected with every parameter that is missing', async () => {
    const { json } = await authorizedAs('AWS4-HMAC-SHA256 Foo=1');
    expect(
      json.message,
    ).toBe('Authorization header requires \'Credential\' parameter. Authorization header requires \'Signature\' '
      + 'parameter.'
      + ' Authorization header requires \'SignedHeaders\' parameter.');
  });

  test('determines the Region, and the account if the access key ID is one', async () => {
    await authorizedAs(AUTHORIZATION.replace('us-east-1', 'ap-south-1').replace('AKIDEXAMPLE', '210987654321'));
    await authorizedAs(AUTHORIZATION);
    expect(aws.waf.calls).toMatchObject([
      { region: 'ap-south-1', account: '210987654321' }, { region: 'us-east-1', account: '123456789012' },
    ]);
  });

  test('may omit the blanks between its parameters', async () => {
    expect((await authorizedAs(AUTHORIZATION.replaceAll(', ', ','))).status).toBe(200);
  });
});

describe('a request', () => {
  test.each([
    ['an operation of another kind', { headers: { 'x-amz-target': 'AWSWAF_20190729.CreateWebACL' } }],
    ['another service\'s target', { headers: { 'x-amz-target': 'AWSWAF_20150824.ListAPIKeys' } }],
    ['no target', { headers: { 'x-amz-target': undefined } }],
    ['another content type', { headers: { 'content-type': 'application/json' } }],
    ['another method', { method: 'PUT' }],
    ['another path', { path: '/keys' }],
  ])('with %s is rejected with UnknownOperationException', async (_, request) => {
    const { status, json } = await send(aws.waf, request);
    expect(status).toBe(400);
    expect(json.__type).toBe('com.amazon.coral.service#UnknownOperationException');
  });

  test.each([
    ['no JSON', 'Scope=REGIONAL'], ['cut JSON', '{"Scope"'], ['a list', '[]'], ['null', 'null'], ['nothing', ''],
  ])('with %s as body is rejected with SerializationException', async (_, body) => {
    const { status, json } = await send(aws.waf, { body });
    expect(status).toBe(400);
    expect(json.__type).toBe('com.amazon.coral.service#SerializationException');
  });

  test('may have null for an omitted member', async () => {
    expect((await call(aws.waf, 'ListAPIKeys', { Scope: 'REGIONAL', Limit: null })).status).toBe(200);
  });
});

describe('a response', () => {
  test('has the content type of AWS JSON 1.1 and a request id of its own', async () => {
    const first = await call(aws.waf, 'ListAPIKeys', { Scope: 'REGIONAL' });
    const second = await call(aws.waf, 'ListAPIKeys', {});
    for (const { headers } of [first, second]) {
      expect(headers).toMatchObject({
        'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
    expect(first.headers['x-amzn-requestid']).not.toBe(second.headers['x-amzn-requestid']);
  });

  test('passes its request id to the metadata of the SDK', async () => {
    const { $metadata } = await aws.client.send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }));
    expect($metadata).toMatchObject({ httpStatusCode: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
