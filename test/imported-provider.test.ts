import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKeyProvider } from '../src';
import { ACCOUNT, envOf, keyOf, newKey, newStack } from './support/stacks';
import { CLOUDFRONT_REGION } from '../src/contract/resource';

const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:captcha`;

describe('a provider imported by ARN', () => {
  test('invokes that function for a key and creates none', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { provider: WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', FUNCTION_ARN) });
    expect(Object.values(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
    expect(keyOf(stack)).toMatchObject({ Properties: { ServiceToken: FUNCTION_ARN } });
    expect(keyOf(stack)).not.toHaveProperty('DependsOn');
  });

  test('is an error in another Region', () => {
    const stack = newStack(envOf('us-east-1'));
    const provider = WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', FUNCTION_ARN);
    expect(() => newKey(stack, { provider })).toThrow('only, got one in eu-west-1');
  });

  test.each<[string, (stack: Stack) => string, unknown]>([
    ['a token', () => Fn.importValue('Provider'), { 'Fn::ImportValue': 'Provider' }],
    [
      'a token in the last place',
      () => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${Fn.ref('Name')}`,
      expect.anything(),
    ],
    ['tokens within', () => `arn:aws:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:captcha`, expect.anything()],
    ['a token for the start', () => `${Fn.importValue('Start')}:function:captcha`, expect.anything()],
    ['a token for the start and an alias', () => `${Fn.importValue('Function')}:live`, expect.anything()],
    [
      'tokens within parts',
      () => `arn:aws:lambda:eu-${Fn.ref('R')}:12${Fn.ref('A')}:function:a-${Fn.ref('F')}:$LATEST`,
      expect.anything(),
    ],
    [
      'tokens for all parts',
      () => `arn:${'A B C D E F'.split(' ').map((id) => Fn.ref(id)).join(':')}`,
      expect.anything(),
    ],
    [
      'joined',
      () => Fn.join(':', ['arn', 'aws', 'lambda', Aws.REGION, Aws.ACCOUNT_ID, 'function', 'captcha']),
      expect.anything(),
    ],
    [
      'a token for Region and account',
      () => `arn:aws:lambda:${Fn.importValue('Place')}:function:captcha`,
      expect.anything(),
    ],
    ['a token for the end', () => `arn:aws:lambda:${Fn.importValue('Rest')}`, expect.anything()],
    [
      'the dummy of a look-up',
      (stack) => ssm.StringParameter.valueFromLookup(stack, '/captcha/provider'),
      'dummy-value-for-/captcha/provider',
    ],
    ['a dynamic reference', () => '{{resolve:ssm:/captcha/provider}}', '{{resolve:ssm:/captcha/provider}}'],
    [
      'dynamic references within',
      () => `arn:aws:lambda:{{resolve:ssm:/region}}:${ACCOUNT}:function:captcha`,
      expect.stringContaining('{{'),
    ],
  ])('can have an ARN which is %s', (_, arnIn, serviceToken) => {
    const stack = newStack(envOf('us-east-1'));
    newKey(stack, { provider: WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', arnIn(stack)) });
    expect(keyOf(stack).Properties.ServiceToken).toEqual(serviceToken);
  });

  test.each([
    `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${Fn.importValue('Name')}`,
    `arn:aws:lambda:eu-west-1:${Aws.ACCOUNT_ID}:function:captcha`,
  ])('is an error in another Region also if another part of its ARN is a token', (arn) => {
    const stack = newStack(envOf(CLOUDFRONT_REGION));
    const provider = WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', arn);
    expect(() => newKey(stack, { provider })).toThrow('only, got one in eu-west-1');
  });

  test.each([
    ['', ''], ['captcha', 'captcha'], ['arn:aws:iam::123456789012:role/captcha', undefined],
    [` ${FUNCTION_ARN}`, undefined],
    [`arn:aws:iam::${Aws.ACCOUNT_ID}:role/captcha`, 'arn:aws:iam::${Token}:role/captcha'],
    ['arn:aws:lambda:eu-west-1:123456789012:layer:captcha', undefined],
    [`${FUNCTION_ARN}\n`, undefined],
    [`${FUNCTION_ARN} x`, undefined],
    [`${FUNCTION_ARN.slice(0, -1)}*`, undefined],
    [`https://${Aws.REGION}.example.com`, 'https://${Token}.example.com'],
    ...['function/captcha', 'function:captcha\n', 'function:a b', 'function:*', 'layer:captcha', 'function:']
      .map((end): [string, string] => [
        `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:${end}`,
        `arn:\${Token}:lambda:\${Token}:\${Token}:${end}`,
      ]),
    [`arn:${Aws.PARTITION}:s3:eu-west-1:123456789012:function:a`, 'arn:${Token}:s3:eu-west-1:123456789012:function:a'],
    [
      `arn:${Aws.PARTITION}:lambda:eu-west-1:12:function:${Fn.ref('F')}/*`,
      'arn:${Token}:lambda:eu-west-1:12:function:${Token}/*',
    ],
    [
      `arn:${Aws.PARTITION}:lambda:eu-west-1:x-${Fn.ref('A')}:function:a`,
      'arn:${Token}:lambda:eu-west-1:x-${Token}:function:a',
    ],
    [`${Fn.importValue('Start')}:function/captcha`, '${Token}:function/captcha'],
  ])('is an error for %j', (arn, shown = arn) => {
    expect(() => WafCaptchaApiKeyProvider.fromFunctionArn(newStack(), 'Provider', arn)).toThrow(
      `Shop/Provider: functionArn: must be the ARN of a Lambda function, got ${JSON.stringify(shown)}; the `
        + 'functionArn of a WafCaptchaApiKeyProvider is one');
  });
  test.each([
    [process.env.NOT_SET, 'nothing'], [null, 'nothing'], [123456789012, '123456789012'],
    [[FUNCTION_ARN], `["${FUNCTION_ARN}"]`],
  ])('is an error for %j, from an untyped language', (arn, shown) => {
    expect(() => WafCaptchaApiKeyProvider.fromFunctionArn(newStack(), 'Provider', arn as unknown as string)).toThrow(
      `Shop/Provider: functionArn: must be the ARN of a Lambda function, got ${shown}; the functionArn of a `);
  });
});
