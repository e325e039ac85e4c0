import { App, Aspects, Aws, Duration, Fn, Lazy, Stack, StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { AwsSolutionsChecks as AwsSolutionsChecks2 } from 'cdk-nag-2';
import type { Construct } from 'constructs';
import { WafCaptchaApiKeyProvider } from '../src';
import { envOf, newKey } from './support/stacks';
import { functionPermissions } from '../src/private/permissions';

type Pack = new (app: App) => NagPack;
type Declare = (stack: Stack) => void;

const PACKS: [string, Pack][] = [
  ['HIPAA.Security', HIPAASecurityChecks],
  ['NIST.800.53.R4', NIST80053R4Checks],
  ['NIST.800.53.R5', NIST80053R5Checks],
  ['PCI.DSS.321', PCIDSS321Checks],
  ['Serverless', ServerlessChecks],
];

/** Each finding of a pack, as `rule path`, without what is acknowledged. */
function findings(Checks: Pack, declare: Declare = newKey, props?: StackProps): string[] {
  const app = new App();
  const stack = new Stack(app, 'Shop', props);
  declare(stack);
  app.synth();
  const { violations } = new Checks(app).validate({ templatePaths: [], appConstruct: app });
  // cdk-nag has the path of the construct in a field that the type of the CDK does not have.
  const pathOf = (resource: object) => (resource as { constructPath: string }).constructPath;
  return violations.flatMap(
    ({ ruleName, violatingResources }) => violatingResources.map((resource) => `${ruleName} ${pathOf(resource)}`),
  ).sort();
}

/** Each finding of AwsSolutions in cdk-nag 2, an Aspect that adds errors and warnings to the resources. */
function findings2(declare: Declare, props?: StackProps): string[] {
  const app = new App();
  Aspects.of(app).add(new AwsSolutionsChecks2());
  const stack = new Stack(app, 'Shop', props);
  declare(stack);
  const { messages } = app.synth().getStackByName('Shop');
  return messages.flatMap(({ id, entry }) => (/AwsSolutions-\w+(\[.*\])?/.exec(String(entry.data)) ?? []).slice(0, 1)
    .map((rule) => `${rule} ${id.slice(1)}`)).sort();
}

const newRole = (stack: Stack) => new iam.Role(
  stack, 'Given', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') },
);
const allow = (action: string, resource = '*') => new iam.PolicyStatement({ actions: [action], resources: [resource] });

describe('AwsSolutions reports nothing', () => {
  test.each<[string, Declare]>([
    ['in the default configuration', newKey],
    ['with a function in a VPC', (stack) => newKey(stack, {
      provider: new WafCaptchaApiKeyProvider(stack, 'Provider', {
        vpc: ec2.Vpc.fromVpcAttributes(
          stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] },
        ),
      }),
    })],
    [
      'with a role of the user',
      (stack) => newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role: newRole(stack) }) }),
    ],
    ['with a grace period, and another logical id for the function', (stack) => {
      const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { gracePeriod: Duration.days(1) });
      newKey(stack, { provider });
      (provider.handler.node.defaultChild as lambda.CfnFunction).overrideLogicalId('Captcha');
    }],
    ['with a log group and a VPC that an Aspect sets', (stack) => {
      newKey(stack);
      Aspects.of(stack).add({
        visit: (node) => {
          if (!lambda.CfnFunction.isCfnFunction(node)) return;
          node.loggingConfig = { logGroup: '/central' };
          node.vpcConfig = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
        },
      });
    }],
    ...Object.entries({
      'a name': 'captcha',
      'a lazy token': Lazy.string({ produce: () => `/${Aws.STACK_NAME}` }),
      'Fn.select': Fn.select(1, Fn.split('/', Fn.importValue('Log'))),
      'Fn.findInMap': Fn.findInMap('Logs', Aws.REGION, 'name'),
      'Fn.conditionIf': Fn.conditionIf('IsLive', 'a', Fn.sub('b${AWS::StackName}')).toString(),
      'an export': Fn.importValue('Log'),
      'the name of the stack': Fn.sub('/${AWS::StackName}'),
      'a dynamic reference': '{{resolve:ssm:/log}}',
    }).map(([title, name]): [string, Declare] => [`with a log group that is imported by ${title}`, (stack) => {
      const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Log', name);
      newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { logGroup }) });
    }]),
  ])('%s', (_, declare) => {
    for (const props of [undefined, envOf('eu-west-1')]) {
      expect(findings(AwsSolutionsChecks, declare, props)).toEqual([]);
      expect(findings2(declare, props)).toEqual([]);
    }
  });
});

