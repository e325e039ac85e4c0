import { App, ContextProvider, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafCaptchaApiKeyProps, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { envOf, keyOf, newKey, newStack, warningsOf } from './support/stacks';

/** What the look-ups of the CDK return in the first pass of synthesis. */
const LOOK_UPS: [string, (stack: Stack) => string][] = [
  ['an SSM parameter', (stack) => StringParameter.valueFromLookup(stack, '/shop/domain')],
  ['an SSM parameter without a path', (stack) => StringParameter.valueFromLookup(stack, 'Shop.Domain_1')],
  ['a hosted zone', (stack) => route53.HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' }).zoneName],
  [
    'the id of a hosted zone',
    (stack) => route53.HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' }).hostedZoneId,
  ],
  [
    'a load balancer',
    (stack) =>
      elb.ApplicationLoadBalancer.fromLookup(stack, 'Alb', { loadBalancerTags: { a: 'b' } }).loadBalancerDnsName,
  ],
  ['a VPC', (stack) => ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true }).vpcId],
  ['an image', (stack) => ec2.MachineImage.lookup({ name: 'x' }).getImage(stack).imageId],
  ['an availability zone', (stack) => stack.availabilityZones[0]],
  [
    'a provider of the CDK',
    (stack) => ContextProvider.getValue(stack, { provider: 'plugin', props: {}, dummyValue: 'DUMMY VALUE' }).value,
  ],
];

const bound = () => newStack(envOf('eu-west-1'));
const texts: [string, (value: string) => string][] = [
  ['alone', (value) => value],
  ['behind a text', (value) => `www.${value}`],
  ['before a text', (value) => `${value}.example.com`],
];

describe.each(LOOK_UPS)('the first pass with a look-up of %s', (_, lookUp) => {
  test.each(texts)('accepts it as a domain, %s', (__, text) => {
    const stack = bound();
    newKey(stack, { tokenDomains: [text(lookUp(stack)), 'example.org'] });
    expect(keyOf(stack).Properties.TokenDomains).toHaveLength(2);
  });
});

describe.each(LOOK_UPS.filter(([name]) => /SSM|the id of a hosted zone|provider/.test(name)))(
  'the first pass with %s',
  (_, lookUp) => {
    test.each<[string, (value: string) => Partial<WafCaptchaApiKeyProps>]>([
      ['scope', (value) => ({ scope: value as WafScope })],
      ['region', (region) => ({ scope: WafScope.REGIONAL, region })],
      ['rotationId', (rotationId) => ({ rotationId })],
    ])('accepts it as %s', (__, props) => {
      const stack = bound();
      newKey(stack, props(lookUp(stack)));
      expect(JSON.stringify(keyOf(stack).Properties)).toContain(lookUp(bound()));
    });
  },
);

test('the first pass accepts a split list', () => {
  const stack = bound();
  const domains = StringParameter.valueFromLookup(stack, '/shop/domains').split(',');
  expect(newKey(stack, { tokenDomains: domains }).tokenDomains).toEqual(['dummy-value-for-/shop/domains']);
  expect(warningsOf(stack)).toEqual([]);
});

test('the first pass accepts the items of a split list by their places', () => {
  const stack = bound();
  const [first, second] = StringParameter.valueFromLookup(stack, '/shop/domains').split(',');
  expect(newKey(stack, { tokenDomains: [second, first] }).tokenDomains).toEqual(['dummy-value-for-/shop/domains']);
});

test('the first pass accepts the number of a look-up as the grace period', () => {
  const stack = bound();
  const days = Number(StringParameter.valueFromLookup(stack, '/shop/days'));
  WafCaptchaApiKeyProvider.getOrCreate(stack, { gracePeriod: Duration.days(days) });
  expect(() => (stack.node.root as App).synth()).not.toThrow();
  // The CLI reports errors of this kind only after all look-ups have happened.
  const message = 'gracePeriod: must be whole minutes, from 1 minute to 365 days, known at synthesis, got no number';
  Annotations.fromStack(stack).hasError('/Shop/WafCaptchaApiKeyProvider', message);
});

