import * as path from 'node:path';
import { App, Aspects, DefaultStackSynthesizer, FileAssetSource, Fn, IAspect, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Fact, FactName, RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct, IConstruct } from 'constructs';
import { IWafCaptchaApiKeyProvider, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { ACCOUNT, allowedIn, envOf, keyIdOf, keyOf, newKey, newStack, resourcesOf } from './support/stacks';

const HANDLER = path.join(__dirname, '..', 'assets', 'handler');
const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:captcha`;

const createRegionsIn = (stack: Stack) => allowedIn(stack)['wafv2:CreateAPIKey'].Condition;
const inRegions = (regions: unknown) => ({ StringEquals: { 'aws:RequestedRegion': regions } });

describe('the default provider', () => {
  test('is one for all keys of a stack, in whatever construct they are', () => {
    const stack = newStack();
    newKey(stack);
    newKey(new Construct(stack, 'Deep'));
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('has a function whose logical id never changes: CloudFormation refuses another one for the keys of before', () => {
    const stack = newStack();
    newKey(stack);
    expect(Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'))).toEqual(['WafCaptchaApiKeyProviderFunction68B7D526']);
  });

  test('leaves the hash of its keys alone', () => {
    const stack = newStack();
    newKey(stack);
    expect(keyIdOf(stack)).toBe('Key9B39A253E6F343FB');
  });

  test('is not silently one of other settings that took its id', () => {
    const stack = newStack();
    new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeyProvider', { memorySize: 1024 });
    expect(() => newKey(stack)).toThrow(
      "Shop: the id WafCaptchaApiKeyProvider is kept for the default provider of the stack; give yours another id, and hand it to its keys as 'provider'");
  });

  test('is not silently given other settings once it is there', () => {
    const stack = newStack();
    newKey(stack);
    expect(() => new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeyProvider', { memorySize: 1024 })).toThrow("already a Construct with name 'WafCaptchaApiKeyProvider'");
  });
});

describe('the function', () => {
  test('runs the bundled handler, once for each event', () => {
    const stack = newStack();
    newKey(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler', MemorySize: 256, Timeout: 600, VpcConfig: Match.absent(), Environment: Match.absent(), TracingConfig: Match.absent(),
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300, Qualifier: '$LATEST' });
  });

  test('has the code that Code.fromAsset would give it', () => {
    const codeOf = (define: (stack: Stack) => void) => {
      const app = new App({ context: { [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: true } });
      const asked: FileAssetSource[] = [];
      class Synthesizer extends DefaultStackSynthesizer {
        public addFileAsset(asset: FileAssetSource) {
          asked.push(asset);
          return super.addFileAsset(asset);
        }
      }
      const stack = new Stack(new Stage(app, 'Beta'), 'Shop', { synthesizer: new Synthesizer() });
      define(stack);
      const [{ Properties: { Code }, Metadata }] = Object.values(resourcesOf(stack, 'AWS::Lambda::Function'));
      return { Code, Metadata, asset: asked[0] }; // the other one is the template
    };
    expect(codeOf((stack) => newKey(stack))).toEqual(codeOf((stack) => {
      new lambda.Function(new Construct(stack, 'WafCaptchaApiKeyProvider'), 'Function', {
        runtime: lambda.Runtime.NODEJS_LATEST,
        code: lambda.Code.fromAsset(HANDLER),
        handler: 'index.handler',
      });
    }));
  });

  test('says where its code is only where the command line asks for that', () => {
    const stack = newStack();
    newKey(stack);
    Template.fromStack(stack).hasResource('AWS::Lambda::Function', { Metadata: Match.absent() });
  });

  test('runs on the latest Node.js, by the CDK\'s own facts', () => {
    const stack = newStack();
    newKey(stack);
    const latest = RegionInfo.regions.map(({ name }) => Fact.requireFact(name, FactName.LATEST_NODE_RUNTIME));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Runtime: latest.sort()[0] });
  });

  test('takes layers for that Node.js', () => {
    const stack = newStack();
    const { handler } = new WafCaptchaApiKeyProvider(stack, 'Provider');
    const runtime = Object.values(lambda.Runtime).find(({ name }) => name === handler.runtime.name);
    const code = lambda.Code.fromAsset(HANDLER);
    handler.addLayers(new lambda.LayerVersion(stack, 'Layer', { code, compatibleRuntimes: [runtime] }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Layers: [Match.anyValue()] });
  });

  test('can be waited for: CloudFormation waits for the longest turn and the longest run', () => {
    const stack = newStack();
    newKey(stack);
    const [invoke] = Object.values(resourcesOf(stack, 'AWS::Lambda::EventInvokeConfig'));
    const [fn] = Object.values(resourcesOf(stack, 'AWS::Lambda::Function'));
    expect(Number(keyOf(stack).Properties.ServiceTimeout)).toBe(fn.Properties.Timeout + invoke.Properties.MaximumEventAgeInSeconds);
  });
});

describe('permissions', () => {
  test('are the actions on keys and lines of its own log, and nothing else', () => {
    const stack = newStack();
    newKey(stack);
    const ownLog = { Resource: { 'Fn::GetAtt': [expect.stringMatching(/LogGroup/), 'Arn'] } };
    expect(allowedIn(stack)).toEqual({
      'wafv2:CreateAPIKey': { Resource: '*', Condition: inRegions(['us-east-1']) },
      'wafv2:ListAPIKeys': { Resource: '*' },
      'wafv2:DeleteAPIKey': { Resource: '*' },
      'logs:CreateLogStream': ownLog,
      'logs:PutLogEvents': ownLog,
    });
    expect(Object.values(resourcesOf(stack, 'AWS::IAM::Role'))[0].Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('to create are for the regions of the keys', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, {}, 'One');
    newKey(stack, { scope: WafScope.REGIONAL }, 'Two');
    newKey(stack, { scope: WafScope.REGIONAL, region: 'eu-central-1' }, 'Three');
    expect(createRegionsIn(stack)).toEqual(inRegions(['eu-central-1', 'eu-west-1', 'us-east-1']));
  });

  test('to create are for us-east-1 and the region of the stack, where no key of this app uses the provider', () => {
    const stack = newStack(envOf('eu-west-1'));
    new WafCaptchaApiKeyProvider(stack, 'Provider');
    expect(createRegionsIn(stack)).toEqual(inRegions(['eu-west-1', 'us-east-1']));
  });

  test('to create are for the regions that the user names, too', () => {
    const stack = newStack(envOf('eu-west-1'));
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { keyRegions: ['ap-southeast-2'] });
    newKey(stack, { provider });
    expect(createRegionsIn(stack)).toEqual(inRegions(['ap-southeast-2', 'us-east-1']));
  });

  test('to create in the region of the stack, where that is known at deployment only', () => {
    const stack = newStack();
    newKey(stack, { scope: WafScope.REGIONAL });
    expect(createRegionsIn(stack)).toEqual(inRegions([{ Ref: 'AWS::Region' }]));
  });

  test('hold for keys that are declared after an Aspect has looked at them', () => {
    class LateKey implements IAspect {
      public visit(node: IConstruct) {
        if (node instanceof iam.CfnRole) Stack.of(node).resolve(node.policies);
        if (node instanceof Stack && !node.node.tryFindChild('Late')) newKey(node, { scope: WafScope.REGIONAL }, 'Late');
      }
    }
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack);
    const role = stack.node.findAll().find((node) => node instanceof iam.CfnRole) as iam.CfnRole;
    stack.resolve(role.policies);
    Aspects.of(stack).add(new LateKey());
    expect(createRegionsIn(stack)).toEqual(inRegions(['eu-west-1', 'us-east-1']));
  });

  test('to delete are not bound to a region, so that a key can go that was made in another', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { scope: WafScope.REGIONAL });
    expect(allowedIn(stack)['wafv2:DeleteAPIKey']).toEqual({ Resource: '*' });
  });
});

describe('shared between stacks', () => {
  const twoStacks = (region: string, keyRegion = region) => {
    const app = new App();
    const home = new Stack(app, 'Home', envOf(region));
    return { home, provider: new WafCaptchaApiKeyProvider(home, 'Provider'), shop: new Stack(app, 'Shop', envOf(keyRegion)) };
  };

  test('a key in another stack of the region makes no function; the provider may create where that key is', () => {
    const { home, provider, shop } = twoStacks('eu-west-1');
    newKey(home, { provider });
    newKey(shop, { provider, scope: WafScope.REGIONAL, region: 'eu-central-1' });
    Template.fromStack(shop).resourceCountIs('AWS::Lambda::Function', 0);
    expect(createRegionsIn(home)).toEqual(inRegions(['eu-central-1', 'us-east-1']));
    expect(shop.dependencies).toEqual([home]);
  });

  test('a stack with a key in another region is an error', () => {
    const { provider, shop } = twoStacks('eu-west-1', 'us-east-1');
    expect(() => newKey(shop, { provider })).toThrow(
      'Shop/Key: provider: CloudFormation calls functions in the region of the stack (us-east-1) only, got one in eu-west-1; '
      + 'use a provider in this region, and `region` for a key elsewhere');
  });

  test('a key there whose region is known at deployment only is an error', () => {
    const app = new App();
    const provider = new WafCaptchaApiKeyProvider(new Stack(app, 'Platform'), 'Provider');
    const stack = new Stack(app, 'Shop');
    expect(() => newKey(stack, { scope: WafScope.REGIONAL, region: Fn.importValue('Region'), provider })).toThrow(
      'Shop/Key: region: must be the name of a region when the provider is in another stack (Platform), got a value that is known at deployment only; '
      + 'name the region, or use a provider in this stack');
  });

  test('but not with a provider of its own stack', () => {
    const stack = newStack();
    newKey(stack, { scope: WafScope.REGIONAL, region: Fn.importValue('Region'), provider: new WafCaptchaApiKeyProvider(stack, 'Provider') });
    expect(createRegionsIn(stack)).toEqual(inRegions([{ 'Fn::ImportValue': 'Region' }]));
  });

  test('stacks without a region share one', () => {
    const app = new App();
    const home = new Stack(app, 'Home');
    const shop = new Stack(app, 'Shop');
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(home, 'Provider'), scope: WafScope.REGIONAL });
    expect(createRegionsIn(home)).toEqual(inRegions([{ Ref: 'AWS::Region' }]));
  });
});

describe('imported by ARN', () => {
  test('a key calls that function and makes none', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { provider: WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', FUNCTION_ARN) });
    expect(Object.values(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
    expect(keyOf(stack)).toMatchObject({ Properties: { ServiceToken: FUNCTION_ARN } });
    expect(keyOf(stack)).not.toHaveProperty('DependsOn');
  });

  test('one of another region is an error', () => {
    const stack = newStack(envOf('us-east-1'));
    const provider = WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', FUNCTION_ARN);
    expect(() => newKey(stack, { provider })).toThrow('only, got one in eu-west-1');
  });

  test('the ARN can be a token', () => {
    const stack = newStack(envOf('us-east-1'));
    newKey(stack, { provider: WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', Fn.importValue('Provider')) });
    expect(keyOf(stack)).toMatchObject({ Properties: { ServiceToken: { 'Fn::ImportValue': 'Provider' } } });
  });

  test.each(['', 'captcha', 'arn:aws:iam::123456789012:role/captcha', ` ${FUNCTION_ARN}`])('%j is an error', (arn) => {
    expect(() => WafCaptchaApiKeyProvider.fromFunctionArn(newStack(), 'Provider', arn)).toThrow(
      `Shop/Provider: functionArn: must be the ARN of a Lambda function, got '${arn}'; the functionArn of a WafCaptchaApiKeyProvider is one`);
  });
});

describe('a key that moves to another provider is another resource, for CloudFormation refuses a changed ServiceToken', () => {
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

  test('from and to the default, of this stack and another, and imported', () => {
    const ids = places.map(idWith);
    expect(new Set(ids).size).toBe(places.length);
  });

  test('and stays the same with other settings of its provider', () => {
    expect(idWith((stack) => new WafCaptchaApiKeyProvider(stack, 'One', { memorySize: 512 }))).toBe(idWith(places[1]));
  });
});
