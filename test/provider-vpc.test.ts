import { App, CfnWaitConditionHandle, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { WafCaptchaApiKeyProps, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { envOf, keyIdOf, neededBy, newKey, newStack, resourcesOf, warningsOf } from './support/stacks';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = ec2.SubnetType;
const subnets = (...types: ec2.SubnetType[]) => types.map((subnetType) => ({ name: subnetType, subnetType }));

const newVpc = (stack: Stack, ...types: ec2.SubnetType[]) =>
  new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration: subnets(...types) });

const importedVpc = (stack: Stack, kind: 'isolated' | 'private') => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], [`${kind}SubnetIds`]: ['subnet-1', 'subnet-2'],
});

interface Network {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** The warnings about a key whose function runs in the network. */
function warnings(
  networkIn: (stack: Stack) => Network,
  key: Partial<WafCaptchaApiKeyProps> = {},
  stack = newStack(envOf('eu-west-1')),
): string[] {
  newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', networkIn(stack)), ...key });
  return warningsOf(stack).filter((warning) => warning.includes('isolatedSubnets')); // the CDK has some of its own
}

const isolated = (stack: Stack): Network => ({ vpc: newVpc(stack, PRIVATE_ISOLATED) });

describe('a key of another Region than its function in isolated subnets has a warning', () => {
  const WARNING = 'provider: Shop/Provider runs in isolated subnets, and the key is created in us-east-1, '
    + 'but interface endpoints for AWS WAF serve only their own Region (eu-west-1); select subnets with a NAT gateway '
      + 'as vpcSubnets, '
    + 'or acknowledge this warning if the VPC has another route';

  test.each<[string, (stack: Stack) => Network]>([
    ['a VPC of isolated subnets', isolated],
    ['a VPC without NAT gateways', (stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0 }) })],
    ['isolated subnets by type', (stack) => ({
      vpc: newVpc(stack, ec2.SubnetType.PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED),
      vpcSubnets: { subnetType: PRIVATE_ISOLATED },
    })],
    ['isolated subnets by name', (stack) => ({
      vpc: newVpc(stack, ec2.SubnetType.PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED),
      vpcSubnets: { subnetGroupName: PRIVATE_ISOLATED },
    })],
    ['one isolated subnet of them', (stack) => {
      const vpc = newVpc(stack, ec2.SubnetType.PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
      return { vpc, vpcSubnets: { subnets: [vpc.isolatedSubnets[0]] } };
    }],
    ['an imported VPC of isolated subnets', (stack) => ({ vpc: importedVpc(stack, 'isolated') })],
    ['an isolated subnet by id', (stack) => ({
      vpc: importedVpc(stack, 'isolated'),
      vpcSubnets: { subnets: [ec2.Subnet.fromSubnetId(stack, 'Subnet', 'subnet-1')] },
    })],
  ])('in %s', (_, networkIn) => {
    expect(warnings(networkIn)).toEqual([expect.stringContaining(WARNING)]);
  });

  test('as a REGIONAL key of another Region', () => {
    expect(warnings(isolated, { scope: WafScope.REGIONAL, region: 'eu-central-1' })).toEqual([
      expect.stringContaining('created in eu-central-1'),
    ]);
  });

  test('which can be acknowledged', () => {
    const stack = newStack(envOf('eu-west-1'));
    Validations.of(stack).acknowledge({ id: 'cdk-waf-captcha-api-key:isolatedSubnets', reason: 'transit gateway' });
    warnings(isolated, {}, stack);
    Validations.of(stack).acknowledge({ id: 'cdk-waf-captcha-api-key:isolatedSubnets', reason: 'transit gateway' });
    expect(warningsOf(stack)).toEqual([]);
  });
});

