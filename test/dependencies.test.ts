import {
  App, CfnCondition, CfnOutput, CfnResource, CfnWaitConditionHandle, Duration, Fn, NestedStack, Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { WafCaptchaApiKeyProvider } from '../src';
import { envOf, keyIdOf, keyOf, neededBy, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

const idOf = (stack: Stack, type: string) => {
  const ids = Object.keys(resourcesOf(stack, type)); // fails for circular dependencies
  expect(ids).toHaveLength(1);
  return ids[0];
};

describe('a key waits for', () => {
  test('the function with its role, log group and configuration, by name', () => {
    const stack = newStack();
    newKey(stack);
    expect(keyOf(stack).DependsOn).toEqual([
      idOf(stack, 'AWS::Lambda::EventInvokeConfig'), idOf(stack, 'AWS::Lambda::Function'),
    ]);
    expect(neededBy(stack, keyIdOf(stack))).toEqual(expect.arrayContaining([
      idOf(stack, 'AWS::IAM::Role'), idOf(stack, 'AWS::Logs::LogGroup'),
    ]));
  });

  test('the guard and all that it needs with a grace period', () => {
    const stack = newStack();
    WafCaptchaApiKeyProvider.getOrCreate(stack, { gracePeriod: Duration.days(1) });
    newKey(stack);
    const guard = idOf(stack, GRACE_PERIOD_RESOURCE_TYPE);
    expect(keyOf(stack).DependsOn).toContain(guard);
    // By name: the function, through which it would need the policy, too, stays when only the grace period is removed.
    const { DependsOn } = resourcesOf(stack, GRACE_PERIOD_RESOURCE_TYPE)[guard];
    expect(DependsOn).toEqual(expect.arrayContaining(
      ['AWS::IAM::Policy', 'AWS::Scheduler::ScheduleGroup'].flatMap((type) => Object.keys(resourcesOf(stack, type)))));
    const others = Object.keys(Template.fromStack(stack).toJSON().Resources)
      .filter((id) => id !== guard && id !== keyIdOf(stack));
    expect(neededBy(stack, guard).sort()).toEqual(others.sort());
  });

  test('a policy of the user for an immutable role on which the function depends', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', {
      role: role.withoutPolicyUpdates(), gracePeriod: Duration.days(1),
    });
    const policy = new iam.ManagedPolicy(stack, 'Policy', {
      roles: [role],
      statements: [
        new iam.PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [provider.logGroup.logGroupArn] }),
      ],
    });
    provider.handler.node.addDependency(policy);
    newKey(stack, { provider });
    const policyId = idOf(stack, 'AWS::IAM::ManagedPolicy');
    for (const id of [keyIdOf(stack), idOf(stack, GRACE_PERIOD_RESOURCE_TYPE)]) {
      expect(neededBy(stack, id)).toContain(policyId);
    }
  });

  test.each([
    ['AWS::EC2::VPCEndpoint', { VpcId: 'vpc-1', ServiceName: 's3' }],
    ['AWS::EC2::Route', { RouteTableId: 'rtb-1' }],
    ['AWS::EC2::SubnetRouteTableAssociation', { RouteTableId: 'rtb-1', SubnetId: 'subnet-1' }],
    ['AWS::EC2::SubnetNetworkAclAssociation', { NetworkAclId: 'acl-1', SubnetId: 'subnet-1' }],
    ['AWS::EC2::NetworkAclEntry', { NetworkAclId: 'acl-1', RuleNumber: 1, Protocol: 6, RuleAction: 'allow' }],
    ['AWS::EC2::SecurityGroupIngress', { IpProtocol: 'tcp' }],
    ['AWS::EC2::SecurityGroupEgress', { IpProtocol: 'tcp', GroupId: 'sg-1' }],
  ])('%s in the VPC of the function, also if it is added later', (type, properties) => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc }) });
    const added = new CfnResource(vpc, 'Added', { type, properties });
    expect(neededBy(stack, keyIdOf(stack))).toContain(stack.getLogicalId(added));
  });

  test('subnets that the VPC does not know, and its endpoints', () => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const endpoint = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const subnet = new ec2.PrivateSubnet(stack, 'Own', {
      vpcId: vpc.vpcId, availabilityZone: 'eu-west-1a', cidrBlock: '10.0.255.0/24',
    });
    newKey(stack, {
      provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc, vpcSubnets: { subnets: [subnet] } }),
    });
    expect(neededBy(stack, keyIdOf(stack))).toContain(stack.getLogicalId(endpoint.node.defaultChild as CfnResource));
  });
});

