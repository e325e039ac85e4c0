import { Duration, Stack } from 'aws-cdk-lib';
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
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyArn(
      stack, 'Boundary', `arn:aws:iam::${ACCOUNT}:policy/boundary`,
    );
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { permissionsBoundary });
    newKey(stack, { provider, gracePeriod: Duration.days(1) });
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
