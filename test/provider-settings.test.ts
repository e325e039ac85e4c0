import { Duration, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKeyProvider } from '../src';
import { ACCOUNT, allowedIn, newKey, newStack, resourcesOf } from './support/stacks';

describe('settings of the provider', () => {
  const fnWith = (props: ConstructorParameters<typeof WafCaptchaApiKeyProvider>[2], stack: Stack) => {
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', props);
    newKey(stack, { provider });
    return { provider, template: Template.fromStack(stack) };
  };

  test('include memory, architecture, tracing, environment and its encryption', () => {
    const stack = newStack();
    const { template } = fnWith({
      memorySize: 512,
      architecture: lambda.Architecture.ARM_64,
      tracing: lambda.Tracing.ACTIVE,
      environment: { AWS_ENDPOINT_URL_WAFV2: 'https://waf.example.com' },
      environmentEncryption: kms.Key.fromKeyArn(stack, 'Cmk', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`),
    }, stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 512,
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { AWS_ENDPOINT_URL_WAFV2: 'https://waf.example.com' } },
      KmsKeyArn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`,
    });
    expect(Object.keys(allowedIn(stack))).toContain('xray:PutTraceSegments');
  });

  test('include a VPC with subnets, security groups and permissions, without a managed policy', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const { template } = fnWith(
      { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, securityGroups: [group] }, stack,
    );
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SecurityGroupIds: [stack.resolve(group.securityGroupId)],
        SubnetIds: stack.resolve(vpc.privateSubnets.map((subnet) => subnet.subnetId)),
      },
    });
    expect(allowedIn(stack)['ec2:CreateNetworkInterface']).toEqual({ Resource: '*' });
    expect(JSON.stringify(template.toJSON())).not.toContain('AWSLambdaVPCAccessExecutionRole');
  });

  test('reject subnets without a VPC', () => {
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    expect(() => new WafCaptchaApiKeyProvider(newStack(), 'Provider', { vpcSubnets })).toThrow(
      "Cannot configure 'vpcSubnets' without configuring a VPC",
    );
  });

  test('include a log group of the user', () => {
    const stack = newStack();
    const logGroup = new logs.LogGroup(stack, 'Mine');
    const { provider, template } = fnWith({ logGroup }, stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResourceProperties(
      'AWS::Lambda::Function', { LoggingConfig: { LogGroup: stack.resolve(logGroup.logGroupName) } },
    );
    expect(allowedIn(stack)['logs:PutLogEvents']).toEqual({ Resource: stack.resolve(logGroup.logGroupArn) });
    expect(provider.logGroup).toBe(logGroup);
  });

  test('have a default log group that keeps logs for a month and is deleted with the stack', () => {
    const stack = newStack();
    newKey(stack);
    expect(Object.values(resourcesOf(stack, 'AWS::Logs::LogGroup'))).toEqual([expect.objectContaining({
      Properties: expect.objectContaining({ RetentionInDays: 30 }), DeletionPolicy: 'Delete',
    })]);
  });

  test('include a permissions boundary for all new roles, which is an error with a given role', () => {
    const stack = newStack();
    const gracePeriod = Duration.days(1);
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyArn(
      stack, 'Boundary', `arn:aws:iam::${ACCOUNT}:policy/boundary`,
    );
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { permissionsBoundary, gracePeriod });
    newKey(stack, { provider });
    const boundaries = Object.values(resourcesOf(stack, 'AWS::IAM::Role'))
      .map(({ Properties }) => Properties.PermissionsBoundary);
    expect(boundaries).toEqual(Array(2).fill(`arn:aws:iam::${ACCOUNT}:policy/boundary`));
    const role = iam.Role.fromRoleArn(stack, 'Mine', `arn:aws:iam::${ACCOUNT}:role/mine`);
    expect(() => new WafCaptchaApiKeyProvider(stack, 'Other', { role, permissionsBoundary })).toThrow(
      'Shop/Other: permissionsBoundary: is for the role that the provider creates; set the boundary on the given role '
        + 'instead');
  });

  test('differ between providers', () => {
    const stack = newStack();
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Small', { memorySize: 128 }) }, 'One');
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Large', { memorySize: 1024 }) }, 'Two');
    expect(
      Object.values(resourcesOf(stack, 'AWS::Lambda::Function')).map(({ Properties }) => Properties.MemorySize),
    ).toEqual([128, 1024]);
  });
});