describe('there is no circular dependency', () => {
  test.each<[string, (provider: WafCaptchaApiKeyProvider) => void]>([
    ['two keys below their provider', (provider) => {
      newKey(provider, { provider }, 'One');
      newKey(provider, { provider, rotationId: '2' }, 'Two');
    }],
    ['a key and a dashboard below the provider', (provider) => {
      const { apiKey } = newKey(provider, { provider });
      new cloudwatch.Dashboard(provider, 'Dashboard', {
        widgets: [[new cloudwatch.TextWidget({ markdown: `${apiKey} ${provider.handler.functionName}` })]],
      });
    }],
    ['a key and an alias of the function below the function', (provider) => {
      newKey(provider.handler, { provider });
      provider.handler.addAlias('live');
    }],
    ['a key below the group of the schedules', (provider) => newKey(provider.scheduleGroup ?? provider, { provider })],
  ])('for %s', (_, declare) => {
    for (const gracePeriod of [undefined, Duration.days(1)]) {
      const stack = newStack();
      declare(new WafCaptchaApiKeyProvider(stack, 'Provider', { gracePeriod }));
      expect(() => Template.fromStack(stack)).not.toThrow();
    }
  });

  test('if a nested stack has the provider, and an endpoint of its parent allows the function', () => {
    const parent = newStack(envOf('eu-west-1'));
    const vpc = new ec2.Vpc(parent, 'Vpc');
    const nested = new NestedStack(parent, 'Nested');
    const provider = new WafCaptchaApiKeyProvider(nested, 'Provider', { vpc });
    newKey(nested, { provider });
    vpc.addInterfaceEndpoint('Waf', { service: new ec2.InterfaceVpcEndpointAwsService('wafv2'), open: false })
      .connections.allowDefaultPortFrom(provider.handler);
    expect(() => Template.fromStack(parent)).not.toThrow();
  });
});

test('what a user lets depend on the provider waits for its function and configuration', () => {
  const stack = newStack();
  const provider = new WafCaptchaApiKeyProvider(stack, 'Provider');
  const handle = new CfnWaitConditionHandle(provider, 'Below');
  handle.node.addDependency(provider);
  expect(resourcesOf(stack, 'AWS::CloudFormation::WaitConditionHandle')[stack.getLogicalId(handle)].DependsOn).toEqual([
    idOf(stack, 'AWS::Lambda::EventInvokeConfig'), idOf(stack, 'AWS::Lambda::Function'),
  ]);
});

