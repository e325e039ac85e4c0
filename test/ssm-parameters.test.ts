import { Fn } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WafCaptchaApiKey } from '../src';
import { newKey, newStack, resourcesOf } from './support/stacks';

describe('SSM parameters', () => {
  test('carry the key to another app', () => {
    const here = newStack();
    const key = newKey(here);
    key.publishToSsm('/captcha/shop');
    const written = Object.values(resourcesOf(here, 'AWS::SSM::Parameter')).map(({ Properties }) => [Properties.Name, Properties.Value]);
    expect(written).toEqual([
      ['/captcha/shop/api-key', here.resolve(key.apiKey)],
      ['/captcha/shop/application-integration-url', here.resolve(key.applicationIntegrationUrl)],
    ]);

    const there = newStack();
    const imported = WafCaptchaApiKey.fromSsmParameters(there, 'Captcha', '/captcha/shop');
    const clientConfig = there.resolve(imported.clientConfig);
    const parameters = Template.fromStack(there).findParameters('*', { Type: 'AWS::SSM::Parameter::Value<String>' });
    expect(Object.values(parameters).map((parameter) => parameter.Default).slice(0, 2)).toEqual(written.map(([name]) => name));
    const [apiKey, url] = Object.keys(parameters);
    expect(clientConfig).toEqual({ apiKey: { Ref: apiKey }, scriptUrl: { 'Fn::Join': ['', [{ Ref: url }, 'jsapi.js']] } });
  });

  test('that nobody reads are no parameters of the template', () => {
    const stack = newStack();
    expect(stack.resolve(WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', '/captcha/shop').apiKey)).toHaveProperty('Ref');
    const names = Object.values(Template.fromStack(stack).findParameters('*')).map((parameter) => parameter.Default);
    expect(names.filter((name) => name.startsWith('/captcha/'))).toEqual(['/captcha/shop/api-key']);
  });

  test('of a key keep their logical ids when it is rotated, so that they change in place', () => {
    const idsWith = (rotationId: string) => {
      const stack = newStack();
      newKey(stack, { rotationId }).publishToSsm('/captcha/shop');
      return Object.keys(resourcesOf(stack, 'AWS::SSM::Parameter'));
    };
    expect(idsWith('1')).toEqual(idsWith('2'));
  });

  test('can be written under several prefixes, of several keys, imported ones too', () => {
    const stack = newStack();
    const key = newKey(stack);
    key.publishToSsm('/captcha/shop');
    key.publishToSsm('/captcha/blog');
    newKey(stack, {}, 'Other').publishToSsm('/captcha/other');
    WafCaptchaApiKey.fromSsmParameters(stack, 'Imported', '/captcha/elsewhere').publishToSsm('/captcha/here');
    Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 8);
  });

  test.each([
    ['captcha', "must be a path such as '/captcha/shop', of letters, digits and ._-, got 'captcha'"],
    ['/captcha/', "must be a path such as '/captcha/shop'"],
    ['/', "must be a path such as '/captcha/shop'"],
    ['', "must be a path such as '/captcha/shop'"],
    ['/captcha/my shop', "must be a path such as '/captcha/shop'"],
    ['/aws/captcha', "SSM keeps names that start with 'aws' or 'ssm' for itself, got '/aws/captcha'"],
    ['see /captcha', "must be a path such as '/captcha/shop'"],
  ])('under the prefix %j are an error', (prefix, message) => {
    const stack = newStack();
    expect(() => newKey(stack).publishToSsm(prefix)).toThrow(`Shop/Key: prefix: ${message}`);
    expect(() => WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', prefix)).toThrow(`Shop/Captcha: prefix: ${message}`);
  });

  test('under a prefix that is known at deployment only are an error', () => {
    const stack = newStack();
    const message = "prefix: must be known at synth, got a value that is known at deployment only; write a text such as '/captcha/shop'";
    expect(() => newKey(stack).publishToSsm(Fn.importValue('Prefix'))).toThrow(`Shop/Key: ${message}`);
    expect(() => WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', Fn.importValue('Prefix'))).toThrow(`Shop/Captcha: ${message}`);
  });

  test('under a prefix with words of SSM further on are fine', () => {
    expect(() => newKey(newStack()).publishToSsm('/captcha/aws')).not.toThrow();
  });
});
