import { App, Aspects, CfnParameter, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { IWafCaptchaApiKeyProvider, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { ACCOUNT, allowedIn, envOf, keyIdOf, keyOf, newKey, newStack, resourcesOf } from './support/stacks';
import { MAX_RESPONSE_TIME } from '../src/contract/timing';

const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:captcha`;

describe('the default provider', () => {
  test('serves all keys of a stack, in any construct', () => {
    const stack = newStack();
    newKey(stack);
    newKey(new Construct(stack, 'Deep'));
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('has a function whose logical id never changes, because CloudFormation rejects a new service token', () => {
    const stack = newStack();
    newKey(stack);
    expect(Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'))).toEqual([
      'WafCaptchaApiKeyProviderFunction68B7D526',
    ]);
  });

  test('does not change the hash of its keys', () => {
    const stack = newStack();
    newKey(stack);
    expect(keyIdOf(stack)).toBe('Key9B39A253E6F343FB');
  });

  test('is the provider of the user that has its id', () => {
    const stack = newStack();
    new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeyProvider', { memorySize: 1024 });
    newKey(stack);
    const functions = Object.values(resourcesOf(stack, 'AWS::Lambda::Function'));
    expect(functions.map(({ Properties }) => Properties.MemorySize)).toEqual([1024]);
  });

  test('is no other construct that has its id', () => {
    const stack = newStack();
    new CfnParameter(stack, 'WafCaptchaApiKeyProvider');
    expect(() => newKey(stack)).toThrow("already a Construct with name 'WafCaptchaApiKeyProvider'");
  });

  test('cannot get other settings once it exists', () => {
    const stack = newStack();
    newKey(stack);
    expect(() => new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeyProvider', { memorySize: 1024 })).toThrow(
      "already a Construct with name 'WafCaptchaApiKeyProvider'",
    );
  });
});

describe('the function', () => {
  test('runs the bundled handler, once for each event', () => {
    const stack = newStack();
    newKey(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 900,
      VpcConfig: Match.absent(),
      Environment: { Variables: { SCHEDULE_GROUP_NAME: Match.anyValue() } },
      TracingConfig: Match.absent(),
    });
    template.hasResourceProperties(
      'AWS::Lambda::EventInvokeConfig',
      { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 180, Qualifier: '$LATEST' },
    );
  });

  test('runs on the latest Node.js that all Regions have', () => {
    const stack = newStack();
    new WafCaptchaApiKeyProvider(stack, 'Provider');
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Runtime: lambda.Runtime.NODEJS_LATEST.name,
    });
  });

  test('never retries an event, and another configuration of asynchronous calls is an error of the CDK', () => {
    const { handler } = new WafCaptchaApiKeyProvider(newStack(), 'Provider');
    expect(() => handler.configureAsyncInvoke({ retryAttempts: 2 })).toThrow(
      'An EventInvokeConfig has already been configured',
    );
  });

  test('accepts layers for that Node.js', () => {
    const stack = newStack();
    const { handler } = new WafCaptchaApiKeyProvider(stack, 'Provider');
    const runtime = Object.values(lambda.Runtime).find(({ name }) => name === handler.runtime.name);
    const code = lambda.Code.fromAsset(__dirname);
    handler.addLayers(new lambda.LayerVersion(stack, 'Layer', { code, compatibleRuntimes: [runtime] }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Layers: [Match.anyValue()] });
  });

  test('has a service timeout of the longest wait and the longest run', () => {
    const stack = newStack();
    newKey(stack);
    const [invoke] = Object.values(resourcesOf(stack, 'AWS::Lambda::EventInvokeConfig'));
    const [fn] = Object.values(resourcesOf(stack, 'AWS::Lambda::Function'));
    const serviceTimeout = Number(keyOf(stack).Properties.ServiceTimeout);
    expect(serviceTimeout * 1_000).toBe((MAX_RESPONSE_TIME + invoke.Properties.MaximumEventAgeInSeconds) * 1_000);
    expect(fn.Properties.Timeout).toBeGreaterThan(serviceTimeout + 60);
  });
});

describe('permissions', () => {
  test.each<[string, Parameters<typeof newKey>[1][]]>([
    ['no key', []],
    [
      'keys of several Regions',
      [{}, { scope: WafScope.REGIONAL }, { scope: WafScope.REGIONAL, region: 'eu-central-1' }],
    ],
  ])('are the same for %s', (_, keys) => {
    const stack = newStack(envOf('eu-west-1'));
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider');
    keys.forEach((props, index) => newKey(stack, { provider, ...props }, `Key${index}`));
    const ownLog = { Resource: { 'Fn::GetAtt': [expect.stringMatching(/LogGroup/), 'Arn'] } };
    expect(allowedIn(stack)).toEqual({
      'wafv2:CreateAPIKey': { Resource: '*' },
      'wafv2:ListAPIKeys': { Resource: '*' },
      'wafv2:DeleteAPIKey': { Resource: '*' },
      'cloudformation:DescribeStackResource': {
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:cloudformation:eu-west-1:${ACCOUNT}:stack/*`]],
        },
      },
      'logs:CreateLogStream': ownLog,
      'logs:PutLogEvents': ownLog,
    });
    expect(Object.values(resourcesOf(stack, 'AWS::IAM::Role'))[0].Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('cover the stacks of the deployment\'s account and Region if synthesis does not know them', () => {
    const stack = newStack();
    newKey(stack);
    expect(allowedIn(stack)['cloudformation:DescribeStackResource'].Resource).toEqual({
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':cloudformation:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' },
        ':stack/*',
      ]],
    });
  });

  test('of the user are added', () => {
    const stack = newStack();
    const { provider } = { provider: new WafCaptchaApiKeyProvider(stack, 'Provider') };
    newKey(stack, { provider });
    provider.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: ['*'] }));
    expect(Object.keys(allowedIn(stack))).toEqual(expect.arrayContaining(['kms:Decrypt', 'wafv2:CreateAPIKey']));
  });
});

