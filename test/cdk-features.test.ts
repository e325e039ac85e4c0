import {
  App, AppProps, Aspects, CfnResource, Environment, IPropertyInjector, InjectionContext, PropertyInjectors,
  RemovalPolicies, RemovalPolicy,
  Stack, Stage, Tags,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import {
  WafCaptchaApiKey, WafCaptchaApiKeyProps, WafCaptchaApiKeyProvider, WafCaptchaApiKeyProviderProps, WafScope,
} from '../src';
import { ACCOUNT, envOf, keyIdOf, keyOf, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';

describe('stages', () => {
  const templateIn = (stageName: string, env?: Environment) => {
    const app = new App();
    const stack = new Stack(new Stage(app, stageName, { env }), 'Shop');
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider') });
    return Template.fromStack(stack).toJSON();
  };

  test('synthesize the same template from the same stack', () => {
    expect(templateIn('Beta')).toEqual(templateIn('Production'));
  });

  test('can hold a key in CDK Pipelines', () => {
    const stack = newStack(envOf('eu-west-1'));
    const repository = new codecommit.Repository(stack, 'Repository', { repositoryName: 'shop' });
    const pipeline = new CodePipeline(stack, 'Pipeline', {
      synth: new ShellStep(
        'Synth', { input: CodePipelineSource.codeCommit(repository, 'main'), commands: ['npx cdk synth'] },
      ),
    });
    const stage = new Stage(stack, 'Production', envOf('eu-west-1'));
    const shop = new Stack(stage, 'Shop');
    newKey(shop);
    pipeline.addStage(stage);
    (stack.node.root as App).synth();
    expect(keyIdOf(shop)).toBe('Key9B39A253E6F343FB');
    Template.fromStack(stack).hasResourceProperties(
      'AWS::CodePipeline::Pipeline', { Stages: Match.arrayWith([Match.objectLike({ Name: 'Production' })]) },
    );
  });
});

describe('property injectors', () => {
  class Injector implements IPropertyInjector {
    constructor(public readonly constructUniqueId: string, private readonly extra: object) {}
    public inject(props: object, _context: InjectionContext): object {
      return { ...props, ...this.extra };
    }
  }

  test('apply to keys', () => {
    const stack = newStack();
    const props: Partial<WafCaptchaApiKeyProps> = { removalPolicy: RemovalPolicy.RETAIN };
    PropertyInjectors.of(stack).add(new Injector(WafCaptchaApiKey.PROPERTY_INJECTION_ID, props));
    newKey(stack);
    expect(keyOf(stack)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('apply to the default provider', () => {
    const stack = newStack();
    const props: WafCaptchaApiKeyProviderProps = { memorySize: 512 };
    PropertyInjectors.of(stack).add(new Injector(WafCaptchaApiKeyProvider.PROPERTY_INJECTION_ID, props));
    newKey(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { MemorySize: 512 });
  });
});

describe('Aspects', () => {
  test('RemovalPolicies keeps what a stack creates, but a key only once the deployment succeeds', () => {
    const stack = newStack();
    newKey(stack);
    RemovalPolicies.of(stack).retain();
    const resources: { DeletionPolicy?: string }[] = Object.values(Template.fromStack(stack).toJSON().Resources);
    expect(resources.map(({ DeletionPolicy }) => DeletionPolicy).sort())
      .toEqual([...Array<string>(4).fill('Retain'), 'RetainExceptOnCreate']);
  });

  test('RemovalPolicies cannot take snapshots of a key', () => {
    const stack = newStack();
    newKey(stack);
    RemovalPolicies.of(stack).snapshot({ applyToResourceTypes: ['Custom::WafCaptchaApiKey'] });
    expect(() => Template.fromStack(stack)).toThrow('[Shop/Key] removalPolicy: a key has no snapshots, got SNAPSHOT');
  });

  test('visit the key, its function and its role', () => {
    const types: string[] = [];
    const stack = newStack();
    newKey(stack);
    Aspects.of(stack).add({
      visit: (node: IConstruct) => { if (CfnResource.isCfnResource(node)) types.push(node.cfnResourceType); },
    });
    Template.fromStack(stack);
    expect(types).toEqual(expect.arrayContaining([
      'Custom::WafCaptchaApiKey', 'AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup',
    ]));
  });

  test('PermissionsBoundary bounds the role', () => {
    const stack = newStack();
    newKey(stack);
    iam.PermissionsBoundary.of(stack).apply(
      iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', `arn:aws:iam::${ACCOUNT}:policy/boundary`),
    );
    Template.fromStack(stack).hasResourceProperties(
      'AWS::IAM::Role', { PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary` },
    );
  });

  test('Tags apply to all resources that support them, not to the key', () => {
    const stack = newStack();
    newKey(stack).publishToSsm('/captcha/shop');
    Tags.of(stack).add('team', 'shop');
    for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::Logs::LogGroup']) {
      Template.fromStack(stack).hasResourceProperties(type, { Tags: [{ Key: 'team', Value: 'shop' }] });
    }
    Template.fromStack(stack).allResourcesProperties('AWS::SSM::Parameter', { Tags: { team: 'shop' } });
    expect(keyOf(stack).Properties).not.toHaveProperty('Tags');
  });
});

describe('synthesis with all features', () => {
  const everything = (appProps: AppProps = {}) => {
    const stack = newStack(undefined, { context: { '@aws-cdk/core:validateAgainstDefaultRules': true }, ...appProps });
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', {
      memorySize: 512,
      architecture: lambda.Architecture.ARM_64,
      tracing: lambda.Tracing.ACTIVE,
      environment: { NAME: 'value' },
    });
    newKey(stack).publishToSsm('/captcha/shop');
    newKey(stack, {
      scope: WafScope.REGIONAL,
      region: 'eu-west-1',
      rotationId: '2026-11',
      removalPolicy: RemovalPolicy.RETAIN,
      provider,
    }, 'Regional');
    return stack;
  };

  test('has no findings of the CDK\'s own rules and no warnings', () => {
    const stack = everything();
    const assembly = (stack.node.root as App).synth();
    expect(assembly.getStackByName('Shop').messages).toEqual([]);
    expect(warningsOf(stack)).toEqual([]);
  });

  test('uses no deprecated APIs', () => {
    const before = process.env.JSII_DEPRECATED;
    process.env.JSII_DEPRECATED = 'fail';
    try {
      expect(() => Template.fromStack(everything())).not.toThrow();
    } finally {
      if (before === undefined) delete process.env.JSII_DEPRECATED;
      else process.env.JSII_DEPRECATED = before;
    }
  });

  test('names the construct of each resource in its metadata', () => {
    const stack = everything();
    const paths = stack.node.findAll().filter(CfnResource.isCfnResource).map((resource) => resource.node.path).sort();
    expect(paths).toEqual([
      'Shop/Key/9B39A253/Default',
      'Shop/Provider/Function/EventInvokeConfig/Resource',
      'Shop/Provider/Function/Resource',
      'Shop/Provider/LogGroup/Resource',
      'Shop/Provider/Role/DefaultPolicy/Resource',
      'Shop/Provider/Role/Resource',
      expect.stringMatching(/^Shop\/Regional\/[0-9A-F]{8}\/Default$/),
      'Shop/WafCaptchaApiKeyProvider/Function/EventInvokeConfig/Resource',
      'Shop/WafCaptchaApiKeyProvider/Function/Resource',
      'Shop/WafCaptchaApiKeyProvider/LogGroup/Resource',
      'Shop/WafCaptchaApiKeyProvider/Role/Resource',
      'Shop/WafCaptchaApiKey|captcha|shop/ApiKey/Resource',
      'Shop/WafCaptchaApiKey|captcha|shop/ApplicationIntegrationUrl/Resource',
    ]);
  });

  test('is the same each time', () => {
    expect(Template.fromStack(everything()).toJSON()).toEqual(Template.fromStack(everything()).toJSON());
  });
});

test('the default child of a key is its resource, for escape hatches', () => {
  const stack = newStack();
  (newKey(stack).node.defaultChild as CfnResource).addMetadata('team', 'shop');
  expect(resourcesOf(stack, 'Custom::WafCaptchaApiKey')[keyIdOf(stack)].Metadata).toEqual({ team: 'shop' });
});
