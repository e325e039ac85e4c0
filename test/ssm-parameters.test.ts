import { App, CfnOutput, Fn, NestedStack, Stack, StackProps, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { WafCaptchaApiKey, WafCaptchaApiKeyProps } from '../src';
import { ACCOUNT, envOf, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';

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
    ['two Regions', (app) => ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, envOf(region)))],
    [
      'two Regions of an unknown account',
      (app) => ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, { env: { region } })),
    ],
    [
      'two accounts',
      (app) => ['111111111111', '222222222222'].map((account) => new Stack(app, `In${account}`, { env: { account } })),
    ],
    ['two apps', () => [newStack(), newStack()]],
  ])('can have one prefix for two keys in %s', (_, stacksOf) => {
    const stacks = stacksOf(new App());
    for (const stack of stacks) newKey(stack).publishToSsm('/captcha/shop');
    expect(stacks.flatMap(warningsOf)).toEqual([]);
  });

  test.each<[string, StackProps, StackProps]>([
    ['stacks whose environments are not known', {}, {}],
    ['stacks of one Region and no account', { env: { region: 'eu-west-1' } }, { env: { region: 'eu-west-1' } }],
    ['stacks of one account and no Region', { env: { account: ACCOUNT } }, { env: { account: ACCOUNT } }],
    ['a stack whose environment is known, and one without', envOf('eu-west-1'), {}],
  ])('of one prefix in %s are a warning', (_, one, other) => {
    const app = new App();
    const stacks = [new Stack(app, 'Shop', one), new Stack(new Stage(app, 'Beta'), 'Shop', other)];
    const keys = stacks.map((stack) => newKey(stack));
    for (const key of [...keys, keys[1]]) key.publishToSsm('/captcha/shop');
    newKey(stacks[0], {}, 'Blog').publishToSsm('/captcha/blog');
    expect(stacks.map(warningsOf)).toEqual([[], [
      expect.stringContaining("prefix: Shop/Key is also published under '/captcha/shop'"),
    ]]);
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
      expect(text).toContain(stack === shop ? `:parameter",${JSON.stringify(name)}]` : `:parameter${name}"`);
    }
    const templates = JSON.stringify([shop, stack].map((one) => Template.fromStack(one).toJSON()));
    expect(templates).not.toMatch(/"Export"|Fn::ImportValue/);
    if (!stack.nested) expect(stack.dependencies).toEqual(stack === shop ? [] : [shop]);
  });

  test('are deployed before the stack of a server that is only granted access, also in a nested stack', () => {
    const shop = newStack();
    const server = new Stack(shop.node.root as App, 'Server');
    const role = new iam.Role(new NestedStack(server, 'Part'), 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    newKey(shop).publishToSsm('/captcha/shop').applicationIntegrationUrl.grantRead(role);
    (shop.node.root as App).synth();
    expect(server.dependencies).toEqual([shop]);
    expect(Template.fromStack(shop).toJSON().Outputs).toBeUndefined();
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

  test.each<[string, string, string]>([
    ['captcha', "must start with '/'", "'/captcha'"],
    ['captcha/my shop/', "must start with '/'", "'/captcha/my-shop'"],
    ['https://example.com', "must start with '/'", "'/https-/example.com'"],
    ['', "must start with '/'", "a path such as '/captcha/shop'"],
    ['/captcha/', "must not end with '/' or contain '//'", "'/captcha'"],
    ['//captcha', "must not end with '/' or contain '//'", "'/captcha'"],
    ['/captcha//shop', "must not end with '/' or contain '//'", "'/captcha/shop'"],
    ['/', "must not end with '/' or contain '//'", "a path such as '/captcha/shop'"],
    ['/captcha/my shop', 'must consist of letters, digits and ._- between slashes', "'/captcha/my-shop'"],
    ['/captcha/ shop', 'must consist of letters, digits and ._- between slashes', "'/captcha/shop'"],
    ['/captcha/shop\n', 'must consist of letters, digits and ._- between slashes', "'/captcha/shop'"],
    ['/Bücher', 'must consist of letters, digits and ._- between slashes', "'/B-cher'"],
    ['/aws/captcha', "must not start with '/aws' or '/ssm', which SSM reserves", "a path such as '/captcha/shop'"],
    ['SSM', "must start with '/'", "a path such as '/captcha/shop'"],
    ['/SSM', "must not start with '/aws' or '/ssm', which SSM reserves", "a path such as '/captcha/shop'"],
    ['/a'.repeat(15), 'must have at most 14 levels', "a path such as '/captcha/shop'"],
    [`/${'a'.repeat(900)}`, 'must have at most 900 characters', "a path such as '/captcha/shop'"],
    [undefined!, 'must be a text that is known at synthesis', "a path such as '/captcha/shop'"],
    [null!, 'must be a text that is known at synthesis', "a path such as '/captcha/shop'"],
    [['/captcha'] as never, 'must be a text that is known at synthesis', "a path such as '/captcha/shop'"],
    ['{{resolve:ssm:/prefix}}', 'must be a text that is known at synthesis', "a path such as '/captcha/shop'"],
    [Fn.importValue('Prefix'), 'must be a text that is known at synthesis', "a path such as '/captcha/shop'"],
    [`/captcha/${Fn.importValue('Prefix')}`, 'must be a text that is known at', "a path such as '/captcha/shop'"],
  ])('are an error under the prefix %j, with the rule and what to write', (prefix, rule, remedy) => {
    const stack = newStack();
    for (const [path, act] of [
      ['Shop/Key', () => newKey(stack).publishToSsm(prefix)],
      ['Shop/Captcha', () => WafCaptchaApiKey.fromSsmParameters(stack, 'Captcha', prefix)],
    ] as const) {
      expect(act).toThrow(`${path}: prefix: ${rule}`);
    }
    expect(() => WafCaptchaApiKey.fromSsmParameters(stack, 'Other', prefix)).toThrow(
      `, got ${prefix ? JSON.stringify(prefix) : JSON.stringify(prefix ?? undefined) ?? 'nothing'}; write ${remedy}`);
  });

  test('have names that fit in the 1,011 characters of SSM, in every Region', () => {
    const key = newKey(newStack());
    const prefix = `/${'a'.repeat(899)}`;
    key.publishToSsm(prefix);
    const names = Object.values(resourcesOf(key.stack, 'AWS::SSM::Parameter')).map(({ Properties }) => Properties.Name);
    expect(names).toHaveLength(2);
    const arns = RegionInfo.regions.map(({ name, partition }) => `arn:${partition}:ssm:${name}:${ACCOUNT}:parameter`);
    for (const arn of arns) expect(names.filter((name) => `${arn}${name}`.length > 1011)).toEqual([]);
    expect(() => key.publishToSsm(`${prefix}a`)).toThrow('must have at most 900 characters');
  });

  test('can have a prefix that contains words of SSM further on', () => {
    expect(() => newKey(newStack()).publishToSsm('/captcha/aws')).not.toThrow();
  });
});