test('the first pass accepts a look-up beside five domains, one of which it may return', () => {
  const stack = bound();
  const tokenDomains = [...'abcde'].map((host) => `${host}.example.com`);
  tokenDomains.push(StringParameter.valueFromLookup(stack, '/shop/domain'));
  expect(newKey(stack, { tokenDomains }).tokenDomains).toHaveLength(6);
});

test.each(['account', 'region'])('the first pass accepts an ARN whose %s is looked up', (name) => {
  const stack = bound();
  const value = StringParameter.valueFromLookup(stack, `/${name}`);
  const arn = `arn:aws:lambda:${name === 'region' ? value : 'eu-west-1'}:${name === 'account' ? value : stack.account}`;
  const provider = WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Provider', `${arn}:function:captcha`);
  newKey(stack, { provider });
  expect(keyOf(stack).Properties.ServiceToken).toContain(value);
});

test('the first pass accepts the Region of an availability zone', () => {
  const stack = bound();
  expect(() =>
    newKey(stack, { scope: WafScope.REGIONAL, region: stack.availabilityZones[0].slice(0, -1) }),
  ).not.toThrow();
});

test.each(['', '/captcha/'])('the first pass accepts a prefix of SSM parameters after %j', (start) => {
  const stack = bound();
  const prefix = start + StringParameter.valueFromLookup(stack, '/shop/prefix');
  newKey(stack).publishToSsm(prefix);
  const site = new Stack(stack.node.root as App, 'Site', envOf('eu-west-1'));
  expect(site.resolve(WafCaptchaApiKey.fromSsmParameters(site, 'Captcha', prefix).clientConfig)).toHaveProperty(
    'apiKey.Ref',
  );
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});

test('the second pass validates the value', () => {
  const context = { 'ssm:account=123456789012:parameterName=/shop/domain:region=eu-west-1': 'https://example.com' };
  const stack = newStack(envOf('eu-west-1'), { context });
  expect(() => newKey(stack, { tokenDomains: [StringParameter.valueFromLookup(stack, '/shop/domain')] })).toThrow(
    "write 'example.com'",
  );
});

test('a real domain with a word of the placeholders is normalized', () => {
  expect(newKey(newStack(), { tokenDomains: ['Dummy.Example.com'] }).tokenDomains).toEqual(['dummy.example.com']);
});

test('tokens beside a word of the placeholders are kept', () => {
  const stack = newStack();
  const hosts = [Fn.importValue('One'), Fn.importValue('Two'), '{{resolve:ssm:/three}}'];
  newKey(stack, { tokenDomains: hosts.map((host) => `Dummy-${host}.example.com`) });
  expect(keyOf(stack).Properties.TokenDomains).toEqual([
    { 'Fn::Join': ['', ['Dummy-', { 'Fn::ImportValue': 'One' }, '.example.com']] },
    { 'Fn::Join': ['', ['Dummy-', { 'Fn::ImportValue': 'Two' }, '.example.com']] },
    'Dummy-{{resolve:ssm:/three}}.example.com',
  ]);
});

describe('dynamic references are tokens', () => {
  const REFERENCE = '{{resolve:ssm:/shop/domain}}';

  test('as domains, alone and within a text', () => {
    const stack = newStack();
    const key = newKey(stack, {
      tokenDomains: [REFERENCE, `WWW.${REFERENCE}`, 'example.com', `{{resolve:ssm:/${Fn.importValue('Name')}}}`],
    });
    expect(key.tokenDomains.slice(0, 3)).toEqual(['example.com', REFERENCE, `www.${REFERENCE}`]);
    expect(keyOf(stack).Properties.TokenDomains).toHaveLength(4);
  });

  test('as region and rotationId', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { scope: WafScope.REGIONAL, region: REFERENCE, rotationId: REFERENCE });
    expect(keyOf(stack).Properties).toMatchObject({ Region: REFERENCE, RotationId: REFERENCE });
  });

  test('are validated together with the text around them', () => {
    expect(() => newKey(newStack(), { tokenDomains: [`https://${REFERENCE}`] })).toThrow(
      `'https://${REFERENCE}' is not a bare host name (no scheme, user, port, path, whitespace or quotation marks); `
        + `write '${REFERENCE}'`,
    );
  });
});