describe('there is no warning', () => {
  test.each<[string, (stack: Stack) => Network]>([
    [
      'in subnets with a NAT gateway',
      (stack) => ({ vpc: newVpc(stack, ec2.SubnetType.PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED) }),
    ],
    ['in isolated subnets beside one with a NAT gateway', (stack) => {
      const vpc = newVpc(stack, ec2.SubnetType.PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED);
      return { vpc, vpcSubnets: { subnets: [vpc.isolatedSubnets[0], vpc.privateSubnets[0]] } };
    }],
    ['in an imported VPC of private subnets', (stack) => ({ vpc: importedVpc(stack, 'private') })],
    ['in a subnet of which only the id is known', (stack) => ({
      vpc: importedVpc(stack, 'isolated'),
      vpcSubnets: { subnets: [ec2.Subnet.fromSubnetId(stack, 'Subnet', 'subnet-3')] },
    })],
  ])('%s', (_, networkIn) => expect(warnings(networkIn)).toEqual([]));

  test('for a REGIONAL key of the function\'s Region', () =>
    expect(warnings(isolated, { scope: WafScope.REGIONAL })).toEqual([]));

  test('for a CLOUDFRONT key in us-east-1', () =>
    expect(warnings(isolated, {}, newStack(envOf('us-east-1')))).toEqual([]));

  test('where the Region of the function is known only at deploy time', () =>
    expect(warnings(isolated, {}, newStack())).toEqual([]));

  test('in the first pass of a look-up, which finds the VPC only afterwards', () => {
    const app = new App();
    const stack = new Stack(app, 'Shop', envOf('eu-west-1'));
    const vpcSubnets = { subnetType: PRIVATE_ISOLATED };
    expect(
      warnings(() => ({ vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'shop' }), vpcSubnets }), {}, stack),
    ).toEqual([]);
    expect(app.synth().manifest.missing).toHaveLength(1);
  });
});

describe('endpoints and routes of a VPC in the stack exist as long as the keys', () => {
  test('and a rule for the function in their security group is no circular dependency', () => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = newVpc(stack, PRIVATE_ISOLATED);
    const vpcSubnets = { subnetType: PRIVATE_ISOLATED };
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', {
      vpc, vpcSubnets, gracePeriod: Duration.days(1),
    });
    newKey(stack, { provider, scope: WafScope.REGIONAL });
    for (const service of ['wafv2', 'cloudformation', 'scheduler']) {
      vpc.addInterfaceEndpoint(service, { service: new ec2.InterfaceVpcEndpointAwsService(service) })
        .connections.allowDefaultPortFrom(provider.handler);
    }
    vpc.addGatewayEndpoint('s3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
    const network = Object.entries(resources)
      .filter(([, { Type }]) => /VPCEndpoint|SecurityGroupIngress|Route/.test(Type)).map(([id]) => id);
    expect(network.length).toBeGreaterThan(8);
    const [guard] = Object.keys(resourcesOf(stack, GRACE_PERIOD_RESOURCE_TYPE));
    for (const id of [keyIdOf(stack), guard]) expect(neededBy(stack, id)).toEqual(expect.arrayContaining(network));
    for (const id of network) expect(neededBy(stack, id)).not.toContain(id);
  });

  test('and constructs below the VPC can be the provider, and use keys', () => {
    const stack = newStack(envOf('eu-west-1'));
    const vpc = newVpc(stack, PRIVATE_ISOLATED);
    const provider = new WafCaptchaApiKeyProvider(vpc, 'Provider', { vpc, gracePeriod: Duration.days(1) });
    const { apiKey } = newKey(stack, { provider, scope: WafScope.REGIONAL });
    new CfnWaitConditionHandle(vpc, 'User').addMetadata('Key', apiKey);
    vpc.addGatewayEndpoint('s3', { service: ec2.GatewayVpcEndpointAwsService.S3 });

    const [endpoint] = Object.keys(resourcesOf(stack, 'AWS::EC2::VPCEndpoint')); // fails for circular dependencies
    expect(neededBy(stack, keyIdOf(stack))).toContain(endpoint);
  });

  test('but not those of another stack, which is deployed first', () => {
    const app = new App();
    const [network, shop] = ['Network', 'Shop'].map((id) => new Stack(app, id, envOf('eu-west-1')));
    const vpc = newVpc(network, PRIVATE_WITH_EGRESS, ec2.SubnetType.PUBLIC);
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(shop, 'Provider', { vpc }) });
    const [config] = Object.values(resourcesOf(shop, 'AWS::Lambda::EventInvokeConfig'));
    expect(config).not.toHaveProperty('DependsOn');
    expect(shop.dependencies.map(({ stackName }) => stackName)).toEqual(['Network']);
  });
});