describe('a provider shared between stacks', () => {
  const twoStacks = (region: string, keyRegion = region) => {
    const app = new App();
    const home = new Stack(app, 'Home', envOf(region));
    return {
      home, provider: new WafCaptchaApiKeyProvider(home, 'Provider'), shop: new Stack(app, 'Shop', envOf(keyRegion)),
    };
  };

  test('creates no function in another stack of the Region, wherever the key is', () => {
    const { home, provider, shop } = twoStacks('eu-west-1');
    newKey(home, { provider });
    newKey(shop, { provider, scope: WafScope.REGIONAL, region: 'eu-central-1' });
    newKey(shop, { provider, scope: WafScope.REGIONAL, region: Fn.importValue('Region') }, 'Other');
    Template.fromStack(shop).resourceCountIs('AWS::Lambda::Function', 0);
    expect(shop.dependencies).toEqual([home]);
  });

  test.each([undefined, 'weak', 'strong'])('is locked by keys in another stack, with the default %s', (strength) => {
    const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
    const [home, shop] = ['Home', 'Shop'].map((id) => new Stack(app, id));
    const provider = new WafCaptchaApiKeyProvider(home, 'Provider');
    newKey(shop, { provider });
    const { 'Fn::ImportValue': name } = keyOf(shop).Properties.ServiceToken;
    expect(name).toContain('Home:');
    // What docs/design.md advises for a move to another provider: the export stays until the old keys are deleted.
    expect(home.resolve(home.exportValue(provider.functionArn))).toEqual({ 'Fn::ImportValue': name });
  });

  test('is locked with the default alone if it is in a nested stack', () => {
    const serviceTokenWith = (strength: string) => {
      const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
      const [home, shop] = ['Home', 'Shop'].map((id) => new Stack(app, id));
      newKey(shop, { provider: new WafCaptchaApiKeyProvider(new NestedStack(home, 'Part'), 'Provider') });
      return Object.keys(keyOf(shop).Properties.ServiceToken);
    };
    expect(serviceTokenWith('strong')).toEqual(['Fn::ImportValue']);
    expect(serviceTokenWith('weak')).toEqual(['Fn::GetStackOutput']);
  });

  test('is an error for a stack in another Region', () => {
    const { provider, shop } = twoStacks('eu-west-1', 'us-east-1');
    expect(() => newKey(shop, { provider })).toThrow(
      'Shop/Key: provider: CloudFormation calls functions in the Region of the stack (us-east-1) only, got one in '
      + 'eu-west-1; use a provider in this Region, and `region` for a key elsewhere');
  });

  test('is an error for a stack in another account', () => {
    const app = new App();
    const provider = new WafCaptchaApiKeyProvider(new Stack(app, 'Home', envOf('eu-west-1')), 'Provider');
    const shop = new Stack(app, 'Shop', { env: { account: '210987654321', region: 'eu-west-1' } });
    expect(() => newKey(shop, { provider })).toThrow(
      'Shop/Key: provider: the function creates keys in its own account, which must be that of the stack '
      + `(210987654321), got one in ${ACCOUNT}; use a provider in this account`);
  });

  test('can serve stacks without a Region', () => {
    const app = new App();
    const home = new Stack(app, 'Home');
    const shop = new Stack(app, 'Shop');
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(home, 'Provider'), scope: WafScope.REGIONAL });
    Template.fromStack(shop).resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('a key that moves to another provider is replaced', () => {
  /** The id of the same key, each time with a provider of another place. */
  const idWith = (providerOf: (stack: Stack) => IWafCaptchaApiKeyProvider | undefined) => {
    const stack = new Stack(new App(), 'Shop', envOf('eu-west-1'));
    newKey(stack, { provider: providerOf(stack) });
    return keyIdOf(stack);
  };
  const places: Parameters<typeof idWith>[0][] = [
    () => undefined,
    (stack) => new WafCaptchaApiKeyProvider(stack, 'One'),
    (stack) => new WafCaptchaApiKeyProvider(stack, 'Two'),
    (stack) => new WafCaptchaApiKeyProvider(new Stack(App.of(stack) as App, 'Home', envOf('eu-west-1')), 'One'),
    (stack) => WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Import', FUNCTION_ARN),
    (stack) => WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Import', `${FUNCTION_ARN}-2`),
    (stack) => WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Import', Fn.importValue('Provider')),
  ];

  test('if it moves from or to the default, to another stack, or to an imported one', () => {
    const ids = places.map(idWith);
    expect(new Set(ids).size).toBe(places.length);
  });

  test('if its function is renamed together with the id of the provider, and only then', () => {
    const renamed = (id: string) => idWith((stack) => {
      Aspects.of(stack).add({
        visit: (node) => { if (node instanceof lambda.CfnFunction) node.functionName = 'captcha-keys'; },
      });
      return new WafCaptchaApiKeyProvider(stack, id);
    });
    expect(renamed('One')).toBe(idWith(places[1])); // which CloudFormation rejects, because the service token differs
    expect(renamed('Renamed')).not.toBe(idWith(places[1]));
  });

  test('but not if only the settings of its provider change', () => {
    expect(idWith((stack) => new WafCaptchaApiKeyProvider(stack, 'One', { memorySize: 512 }))).toBe(idWith(places[1]));
  });
});
