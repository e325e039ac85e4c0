import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKeyProvider, WafScope } from '../src';
import { ACCOUNT, envOf, newKey, newStack } from './support/stacks';

/** A template without what changes with each build of the handler, and each new runtime of AWS Lambda. */
function normalized(stack: Stack): unknown {
  return JSON.parse(JSON.stringify(Template.fromStack(stack).toJSON())
    .replace(/[0-9a-f]{64}\.zip/g, 'handler.zip')
    .replace(/nodejs\d+\.x/g, 'nodejs.x'));
}

test('the minimal template', () => {
  const stack = newStack(envOf('eu-west-1'));
  newKey(stack);
  expect(normalized(stack)).toMatchSnapshot();
});

test('the full template', () => {
  const stack = newStack(envOf('eu-west-1'));
  const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', {
    vpc: ec2.Vpc.fromVpcAttributes(
      stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-1'] },
    ),
    logGroup: new logs.LogGroup(stack, 'Log'),
    environment: { AWS_ENDPOINT_URL_WAFV2: 'https://waf.example.com' },
    environmentEncryption: kms.Key.fromKeyArn(stack, 'Cmk', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`),
    memorySize: 512,
    architecture: lambda.Architecture.ARM_64,
    tracing: lambda.Tracing.ACTIVE,
  });
  newKey(stack, { provider, tokenDomains: ['example.com', 'www.example.com'] }).publishToSsm('/captcha/shop');
  newKey(stack, {
    provider,
    scope: WafScope.REGIONAL,
    region: 'eu-central-1',
    rotationId: '2026-11',
    removalPolicy: RemovalPolicy.RETAIN,
  }, 'Regional');
  expect(normalized(stack)).toMatchSnapshot();
});

test('a key and its site in another Region', () => {
  const app = new App();
  const shop = new Stack(app, 'Shop', envOf('us-east-1'));
  const site = new Stack(app, 'Site', envOf('eu-west-1'));
  new lambda.Function(site, 'Page', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => {}'),
    environment: { ...newKey(shop).clientConfig },
  });
  expect([normalized(shop), normalized(site)]).toMatchSnapshot();
});
