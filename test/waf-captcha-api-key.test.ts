import { App, Aws, CfnResource, Fn, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Source } from 'aws-cdk-lib/aws-s3-deployment';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { WafCaptchaApiKey, WafCaptchaApiKeyProps, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { envOf, keyIdOf, keyOf, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';

describe('in the template', () => {
  test('a key has its scope and domains, and the function of its stack', () => {
    const stack = newStack();
    newKey(stack, { tokenDomains: ['www.example.com', 'example.com'] });
    expect(keyOf(stack)).toEqual({
      Type: 'Custom::WafCaptchaApiKey',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^WafCaptchaApiKeyProviderFunction/), 'Arn'] },
        ServiceTimeout: '780',
        FormatVersion: '1',
        Scope: 'CLOUDFRONT',
        TokenDomains: ['example.com', 'www.example.com'],
      },
      DependsOn: [expect.stringMatching(/EventInvokeConfig/), expect.stringMatching(/Function\w{8}$/)],
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
    });
  });

  test('a REGIONAL key has all properties', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, {
      scope: WafScope.REGIONAL,
      region: 'eu-central-1',
      rotationId: '2026-11',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    expect(keyOf(stack)).toMatchObject({
      Properties: { Scope: 'REGIONAL', Region: 'eu-central-1', RotationId: '2026-11' },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test.each([1, 2, 50])('%d keys are as many resources, and four', (count) => {
    const stack = newStack();
    for (let i = 0; i < count; i++) newKey(stack, {}, `Key${i}`);
    expect(
      Object.values(Template.fromStack(stack).toJSON().Resources)
        .map((resource) => (resource as { Type: string }).Type)
        .sort(),
    ).toEqual([
      'AWS::IAM::Role',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      ...Array<string>(count).fill('Custom::WafCaptchaApiKey'),
    ]);
  });
});

describe('scope and Region', () => {
  const regionsOf = (isAws: boolean) => RegionInfo.regions.filter(({ partition }) => (partition === 'aws') === isAws);

  test.each(regionsOf(false).map(({ name, partition }) => [name, partition]))(
    'a CLOUDFRONT key in %s is an error',
    (region, partition) => {
      expect(() => newKey(newStack(envOf(region)))).toThrow(
        new RegExp(
          '^Shop/Key: scope: CLOUDFRONT keys are supported only in the aws partition, '
          + `and ${region} is in ${partition}; use WafScope.REGIONAL$`,
        ),
      );
    },
  );

  test('a CLOUDFRONT key is accepted in all Regions of the partition aws', () => {
    for (const { name } of regionsOf(true)) expect(() => newKey(newStack(envOf(name)))).not.toThrow();
  });

  test('a REGIONAL key is accepted in other partitions', () => {
    expect(() => newKey(newStack(envOf('cn-north-1')), { scope: WafScope.REGIONAL })).not.toThrow();
  });

  test.each([
    ['cloudfront', '"cloudfront"'],
    [undefined, 'nothing'],
  ])('the scope %s of an untyped language is an error', (scope, shown) => {
    expect(() => newKey(newStack(), { scope: scope as WafScope })).toThrow(
      `Shop/Key: scope: must be one of CLOUDFRONT, REGIONAL, got ${shown}`,
    );
  });

  test('a Region for a CLOUDFRONT key is an error', () => {
    expect(() => newKey(newStack(), { region: 'us-east-1' })).toThrow(
      'Shop/Key: region: CLOUDFRONT keys are always created in us-east-1, got "us-east-1"; leave region out',
    );
  });

  test.each(['', 'EU-WEST-1', 'Ireland', 'eu-west-1a', 'in eu-west-1'])('the Region %j is an error', (region) => {
    expect(() => newKey(newStack(), { scope: WafScope.REGIONAL, region })).toThrow(
      `Shop/Key: region: must be the name of a region such as 'eu-west-1', got ${JSON.stringify(region)}`,
    );
  });

  test.each(['in ', '.', 'A'])('literal text around a token of a Region is an error: %j', (text) => {
    const region = `${text}${Aws.REGION}`;
    expect(() => newKey(newStack(), { scope: WafScope.REGIONAL, region })).toThrow(
      `Shop/Key: region: must be the name of a region such as 'eu-west-1', got "${text}\${Token}"`,
    );
  });

  test.each(['us-gov-west-1', 'eu-west-10'])('the Region %s is accepted', (region) => {
    expect(() => newKey(newStack(), { scope: WafScope.REGIONAL, region })).not.toThrow();
  });

  test.each(['eu-wset-1', 'eu-west-10'])('the Region %s, which the CDK does not know, is a warning', (region) => {
    const stack = newStack();
    newKey(stack, { scope: WafScope.REGIONAL, region });
    expect(warningsOf(stack)).toEqual([
      expect.stringContaining(`region: '${region}' is no Region that this version of aws-cdk-lib knows; correct it`),
    ]);
  });

  test.each(RegionInfo.regions.map(({ name }) => name).concat(`eu-${Aws.NO_VALUE}-1`))(
    'the Region %s causes no warning', (region) => {
      const stack = newStack();
      newKey(stack, { scope: WafScope.REGIONAL, region });
      expect(warningsOf(stack)).toEqual([]);
    },
  );

  test('a Region of another partition is an error', () => {
    expect(() => newKey(newStack(envOf('eu-west-1')), { scope: WafScope.REGIONAL, region: 'cn-north-1' })).toThrow(
      "Shop/Key: region: 'cn-north-1' is in the partition aws-cn, and eu-west-1 in aws; declare the key in a stack",
    );
  });

  test('a key that names its Region stays the same when its stack is bound to that Region', () => {
    const template = (props?: StackProps) => {
      const stack = newStack(props);
      newKey(stack, { scope: WafScope.REGIONAL, region: 'eu-west-1' });
      return resourcesOf(stack, 'Custom::WafCaptchaApiKey');
    };
    expect(template(envOf('eu-west-1'))).toEqual(template());
  });

  test('the Region can be a token', () => {
    const stack = newStack();
    newKey(stack, { scope: WafScope.REGIONAL, region: Fn.importValue('Region') });
    expect(keyOf(stack).Properties.Region).toEqual({ 'Fn::ImportValue': 'Region' });
  });
});

describe('in an untyped language', () => {
  const create = (props: unknown) => {
    const stack = newStack(envOf('eu-west-1'));
    new WafCaptchaApiKey(stack, 'Key', props as WafCaptchaApiKeyProps);
    return stack;
  };
  const valid = { scope: 'REGIONAL', tokenDomains: ['example.com'] };

  test.each<[string, unknown, string]>([
    ['missing properties', undefined, 'scope: must be one of CLOUDFRONT, REGIONAL, got nothing'],
    ['null as properties', null, 'scope: must be one of CLOUDFRONT, REGIONAL, got nothing'],
    ['a scope that is null', { ...valid, scope: null }, 'scope: must be one of CLOUDFRONT, REGIONAL, got nothing'],
    ['the kind of scopes', { ...valid, scope: WafScope }, 'scope: must be one of CLOUDFRONT, REGIONAL, got an'],
    ['missing domains', { scope: 'REGIONAL' }, 'tokenDomains: must be a list of strings'],
    ['a gap in domains', { ...valid, tokenDomains: ['a.com', , 'b.com'] }, 'tokenDomains: must be a list of strings'],
    ['a number as region', { ...valid, region: 1 }, "region: must be the name of a region such as 'eu-west-1', got 1"],
    ['a list as region', { ...valid, region: ['eu-west-1'] }, 'region: must be the name of a region such as'],
    [
      'another text as removalPolicy',
      { ...valid, removalPolicy: 'Delete' },
      'removalPolicy: must be RemovalPolicy.DESTROY, RETAIN or RETAIN_ON_UPDATE_OR_DELETE, got "Delete"',
    ],
    ['true as removalPolicy', { ...valid, removalPolicy: true }, 'removalPolicy: must be RemovalPolicy.DESTROY'],
    ['a number as rotationId', { ...valid, rotationId: 202611 }, "rotationId: must be a text such as '2026-11', got"],
    ['a bigint as rotationId', { ...valid, rotationId: 5n }, "rotationId: must be a text such as '2026-11', got 5"],
    ['a date as rotationId', { ...valid, rotationId: new Date() }, "such as '2026-11', got an instance of Date"],
    [
      'an ARN as provider',
      { ...valid, provider: 'arn:aws:lambda:eu-west-1:123456789012:function:captcha' },
      'provider: must be a WafCaptchaApiKeyProvider, got "arn:aws:lambda:eu-west-1:123456789012:function:captcha"; '
        + 'import the function of another app with WafCaptchaApiKeyProvider.fromFunctionArn',
    ],
    ['settings as provider', { ...valid, provider: {} }, 'got an instance of Object; import the function'],
    ['a class as provider', { ...valid, provider: WafCaptchaApiKey }, 'got an instance of Function; import the'],
    ['another construct as provider', { ...valid, provider: newStack() }, 'got the construct Shop; import the'],
  ])('%s: an error that names path, property, value and remedy', (_, props, message) => {
    expect(() => create(props)).toThrow(`Shop/Key: ${message}`.replace(/^Shop\/Key: (?=such|got)/, ''));
    expect(() => create(props)).toThrow('Shop/Key: ');
  });

  test('the handler of a provider is no provider', () => {
    const { handler } = new WafCaptchaApiKeyProvider(newStack(), 'Provider');
    expect(() => newKey(handler.stack, { provider: handler })).toThrow(
      'Shop/Key: provider: must be a WafCaptchaApiKeyProvider, got the construct Shop/Provider/Function; import the');
  });

  test('null means not set', () => {
    const { Resources } = Template.fromStack(create(valid)).toJSON();
    const nothing = { region: null, rotationId: null, removalPolicy: null, provider: null };
    expect(Template.fromStack(create({ ...valid, ...nothing })).toJSON().Resources).toEqual(Resources);
  });
});

describe('removal', () => {
  const policiesOf = (stack: Stack) => {
    const { DeletionPolicy, UpdateReplacePolicy } = keyOf(stack);
    return { DeletionPolicy, UpdateReplacePolicy };
  };
  const RETAINED = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  const DELETED = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };

  test.each([
    [RemovalPolicy.DESTROY, DELETED],
    [RemovalPolicy.RETAIN, RETAINED],
    [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RETAINED],
  ])('%s deletes a key that a failed deployment has just created', (removalPolicy, expected) => {
    const [byProperty, byMethod] = [newStack(), newStack()];
    newKey(byProperty, { removalPolicy });
    newKey(byMethod).applyRemovalPolicy(removalPolicy);
    expect([policiesOf(byProperty), policiesOf(byMethod)]).toEqual([expected, expected]);
  });

  test.each([undefined, { default: RemovalPolicy.RETAIN }])('so does a default, with %j', (options) => {
    const stack = newStack();
    (newKey(stack).node.defaultChild as CfnResource).applyRemovalPolicy(undefined, options);
    expect(policiesOf(stack)).toEqual(RETAINED);
  });

  test('SNAPSHOT is an error', () => {
    const [byProperty, byMethod] = [newStack(), newStack()];
    newKey(byProperty, { removalPolicy: RemovalPolicy.SNAPSHOT });
    newKey(byMethod).applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    for (const stack of [byProperty, byMethod]) {
      expect(() => Template.fromStack(stack)).toThrow(
        '[Shop/Key] removalPolicy: a key has no snapshots, got SNAPSHOT; use DESTROY or RETAIN');
    }
  });
});

describe('a key is replaced', () => {
  const idOf = (props: Parameters<typeof newKey>[1], path = 'Key') => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { scope: WafScope.REGIONAL, ...props }, path);
    return keyIdOf(stack);
  };

  test('with another scope, domains, Region or rotationId', () => {
    const ids = [
      {},
      { scope: WafScope.CLOUDFRONT },
      { tokenDomains: ['example.org'] },
      { region: 'eu-west-2' },
      { rotationId: '1' },
      { rotationId: '2' },
    ].map((props) => idOf(props));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('but not with another removalPolicy', () => {
    expect(idOf({ removalPolicy: RemovalPolicy.RETAIN })).toBe(idOf({}));
  });

  test('and its logical id is known', () => {
    expect(idOf({})).toBe('Key4FEE1EED26A1FBEB');
  });

  test('the longest paths fit into a logical id, and differ', () => {
    const ids = ['1', '2'].map((rotationId) => idOf({ rotationId }, 'K'.repeat(400)));
    expect(ids[0]).not.toBe(ids[1]);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(255);
  });

  test('in place if the user fixes its logical id', () => {
    const idsOf = ['1', '2'].map((rotationId) => {
      const stack = newStack();
      (newKey(stack, { rotationId }).node.defaultChild as CfnResource).overrideLogicalId('Mine');
      return keyIdOf(stack);
    });
    expect(idsOf).toEqual(['Mine', 'Mine']);
  });
});

describe('the values of a key', () => {
  test('are its attributes, alone and as one object', () => {
    const stack = newStack();
    const key = newKey(stack);
    const id = keyIdOf(stack);
    const scriptUrl = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'ApplicationIntegrationURL'] }, 'jsapi.js']] };
    expect(stack.resolve([key.apiKey, key.applicationIntegrationUrl, key.scriptUrl])).toEqual([
      { 'Fn::GetAtt': [id, 'APIKey'] },
      { 'Fn::GetAtt': [id, 'ApplicationIntegrationURL'] },
      scriptUrl,
    ]);
    expect(stack.resolve(key.clientConfig)).toEqual({ apiKey: { 'Fn::GetAtt': [id, 'APIKey'] }, scriptUrl });
  });

  test('can be written into a JSON file beside the page', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Deployment', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const key = newKey(stack);
    const { markers } = Source.jsonData('config.json', key.clientConfig).bind(stack, { handlerRole: role });
    const replaced = JSON.stringify(stack.resolve(Object.values(markers ?? {})));
    for (const value of [key.apiKey, key.applicationIntegrationUrl]) {
      expect(replaced).toContain(JSON.stringify(stack.resolve(value)));
    }
  });

  test('can be used in the environment of a function, and the domains in a web ACL', () => {
    const stack = newStack();
    const distribution = new cloudfront.Distribution(stack, 'Site', {
      defaultBehavior: { origin: new HttpOrigin('origin.example.com') },
    });
    const key = newKey(stack, { tokenDomains: ['example.com', distribution.domainName] });
    new lambda.Function(stack, 'Page', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = () => {}'),
      environment: key.clientConfig,
    });
    new CfnWebACL(stack, 'Acl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      tokenDomains: key.tokenDomains,
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'Acl', sampledRequestsEnabled: false },
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: stack.resolve(key.clientConfig) },
    });
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      TokenDomains: ['example.com', stack.resolve(distribution.domainName)],
    });
  });

  test('can be extended for a web ACL, which changes no key', () => {
    const stack = newStack();
    newKey(stack, { tokenDomains: ['example.com'] }).tokenDomains.push('admin.example.com');
    expect(keyOf(stack).Properties.TokenDomains).toEqual(['example.com']);
  });
});

test('keys work across an app of stacks without a Region', () => {
  const app = new App();
  const shop = new Stack(app, 'Shop');
  const site = new Stack(app, 'Site');
  new s3.Bucket(site, 'Bucket', { bucketName: `b-${newKey(shop).apiKey}` });
  expect(JSON.stringify(Template.fromStack(site).toJSON())).toContain('Fn::GetStackOutput');
});