describe('in JavaScript', () => {
  const declare = (props: object, stack = newStack()) => () => new WafCaptchaApiKeyProvider(stack, 'Provider', props);

  test.each<[string, unknown, string]>([
    ['role', 'arn:aws:iam::123456789012:role/captcha',
      'must be such as Role.fromRoleArn(…), got "arn:aws:iam::123456789012:role/captcha"'],
    ['role', {}, 'must be such as Role.fromRoleArn(…), got an instance of Object'],
    ['permissionsBoundary', 'arn', 'must be such as ManagedPolicy.fromManagedPolicyArn(…), got "arn"'],
    ['vpc', 'vpc-1', 'must be such as Vpc.fromLookup(…), got "vpc-1"'],
    ['securityGroups', ['sg-1'], 'must be such as [SecurityGroup.fromSecurityGroupId(…)], got ["sg-1"]'],
    ['securityGroups', 'sg-1', 'must be such as [SecurityGroup.fromSecurityGroupId(…)], got "sg-1"'],
    ['logGroup', '/captcha', 'must be such as LogGroup.fromLogGroupName(…), got "/captcha"'],
    ['environmentEncryption', 1, 'must be such as Key.fromKeyArn(…), got 1'],
    ['vpc', [], 'must be such as Vpc.fromLookup(…), got []'],
    ['role', [null], 'must be such as Role.fromRoleArn(…), got [nothing]'],
    ['environment', 'NAME=value', "must be a map such as { NAME: 'value' }, got \"NAME=value\""],
    ['environment', ['value'], "must be a map such as { NAME: 'value' }, got [\"value\"]"],
    ['architecture', 'arm64', 'must be such as Architecture.ARM_64, got "arm64"'],
  ])('%s: %j is an error', (name, value, problem) => {
    expect(declare({ [name]: value })).toThrow(`Shop/Provider: ${name}: ${problem}`);
  });

  test('no security groups are a list, too', () => expect(declare({ securityGroups: [] })).not.toThrow());

  test('null means not set', () => {
    const names = ['role', 'permissionsBoundary', 'vpc', 'vpcSubnets', 'securityGroups', 'logGroup', 'environment',
      'environmentEncryption', 'memorySize', 'architecture', 'tracing'];
    const templateWith = (props: any) => {
      const stack = newStack();
      declare(props, stack)();
      return Template.fromStack(stack).toJSON();
    };
    const expected = templateWith(undefined);
    expect(templateWith(null)).toEqual(expected);
    expect(templateWith(Object.fromEntries(names.map((name) => [name, null])))).toEqual(expected);
  });
});

describe('public subnets, in which functions have no Internet access, are an error that says what to select', () => {
  const declare = (props: (vpc: ec2.IVpc) => object, ...subnetTypes: ec2.SubnetType[]) => () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration: subnetTypes.map((subnetType) => ({ name: subnetType, subnetType })),
    });
    return new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc, ...props(vpc) });
  };
  const problem = 'contains public subnets, in which AWS Lambda functions have no Internet access; select private '
    + 'subnets with a NAT gateway as vpcSubnets';
  const { PUBLIC, PRIVATE_WITH_EGRESS } = ec2.SubnetType;

  test('in a VPC of only such', () => expect(declare(() => ({}), PUBLIC)).toThrow(`Shop/Provider: vpc: ${problem}`));

  test.each<[string, (vpc: ec2.IVpc) => ec2.SubnetSelection]>([
    ['by type', () => ({ subnetType: PUBLIC })],
    ['beside others', (vpc) => ({ subnets: [vpc.privateSubnets[0], vpc.publicSubnets[0]] })],
  ])('selected %s', (_, select) => {
    expect(declare((vpc) => ({ vpcSubnets: select(vpc) }), PUBLIC, PRIVATE_WITH_EGRESS)).toThrow(
      `Shop/Provider: vpcSubnets: ${problem}`);
  });

  test('but not if a property injector allows them', () => {
    const stack = newStack();
    PropertyInjectors.of(stack).add({
      constructUniqueId: lambda.Function.PROPERTY_INJECTION_ID,
      inject: (props) => ({ allowPublicSubnet: true, ...props }),
    });
    const subnetConfiguration = [{ name: 'Public', subnetType: PUBLIC }];
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, subnetConfiguration });
    expect(() => new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc })).not.toThrow();
  });

  test('nor in place of the error for a property injector that forces another value, too', () => {
    const stack = newStack();
    PropertyInjectors.of(stack).add({
      constructUniqueId: lambda.Function.PROPERTY_INJECTION_ID,
      inject: (props) => ({ ...props, allowPublicSubnet: true, timeout: Duration.seconds(30) }),
    });
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'Public', subnetType: PUBLIC }] });
    expect(() => new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc })).toThrow(
      'Shop/Provider/Function: timeout: a property injector or Aspect sets it to 30');
  });

  test('and other errors of the function stay as they are', () => {
    expect(declare(() => ({ vpcSubnets: { subnetGroupName: 'Missing' } }), PUBLIC, PRIVATE_WITH_EGRESS)).toThrow(
      "There are no subnet groups with name 'Missing'");
  });
});