describe('findings in what the user adds are reported', () => {
  test.each<[string, (stack: Stack) => iam.IRole | undefined, string]>([
    ['the role of the provider', () => undefined, 'Shop/Provider/Role'],
    ['a role of the user', newRole, 'Shop/Given'],
  ])('in %s', (_, roleIn, owner) => {
    const declare = (stack: Stack) => {
      const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { role: roleIn(stack) });
      newKey(stack, { provider });
      provider.role.addToPrincipalPolicy(allow('kms:Decrypt'));
      provider.handler.addToRolePolicy(allow('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:123456789012:*'));
    };
    const expected = [
      `AwsSolutions-IAM5[Resource::*] ${owner}/DefaultPolicy/Resource`,
      `AwsSolutions-IAM5[Resource::arn:aws:sqs:eu-west-1:123456789012:*] ${owner}/DefaultPolicy/Resource`,
    ];
    expect(findings(AwsSolutionsChecks, declare)).toEqual(expected);
    expect(findings2(declare)).toEqual(expected);
  });

  test.each<[string, (provider: WafCaptchaApiKeyProvider) => Construct]>([
    ['in the stack', ({ stack }) => stack],
    ['below the provider', (provider) => provider],
    ['below the function', ({ handler }) => handler],
  ])('in the runtime of another function %s', (_, scopeOf) => {
    expect(findings(AwsSolutionsChecks, (stack) => {
      const provider = new WafCaptchaApiKeyProvider(stack, 'Provider');
      new lambda.Function(
        scopeOf(provider),
        'Other',
        { runtime: lambda.Runtime.NODEJS_18_X, handler: 'index.handler', code: lambda.Code.fromInline('1') },
      );
    })).toContainEqual(expect.stringMatching(/^AwsSolutions-L1 .*\/Other\/Resource$/));
  });
});

/** What docs/design.md explains, with what it advises against each. */
const FUNCTION = 'Shop/WafCaptchaApiKeyProvider/Function/Resource';
const REMAINING: Record<string, string> = {
  CloudWatchLogGroupEncrypted: 'Shop/WafCaptchaApiKeyProvider/LogGroup/Resource',
  IAMNoInlinePolicy: 'Shop/WafCaptchaApiKeyProvider/Role/Resource',
  LambdaAsyncFailureDestination: 'Shop/WafCaptchaApiKeyProvider/Function/EventInvokeConfig/Resource',
  LambdaConcurrency: FUNCTION,
  LambdaDLQ: FUNCTION,
  LambdaInsideVPC: FUNCTION,
  LambdaStarPermissions: 'Shop/WafCaptchaApiKeyProvider/Role/Resource',
  LambdaTracing: FUNCTION,
};

test('the other packs report only what docs/design.md explains', () => {
  const found = PACKS.flatMap(([name, Checks]) => findings(Checks).map((finding) => finding.replace(`${name}-`, '')));
  expect([...new Set(found)].sort()).toEqual(
    Object.entries(REMAINING).map(([rule, resource]) => `${rule} ${resource}`),
  );
});

test('AwsSolutions reports the statement that the CDK adds for X-Ray', () => {
  expect(findings(AwsSolutionsChecks, (stack) => {
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { tracing: lambda.Tracing.ACTIVE }) });
  })).toEqual(['AwsSolutions-IAM5[Resource::*] Shop/Provider/Role/DefaultPolicy/Resource']);
});

describe('with the configuration that docs/design.md recommends', () => {
  /** A provider for which all of the advice is followed; the rest of the stack is not of interest. */
  function declare(stack: Stack, gracePeriod?: Duration): void {
    const role = newRole(stack);
    const queue = new sqs.Queue(stack, 'Failed');
    const logGroup = new logs.LogGroup(stack, 'Log', { encryptionKey: new kms.Key(stack, 'LogKey') });
    const toSend = new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] });
    role.addManagedPolicy(new iam.ManagedPolicy(stack, 'Permissions', {
      statements: [...functionPermissions(stack, logGroup.logGroupArn, true), toSend],
    }));
    const provider = new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeys', {
      role: role.withoutPolicyUpdates(),
      logGroup,
      vpc: new ec2.Vpc(stack, 'Vpc'),
      tracing: lambda.Tracing.ACTIVE,
      gracePeriod,
    });
    const fn = provider.handler.node.defaultChild as lambda.CfnFunction;
    fn.reservedConcurrentExecutions = 10;
    fn.deadLetterConfig = { targetArn: queue.queueArn };
    const invokeConfig =
      provider.handler.node.findChild('EventInvokeConfig').node.defaultChild as lambda.CfnEventInvokeConfig;
    invokeConfig.destinationConfig = { onFailure: { destination: queue.queueArn } };
    newKey(stack, { provider });
  }

  const ours = ['Shop/WafCaptchaApiKeys/', 'Shop/Given/', 'Shop/Permissions/', 'Shop/Log/', 'Shop/Key/'];
  const ourFindings = (Checks: Pack, gracePeriod?: Duration) =>
    findings(Checks, (stack) => declare(stack, gracePeriod)).filter((one) => ours.some((owner) => one.includes(owner)));

  test.each(PACKS)('%s reports none of it', (_, Checks) => {
    expect(ourFindings(Checks)).toEqual([]);
  });

  test.each(PACKS.slice(0, 4))('%s reports one inline policy with a grace period', (name, Checks) => {
    expect(ourFindings(Checks, Duration.days(1))).toEqual([
      `${name}-IAMNoInlinePolicy Shop/WafCaptchaApiKeys/GracePeriod/SchedulerRole/DefaultPolicy/Resource`,
    ]);
  });
});
