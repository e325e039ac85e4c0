import {
  AspectPriority, Aspects, CfnDeletionPolicy, CfnResource, CustomResource, Duration, Fn, IPropertyInjector, Mixin,
  Mixins, PropertyInjectors, RemovalPolicies, RemovalPolicy, Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafCaptchaApiKeyProviderProps } from '../src';
import { ACCOUNT, allowedIn, envOf, keyOf, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';

/** The two usual forms of an injector: defaults, which explicit properties replace, and forced properties. */
const FORMS: [string, (props: any, extra: object) => object][] = [
  ['defaults', (props, extra) => ({ ...extra, ...props })],
  ['forced properties', (props, extra) => ({ ...props, ...extra })],
];
const [[, DEFAULTS], [, FORCED]] = FORMS;

function inject(
  scope: IConstruct, constructUniqueId: string, extra: object, form = FORCED, isMeant = (_id: string) => true,
): void {
  const injector: IPropertyInjector = {
    constructUniqueId,
    inject: (props, { id }) => isMeant(id) ? form(props, extra) : props,
  };
  PropertyInjectors.of(scope).add(injector);
}

const LAMBDA = lambda.Function.PROPERTY_INJECTION_ID;
const ROLE = iam.Role.PROPERTY_INJECTION_ID;
const LOG_GROUP = logs.LogGroup.PROPERTY_INJECTION_ID;
const CUSTOM_RESOURCE = CustomResource.PROPERTY_INJECTION_ID;

const theOnly = (stack: Stack, type: string) => {
  const found = Object.values(resourcesOf(stack, type));
  expect(found).toHaveLength(1);
  return found[0];
};
const functionOf = (stack: Stack) => theOnly(stack, 'AWS::Lambda::Function');

describe.each(FORMS)('%s of property injectors reach', (_, form) => {
  test('the function', () => {
    const stack = newStack();
    inject(stack, LAMBDA, {
      tracing: lambda.Tracing.ACTIVE,
      architecture: lambda.Architecture.ARM_64,
      environment: { TEAM: 'shop' },
      reservedConcurrentExecutions: 10,
    }, form);
    newKey(stack);
    expect(functionOf(stack).Properties).toMatchObject({
      TracingConfig: { Mode: 'Active' },
      Architectures: ['arm64'],
      Environment: { Variables: { TEAM: 'shop' } },
      ReservedConcurrentExecutions: 10,
    });
    expect(allowedIn(stack)).toHaveProperty(['xray:PutTraceSegments']);
  });

  test('the function, which may run in their VPC', () => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      natGateways: 0, subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    const endpoint = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    inject(stack, LAMBDA, { vpc }, form);
    newKey(stack);
    expect(functionOf(stack).Properties.VpcConfig.SubnetIds).toEqual(
      stack.resolve(vpc.isolatedSubnets.map(({ subnetId }) => subnetId)));
    expect(allowedIn(stack)).toHaveProperty(['ec2:CreateNetworkInterface']);
    expect(theOnly(stack, 'AWS::Lambda::EventInvokeConfig').DependsOn).toContain(
      stack.getLogicalId(endpoint.node.defaultChild as CfnResource));
    expect(warningsOf(stack)).toEqual([expect.stringContaining('runs in isolated subnets')]);
  });

  test('the role', () => {
    const stack = newStack();
    const boundary = iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess');
    const audit = new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: ['arn:aws:s3:::audit/x'] })],
    });
    inject(stack, ROLE, { path: '/apps/', permissionsBoundary: boundary, inlinePolicies: { Audit: audit } }, form);
    newKey(stack);
    expect(theOnly(stack, 'AWS::IAM::Role').Properties).toMatchObject({
      Path: '/apps/', PermissionsBoundary: stack.resolve(boundary.managedPolicyArn),
    });
    expect(allowedIn(stack)).toHaveProperty(['s3:PutObject']);
    expect(allowedIn(stack)).toHaveProperty(['wafv2:CreateAPIKey']);
  });

  test('the log group', () => {
    const stack = newStack();
    inject(stack, LOG_GROUP, { logGroupClass: logs.LogGroupClass.INFREQUENT_ACCESS, logGroupName: '/waf' }, form);
    newKey(stack);
    expect(theOnly(stack, 'AWS::Logs::LogGroup').Properties).toMatchObject({
      LogGroupClass: 'INFREQUENT_ACCESS', LogGroupName: '/waf',
    });
  });

  test('the schedule group', () => {
    const stack = newStack();
    inject(stack, scheduler.ScheduleGroup.PROPERTY_INJECTION_ID, { removalPolicy: RemovalPolicy.RETAIN }, form);
    WafCaptchaApiKeyProvider.getOrCreate(stack, { gracePeriod: Duration.days(1) });
    expect(theOnly(stack, 'AWS::Scheduler::ScheduleGroup').DeletionPolicy).toBe(
      form === FORCED ? 'Retain' : 'Delete');
  });

  test('the custom resource of a key', () => {
    const stack = newStack();
    inject(stack, CUSTOM_RESOURCE, { removalPolicy: RemovalPolicy.RETAIN }, form);
    newKey(stack);
    expect(keyOf(stack)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('keys and providers by their own classes', () => {
    const stack = newStack();
    const logGroup = new logs.LogGroup(stack, 'Central');
    const settings: WafCaptchaApiKeyProviderProps = { logGroup, memorySize: 512 };
    inject(stack, WafCaptchaApiKeyProvider.PROPERTY_INJECTION_ID, settings, form);
    inject(stack, WafCaptchaApiKey.PROPERTY_INJECTION_ID, { removalPolicy: RemovalPolicy.RETAIN }, form);
    newKey(stack);
    expect(functionOf(stack).Properties).toMatchObject({
      MemorySize: 512, LoggingConfig: { LogGroup: stack.resolve(logGroup.logGroupName) },
    });
    expect(allowedIn(stack)['logs:PutLogEvents']).toEqual({ Resource: stack.resolve(logGroup.logGroupArn) });
    theOnly(stack, 'AWS::Logs::LogGroup');
    expect(keyOf(stack).DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

test.each([ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS])('keys wait for a forced VPC, in %s', (type) => {
  const stack = newStack(envOf('eu-west-1'));
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const endpoint = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  inject(stack, LAMBDA, { vpc, vpcSubnets: { subnetType: type }, allowPublicSubnet: true });
  newKey(stack);
  expect(theOnly(stack, 'AWS::Lambda::EventInvokeConfig').DependsOn).toContain(
    stack.getLogicalId(endpoint.node.defaultChild as CfnResource));
});

describe('what the provider chooses itself', () => {
  const declare = (form: typeof DEFAULTS) => {
    const stack = newStack();
    inject(stack, LAMBDA, { memorySize: 1024 }, form);
    inject(stack, LOG_GROUP, {
      retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN,
    }, form);
    newKey(stack);
    const { DeletionPolicy, Properties: { RetentionInDays } } = theOnly(stack, 'AWS::Logs::LogGroup');
    return [functionOf(stack).Properties.MemorySize, RetentionInDays, DeletionPolicy];
  };

  test('wins over defaults', () => expect(declare(DEFAULTS)).toEqual([256, 30, 'Delete']));

  test('loses to what is forced', () => expect(declare(FORCED)).toEqual([1024, 365, 'Retain']));

  test('loses to what is forced, also the log group, to which the function may write', () => {
    const stack = newStack();
    const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Central', '/central');
    inject(stack, LAMBDA, { logGroup });
    newKey(stack);
    const { logGroup: built } = WafCaptchaApiKeyProvider.getOrCreate(stack);
    expect(built).toBe(logGroup);
    expect(functionOf(stack).Properties.LoggingConfig).toEqual({ LogGroup: '/central' });
    expect(allowedIn(stack)['logs:PutLogEvents']).toEqual({ Resource: stack.resolve(logGroup.logGroupArn) });
    expect(resourcesOf(stack, 'AWS::Logs::LogGroup')).toEqual({});
  });

  test('loses to what is forced, also the role, which gets the permissions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Central', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    inject(stack, LAMBDA, { role });
    newKey(stack);
    expect(WafCaptchaApiKeyProvider.getOrCreate(stack).role).toBe(role);
    const [[policyId, policy]] = Object.entries(resourcesOf(stack, 'AWS::IAM::Policy'));
    expect(policy.Properties.Roles).toEqual([stack.resolve(role.roleName)]);
    expect(functionOf(stack).DependsOn).toContain(policyId);
    expect(functionOf(stack).Properties.Role).toEqual(stack.resolve(role.roleArn));
    theOnly(stack, 'AWS::IAM::Role');
    expect(allowedIn(stack)).toHaveProperty(['wafv2:CreateAPIKey']);
  });

  test('includes the role: a forced one of another account is an error', () => {
    const stack = newStack(envOf('eu-west-1'));
    inject(stack, LAMBDA, { role: iam.Role.fromRoleArn(stack, 'Central', 'arn:aws:iam::210987654321:role/central') });
    expect(() => newKey(stack)).toThrow(`Provider: role: AWS Lambda accepts only roles of the stack's account (${
      ACCOUNT}), got one of 210987654321`);
  });

  test('includes the grace period, which a forced environment does not remove', () => {
    const stack = newStack();
    inject(stack, LAMBDA, { environment: { TEAM: 'shop', GRACE_PERIOD_MINUTES: '1' } });
    new WafCaptchaApiKeyProvider(stack, 'Provider', { gracePeriod: Duration.days(1) });
    expect(functionOf(stack).Properties.Environment.Variables).toEqual({
      TEAM: 'shop',
      GRACE_PERIOD_MINUTES: '1440',
      SCHEDULE_GROUP_NAME: expect.anything(),
      SCHEDULER_ROLE_ARN: expect.anything(),
    });
  });
});

describe('a property injector with which the handler cannot work is an error that names the property', () => {
  const BY = 'a property injector or Aspect sets it to';
  const REMEDY = 'leave this resource out of the injector or Aspect';

  test.each<[keyof lambda.FunctionProps, unknown, string]>([
    ['code', lambda.Code.fromInline('exports.handler = () => {}'), 'another, but the function needs its own code'],
    ['handler', 'wrapper.handler', 'wrapper.handler, but the function needs index.handler'],
    ['runtime', lambda.Runtime.PYTHON_3_13, 'python3.13, but the function needs Node.js 20 or newer'],
    ['runtime', lambda.Runtime.NODEJS_18_X, 'nodejs18.x, but the function needs Node.js 20 or newer'],
    ['timeout', Duration.seconds(30), '30, but the function needs 900 seconds'],
    ['timeout', undefined, 'nothing, but the function needs 900 seconds'],
    ['logGroup', undefined, 'nothing, but the function needs a log group'],
    ['retryAttempts', 2, '2, but the function needs 0'],
    ['retryAttempts', undefined, 'nothing, but the function needs 0'],
    ['maxEventAge', Duration.hours(6), '21600, but the function needs 180 seconds'],
  ])('for %s of lambda.Function, case %#', (name, value, problem) => {
    const stack = newStack();
    inject(stack, LAMBDA, { [name]: value });
    expect(() => newKey(stack)).toThrow(`Shop/WafCaptchaApiKeyProvider/Function: ${name}: ${BY} ${problem}; ${REMEDY}`);
  });

  test('if it turns the configuration of asynchronous calls off', () => {
    const stack = newStack();
    inject(stack, LAMBDA, { retryAttempts: undefined, maxEventAge: undefined });
    expect(() => newKey(stack)).toThrow(`retryAttempts: ${BY} nothing`);
  });

  test.each([
    ['serviceTimeout', Duration.minutes(1), 'ServiceTimeout', '"60", but the function needs "780"'],
    ['serviceToken', 'arn', 'ServiceToken', '"arn", but the function needs "${Token['],
    ['properties', {}, 'FormatVersion', 'nothing, but the function needs "1"'],
    ['resourceType', 'Custom::Team', 'resourceType', '"Custom::Team", but the function needs "Custom::WafCaptcha'],
  ])('for %s of CustomResource', (name, value, property, problem) => {
    const stack = newStack();
    inject(stack, CUSTOM_RESOURCE, { [name]: value });
    expect(() => newKey(stack)).toThrow(`Shop/Key: ${property}: ${BY} ${problem}`);
  });

  test('for the name of the schedule group', () => {
    const stack = newStack();
    inject(stack, scheduler.ScheduleGroup.PROPERTY_INJECTION_ID, { scheduleGroupName: 'mine' });
    expect(() => new WafCaptchaApiKeyProvider(stack, 'Provider', { gracePeriod: Duration.days(1) })).toThrow(
      `Shop/Provider/GracePeriod: scheduleGroupName: ${BY} "mine", but the function needs "WafCaptchaApiKeys-`);
  });

  test('for the names of SSM parameters, by which others read them', () => {
    const stack = newStack();
    inject(stack, ssm.StringParameter.PROPERTY_INJECTION_ID, { parameterName: '/org/key' });
    expect(() => newKey(stack).publishToSsm('/captcha')).toThrow(
      `ApiKey: parameterName: ${BY} "/org/key", but the function needs "/captcha/api-key"`);
  });

  test('but not another Node.js that the handler runs on', () => {
    const stack = newStack();
    inject(stack, LAMBDA, { runtime: lambda.Runtime.NODEJS_20_X });
    newKey(stack);
    expect(functionOf(stack).Properties.Runtime).toBe('nodejs20.x');
  });

  test('nor the latest Node.js of a Region that is known only at deploy time', () => {
    const stack = newStack();
    const runtime = new lambda.Runtime(Fn.ref('Latest'), lambda.RuntimeFamily.NODEJS);
    inject(stack, LAMBDA, { runtime });
    newKey(stack);
    expect(functionOf(stack).Properties.Runtime).toEqual({ Ref: 'Latest' });
  });

  test('nor more properties of a custom resource', () => {
    const stack = newStack();
    PropertyInjectors.of(stack).add({
      constructUniqueId: CUSTOM_RESOURCE,
      inject: (props: any) => ({ ...props, properties: { ...props.properties, Team: 'shop' } }),
    });
    newKey(stack);
    expect(keyOf(stack).Properties).toMatchObject({ Team: 'shop', Scope: 'CLOUDFRONT' });
  });
});

/** A change to all L1 resources of a type, made by an Aspect or by a Mixin. */
type Change<T> = (stack: Stack, change: (resource: T) => void) => void;

const CHANGES = <T extends CfnResource>(isMeant: (construct: IConstruct) => boolean): [string, Change<T>][] => [
  ...[AspectPriority.MUTATING, AspectPriority.READONLY].map((priority): [string, Change<T>] => [
    `an Aspect of priority ${priority}`,
    (stack, change) => Aspects.of(stack).add({
      visit: (node) => { if (isMeant(node)) change(node as T); },
    }, { priority }),
  ]),
  ['a Mixin', (stack, change) => {
    class Changing extends Mixin {
      public override supports(construct: IConstruct) { return isMeant(construct); }
      public applyTo(construct: IConstruct) { change(construct as T); }
    }
    Mixins.of(stack).apply(new Changing());
  }],
];

const OF_FUNCTIONS = CHANGES<lambda.CfnFunction>(lambda.CfnFunction.isCfnFunction);
const OF_KEYS = CHANGES<CfnResource>((node) =>
  CfnResource.isCfnResource(node) && node.cfnResourceType === 'Custom::WafCaptchaApiKey');

describe.each(OF_FUNCTIONS)('%s can change', (_, change) => {
  const changed = (declare: (stack: Stack) => (fn: lambda.CfnFunction) => void) => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack);
    change(stack, declare(stack));
    const { Policies: [{ PolicyDocument }] } = theOnly(stack, 'AWS::IAM::Role').Properties;
    return { stack, statements: PolicyDocument.Statement };
  };
  const toCentral = expect.objectContaining({
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:logs:eu-west-1:${ACCOUNT}:log-group:/central:*`]],
    },
  });

  test('the log group, to which the function may then write', () => {
    const { statements } = changed(() => (fn) => { fn.loggingConfig = { logGroup: '/central' }; });
    expect(statements).toContainEqual(toCentral);
    expect(statements).toHaveLength(4);
  });

  test('the log group by an override', () => {
    const { statements } = changed(() => (fn) => fn.addPropertyOverride('LoggingConfig.LogGroup', '/central'));
    expect(statements).toContainEqual(toCentral);
  });

  test('the log group to one of another stack', () => {
    const { stack } = changed(({ node }) => {
      const central = new logs.LogGroup(new Stack(node.root as any, 'Logs', envOf('eu-west-1')), 'Central');
      return (fn) => { fn.loggingConfig = { logGroup: central.logGroupName }; };
    });
    const template = JSON.stringify(Template.fromStack(stack).toJSON());
    expect(template).toMatch(/log-group:",{"Fn::(ImportValue|GetStackOutput)"/);
  });

  test('the format of the log, and the function keeps its log group', () => {
    const { stack } = changed(() => (fn) => { fn.loggingConfig = { logFormat: 'JSON' }; });
    expect(functionOf(stack).Properties.LoggingConfig).toEqual({
      LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/LogGroup/) },
    });
  });

  test.each<[string, (fn: lambda.CfnFunction) => void]>([
    ['the VPC', (fn) => { fn.vpcConfig = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] }; }],
    ['the VPC by an override', (fn) => fn.addPropertyOverride('VpcConfig.SubnetIds', ['subnet-1'])],
  ])('%s, in which the function may then run', (__, set) => {
    expect(allowedIn(changed(() => set).stack)).toHaveProperty(['ec2:CreateNetworkInterface']);
  });
});

describe.each(OF_FUNCTIONS)('%s cannot change', (_, change) => {
  test.each<[string, (fn: lambda.CfnFunction) => void, string]>([
    ['timeout', (fn) => { fn.timeout = 30; }, '30'],
    ['timeout', (fn) => fn.addPropertyOverride('Timeout', 30), '30'],
    ['runtime', (fn) => { fn.runtime = 'python3.13'; }, 'python3.13'],
    ['runtime', (fn) => fn.addPropertyOverride('Runtime', 'python3.13'), 'python3.13'],
    ['handler', (fn) => { fn.handler = 'wrapper.run'; }, 'wrapper.run'],
    ['handler', (fn) => fn.addPropertyOverride('Handler', 'wrapper.run'), 'wrapper.run'],
  ])('the %s to one with which the handler cannot work, case %#', (name, set, value) => {
    const stack = newStack();
    newKey(stack);
    change(stack, set);
    expect(() => Template.fromStack(stack)).toThrow(
      `Shop/WafCaptchaApiKeyProvider/Function: ${name}: a property injector or Aspect sets it to ${value}, but`);
  });
});

test.each<[string, (config: lambda.CfnEventInvokeConfig) => void, string]>([
  ['retryAttempts', (config) => { config.maximumRetryAttempts = 2; }, '2, but the function needs 0'],
  ['retryAttempts', (config) => config.addPropertyOverride('MaximumRetryAttempts', 2), '2, but the function needs 0'],
  ['maxEventAge', (config) => { config.maximumEventAgeInSeconds = 60; }, '60, but the function needs 180 seconds'],
  ['maxEventAge', (config) => config.addPropertyOverride('MaximumEventAgeInSeconds', 60), '60, but the function needs'],
])('an Aspect cannot change %s of asynchronous calls, case %#', (name, set, problem) => {
  const stack = newStack();
  newKey(stack);
  const isConfig = lambda.CfnEventInvokeConfig.isCfnEventInvokeConfig;
  Aspects.of(stack).add({ visit: (node) => { if (isConfig(node)) set(node); } });
  expect(() => Template.fromStack(stack)).toThrow(`${name}: a property injector or Aspect sets it to ${problem}`);
});

describe.each(OF_KEYS)('%s can retain keys', (_, change) => {
  test.each<[string, (key: CfnResource) => void]>([
    ['by applyRemovalPolicy', (key) => key.applyRemovalPolicy(RemovalPolicy.RETAIN)],
    ['by applyRemovalPolicy without a policy', (key) => key.applyRemovalPolicy(undefined)],
    ['by applyRemovalPolicy with a default', (key) =>
      key.applyRemovalPolicy(undefined, { default: RemovalPolicy.RETAIN })],
    ['by the options of the resource', ({ cfnOptions }) => {
      cfnOptions.deletionPolicy = cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }],
  ])('%s, but a failed deployment deletes its new key', (__, retain) => {
    const stack = newStack();
    newKey(stack);
    change(stack, retain);
    expect(keyOf(stack)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test.each<[string, (key: CfnResource) => void]>([
    ['by applyRemovalPolicy', (key) => key.applyRemovalPolicy(RemovalPolicy.SNAPSHOT)],
    ['when they are deleted', ({ cfnOptions }) => { cfnOptions.deletionPolicy = CfnDeletionPolicy.SNAPSHOT; }],
    ['when they are replaced', ({ cfnOptions }) => { cfnOptions.updateReplacePolicy = CfnDeletionPolicy.SNAPSHOT; }],
  ])('but not take snapshots of them %s', (__, snapshot) => {
    const stack = newStack();
    newKey(stack);
    change(stack, snapshot);
    expect(() => Template.fromStack(stack)).toThrow(
      '[Shop/Key] removalPolicy: a key has no snapshots, got SNAPSHOT; use DESTROY or RETAIN');
  });

  test('by a default, but a key of which nothing is said is deleted', () => {
    const stack = newStack();
    newKey(stack);
    change(stack, (key) => key.applyRemovalPolicy(undefined, { default: RemovalPolicy.DESTROY }));
    RemovalPolicies.of(stack).destroy();
    expect(keyOf(stack)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});