describe('conditions', () => {
  const newCondition = (stack: Stack, id: string) => new CfnCondition(stack, id, {
    expression: Fn.conditionEquals(Fn.ref('AWS::Region'), id),
  });
  const LOST = 'cdk-waf-captcha-api-key:condition';

  /** A key in a VPC with an endpoint. */
  const inVpc = () => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc });
    newKey(stack, { provider });
    const s3 = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const endpoint = s3.node.defaultChild as CfnResource;
    const invokeConfig = provider.handler.node.findChild('EventInvokeConfig').node.defaultChild as CfnResource;
    return { stack, endpoint, invokeConfig };
  };
  const dependsOn = (stack: Stack) => Object.values(resourcesOf(stack, 'AWS::Lambda::EventInvokeConfig'))[0].DependsOn;

  test('an endpoint under a condition may not exist, so nothing depends on it, and the user is told', () => {
    const { stack, endpoint } = inVpc();
    endpoint.cfnOptions.condition = newCondition(stack, 'HasEndpoint');
    expect(dependsOn(stack)).not.toContain(stack.getLogicalId(endpoint));
    const lost = warningsOf(stack).filter((text) => text.includes(LOST)).map((text) => text.replace(/ \[ack.*/, ''));
    expect(lost).toEqual([
      'does not wait for Shop/Vpc/S3/Resource, which exists only under the condition Shop/HasEndpoint, so '
      + 'CloudFormation can create or delete it first; give both the same condition, or none',
    ]);
  });

  test('an endpoint under the condition of the function exists with it', () => {
    const { stack, endpoint, invokeConfig } = inVpc();
    endpoint.cfnOptions.condition = invokeConfig.cfnOptions.condition = newCondition(stack, 'HasCaptcha');
    expect(dependsOn(stack)).toContain(stack.getLogicalId(endpoint));
    expect(warningsOf(stack).filter((text) => text.includes(endpoint.node.path))).toEqual([]);
  });

  test('an endpoint without a condition exists always', () => {
    const { stack, endpoint, invokeConfig } = inVpc();
    invokeConfig.cfnOptions.condition = newCondition(stack, 'HasCaptcha');
    expect(dependsOn(stack)).toContain(stack.getLogicalId(endpoint));
  });

  test('a key under a condition waits for a provider without one', () => {
    const stack = newStack();
    (newKey(stack).node.defaultChild as CfnResource).cfnOptions.condition = newCondition(stack, 'HasCaptcha');
    expect(keyOf(stack).DependsOn).toContain(idOf(stack, 'AWS::Lambda::EventInvokeConfig'));
  });

  test('a key under another condition than its provider names nothing that may not exist', () => {
    const stack = newStack();
    const key = newKey(stack).node.defaultChild as CfnResource;
    const provider = WafCaptchaApiKeyProvider.getOrCreate(stack);
    const condition = newCondition(stack, 'HasProvider');
    for (const resource of provider.node.findAll().filter(CfnResource.isCfnResource)) {
      resource.cfnOptions.condition = condition;
    }
    key.cfnOptions.condition = newCondition(stack, 'HasKey');
    expect(keyOf(stack)).not.toHaveProperty('DependsOn');
    expect(warningsOf(stack).filter((text) => text.includes(LOST))).toHaveLength(2);
  });

  test('a function waits for no policy of a role of the user under another condition, and the user is told', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { role, gracePeriod: Duration.days(1) });
    const policies = [provider, provider.node.findChild('GracePeriod')].map(({ node }) => node.findChild('Policy'));
    for (const { node } of policies) {
      (node.defaultChild as CfnResource).cfnOptions.condition = newCondition(stack, node.addr);
    }
    const { DependsOn } = Object.values(resourcesOf(stack, 'AWS::Lambda::Function'))[0];
    expect(DependsOn).toEqual([stack.getLogicalId(role.node.defaultChild as CfnResource)]); // by the CDK
    for (const { node } of policies) {
      expect(warningsOf(stack)).toContainEqual(expect.stringContaining(`does not wait for ${node.path}/Resource`));
    }
  });

  test('a key under the condition of its provider waits for it', () => {
    const stack = newStack();
    const key = newKey(stack);
    const condition = newCondition(stack, 'HasCaptcha');
    for (const resource of stack.node.findAll().filter(CfnResource.isCfnResource)) {
      resource.cfnOptions.condition = condition;
    }
    new CfnOutput(stack, 'Value', { value: key.apiKey }).condition = condition;
    expect(keyOf(stack).DependsOn).toHaveLength(2);
    expect(warningsOf(stack)).toEqual([]);
  });
});

test('a provider of another stack is deployed before its keys', () => {
  const app = new App();
  const [home, shop] = ['Home', 'Shop'].map((id) => new Stack(app, id));
  newKey(shop, { provider: new WafCaptchaApiKeyProvider(home, 'Provider', { gracePeriod: Duration.days(1) }) });
  expect(keyOf(shop)).not.toHaveProperty('DependsOn');
  expect(shop.dependencies).toEqual([home]);
});
