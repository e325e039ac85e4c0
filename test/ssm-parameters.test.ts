import { App, CfnOutput, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { WafCaptchaApiKey, WafCaptchaApiKeyProps } from '../src';
import { ACCOUNT, envOf, newKey, newStack, resourcesOf } from './support/stacks';

describe('SSM parameters', () => {
  test('pass the key to another app', () => {
    const here = newStack();
    const key = newKey(here);
    key.publishToSsm('/captcha/shop');
    const written = Object.values(resourcesOf(here, 'AWS::SSM::Parameter')).map(({ Properties }) => [
      Properties.Name,
      Properties.Value,
    ]);
    expect(written).toEqual([
      ['/captcha/shop/api-key', here.resolve(key.apiKey)],
      ['/captcha/shop/application-integration-url', here.resolve(key.applicationIntegrationUrl)],
    ]);

    const there = newStack();
    const imported = WafCaptchaApiKey.fromSsmParameters(there, 'Captcha', '/captcha/shop');
    const clientConfig = there.resolve(imported.clientConfig);
    const parameters = Template.fromStack(there).findParameters('*', { Type: 'AWS::SSM::Parameter::Value<String>' });
    expect(
      Object.values(parameters)
        .map((parameter) => parameter.Default)
        .slice(0, 2),
    ).toEqual(written.map(([name]) => name));
    const [apiKey, url] = Object.keys(parameters);
    expect(clientConfig).toEqual({
      apiKey: { Ref: apiKey },
      scriptUrl: { 'Fn::Join': ['', [{ Ref: url }, 'jsapi.js']] },
    });
  });

  test('are absent from the template if nothing reads them', () => {
    const stack = newStack();
    expect(stack.resolve(WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', '/captcha/shop').apiKey)).toHaveProperty(
      'Ref',
    );
    const names = Object.values(Template.fromStack(stack).findParameters('*')).map((parameter) => parameter.Default);
    expect(names.filter((name) => name.startsWith('/captcha/'))).toEqual(['/captcha/shop/api-key']);
  });

  test.each<[string, (stack: Stack) => Construct, Partial<WafCaptchaApiKeyProps>, string]>([
    ['is rotated', (stack) => stack, { rotationId: '2' }, 'Key'],
    ['is renamed, or another key takes its place', (stack) => stack, {}, 'November'],
    ['is moved into a construct', (stack) => new Construct(stack, 'Group'), {}, 'Key'],
    ['is moved into a nested stack', (stack) => new NestedStack(stack, 'Part'), {}, 'Key'],
  ])('keep their logical ids when the key %s, so that they are updated in place', (_, scopeIn, props, id) => {
    const idsWith = (publish: (stack: Stack) => void) => {
      const stack = newStack();
      publish(stack);
      return Object.keys(resourcesOf(stack, 'AWS::SSM::Parameter'));
    };
    const before = idsWith((stack) => newKey(stack).publishToSsm('/captcha/shop'));
    expect(idsWith((stack) => newKey(scopeIn(stack), props, id).publishToSsm('/captcha/shop'))).toEqual(before);
    expect(before).toEqual([
      'WafCaptchaApiKeycaptchashopApiKey0DC61BB6',
      'WafCaptchaApiKeycaptchashopApplicationIntegrationUrlA708DCD6',
    ]);
  });

  test('can be written under several prefixes, of several keys, imported ones too', () => {
    const stack = newStack();
    const key = newKey(stack);
    for (const prefix of ['/captcha/shop', '/captcha--shop', '/captcha/Shop']) key.publishToSsm(prefix);
    newKey(stack, {}, 'Other').publishToSsm('/captcha/other');
    WafCaptchaApiKey.fromSsmParameters(stack, 'Imported', '/captcha/elsewhere').publishToSsm('/captcha/here');
    Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 10);
  });

  test('cannot be imported by the stack that publishes them, which reads them before it writes them', () => {
    const app = new App();
    const [stack, other] = ['Here', 'There'].map((id) => new Stack(app, id));
    const part = new NestedStack(stack, 'Part');
    const imported = WafCaptchaApiKey.fromSsmParameters(other, 'Captcha', '/captcha/shop');
    newKey(stack).publishToSsm('/captcha/shop');
    new CfnOutput(other, 'Key', { value: imported.apiKey });
    WafCaptchaApiKey.fromSsmParameters(part, 'Unused', '/captcha/shop');
    expect(() => app.synth()).not.toThrow();
    new CfnOutput(part, 'Key', { value: imported.apiKey });
    expect(() => app.synth({ force: true })).toThrow(
      "There/Captcha: prefix: Here itself publishes '/captcha/shop'; use the published key in place of the import",
    );
  });

  test('are the same if a key is published twice under a prefix', () => {
    const key = newKey(newStack());
    expect(key.publishToSsm('/captcha/shop').apiKey).toBe(key.publishToSsm('/captcha/shop').apiKey);
  });

  test.each<[string, (app: App) => [Stack, Stack]]>([
    [
      'one stack',
      (app) => {
        const stack = new Stack(app, 'Shop');
        return [stack, stack];
      },
    ],
    [
      'one stack of known environment',
      (app) => {
        const stack = new Stack(app, 'Shop', envOf('eu-west-1'));
        return [stack, stack];
      },
    ],
    [
      'a stack and its nested stack',
      (app) => {
        const stack = new Stack(app, 'Shop');
        return [stack, new NestedStack(stack, 'Part')];
      },
    ],
    [
      'two stacks of one environment',
      (app) => [new Stack(app, 'Shop', envOf('eu-west-1')), new Stack(app, 'Blog', envOf('eu-west-1'))],
    ],
    [
      'two stages of one environment',
      (app) => [
        new Stack(new Stage(app, 'Beta', envOf('eu-west-1')), 'Shop'),
        new Stack(new Stage(app, 'Production', envOf('eu-west-1')), 'Shop'),
      ],
    ],
  ])('are an error that names both keys if two in %s have one prefix', (_, stacksOf) => {
    const keys = stacksOf(new App()).map((stack, i) => newKey(stack, {}, `Key${i}`));
    keys[0].publishToSsm('/captcha/shop');
    expect(() => keys[1].publishToSsm('/captcha/shop')).toThrow(
      `${keys[1].node.path}: prefix: ${keys[0].node.path} is already published under '/captcha/shop'; give each`,
    );
  });

  test.each<[string, (app: App) => Stack[]]>([
    ['two regions', (app) => ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, envOf(region)))],
    ['stacks whose environments are not known', (app) => ['One', 'Two'].map((id) => new Stack(app, id))],
    ['two apps', () => [newStack(), newStack()]],
  ])('can have one prefix for two keys in %s', (_, stacksOf) => {
    for (const stack of stacksOf(new App())) newKey(stack).publishToSsm('/captcha/shop');
  });

  test.each<[string, (stack: Stack) => Stack]>([
    ['the same stack', (stack) => stack],
    ['another stack', (stack) => new Stack(stack.node.root as App, 'Server')],
    ['a nested stack', (stack) => new NestedStack(stack, 'Server')],
  ])('can be read at run time by a server in %s, without a lock', (_, stackOf) => {
    const shop = newStack();
    const stack = stackOf(shop);
    const role = new iam.Role(stack, 'Server', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const { apiKey, applicationIntegrationUrl } = newKey(shop).publishToSsm('/captcha/shop');
    for (const [index, parameter] of [apiKey, applicationIntegrationUrl].entries()) {
      parameter.grantRead(role);
      new CfnOutput(stack, `Name${index}`, { value: parameter.parameterName });
      new CfnOutput(stack, `Value${index}`, { value: parameter.stringValue });
    }
    const [policy] = Object.values(resourcesOf(stack, 'AWS::IAM::Policy'));
    const text = JSON.stringify(policy.Properties.PolicyDocument);
    expect(text).toContain('ssm:GetParameter');
    for (const { parameterName } of [apiKey, applicationIntegrationUrl]) {
      const name = stack.resolve(parameterName);
      const end = JSON.stringify(name['Fn::Join']?.[1][0] ?? name);
      expect(text).toContain(stack.nested ? `:parameter${name}"` : `:parameter",${end}]`);
    }
    const templates = JSON.stringify([shop, stack].map((one) => Template.fromStack(one).toJSON()));
    expect(templates).not.toMatch(/"Export"|Fn::ImportValue/);
    if (!stack.nested) expect(stack.dependencies).toEqual(stack === shop ? [] : [shop]);
  });

  test('can be read at run time by a server beside the key in a nested stack, without a circular dependency', () => {
    const shop = newStack();
    const stack = new NestedStack(shop, 'Part');
    const role = new iam.Role(stack, 'Server', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    newKey(stack).publishToSsm('/captcha/shop').apiKey.grantRead(role);
    const { Resources } = Template.fromStack(shop).toJSON();
    const nested = Object.values<any>(Resources).find(({ Type }) => Type === 'AWS::CloudFormation::Stack');
    expect(JSON.stringify(nested.Properties.Parameters ?? {})).not.toContain('Captcha');
    expect(JSON.stringify(resourcesOf(stack, 'AWS::IAM::Policy'))).toContain(':parameter/captcha/shop/api-key"');
  });

  test.each([
    'captcha', '/a'.repeat(15), '/captcha/', '/', '', '/captcha/my shop', 'see /captcha', undefined!,
    '/aws/captcha', '/SSM', // which SSM reserves
    '{{resolve:ssm:/prefix}}', Fn.importValue('Prefix'), `/captcha/${Fn.importValue('Prefix')}`,
  ])('are an error under the prefix %j', (prefix) => {
    const message = 'prefix: must be a path such as \'/captcha/shop\', known at synthesis, of letters, digits and ._-, '
      + 'with at most 14 levels and 900 characters, which does not start with \'/aws\' or \'/ssm\' '
      + `(SSM reserves them), got ${JSON.stringify(prefix) ?? 'nothing'}`;
    const stack = newStack();
    expect(() => newKey(stack).publishToSsm(prefix)).toThrow(`Shop/Key: ${message}`);
    expect(() => WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', prefix)).toThrow(`Shop/Captcha: ${message}`);
  });

  test('have names that fit in the 1,011 characters of SSM, in every Region', () => {
    const key = newKey(newStack());
    const prefix = `/${'a'.repeat(899)}`;
    key.publishToSsm(prefix);
    const names = Object.values(resourcesOf(key.stack, 'AWS::SSM::Parameter')).map(({ Properties }) => Properties.Name);
    expect(names).toHaveLength(2);
    const arns = RegionInfo.regions.map(({ name, partition }) => `arn:${partition}:ssm:${name}:${ACCOUNT}:parameter`);
    for (const arn of arns) expect(names.filter((name) => `${arn}${name}`.length > 1011)).toEqual([]);
    expect(() => key.publishToSsm(`${prefix}a`)).toThrow('with at most 14 levels and 900 characters');
  });

  test('can have a prefix that contains words of SSM further on', () => {
    expect(() => newKey(newStack()).publishToSsm('/captcha/aws')).not.toThrow();
  });
});
