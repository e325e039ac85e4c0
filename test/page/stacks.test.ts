import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { RegionalStack } from '../../examples/captcha-page/regional-stack';
import { WafCaptchaApiKey, WafScope } from '../../src';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d';

/** The findings of cdk-nag, and why the example accepts them. */
const REASONS: Readonly<Record<string, string>> = {
  'AwsSolutions-S1': 'access logs of a bucket that only the distribution and the deployment can read would need '
    + 'another bucket',
  'AwsSolutions-CFR1': 'a sign-up form is for all countries',
  'AwsSolutions-CFR3': 'access logs hold addresses of visitors: whether to keep them is for the site to decide',
  'AwsSolutions-CFR4': 'without a domain of your own CloudFront allows no other protocols than those of its own '
    + 'certificate',
  'AwsSolutions-ELB2': 'as CFR3',
  'AwsSolutions-EC23': 'a public page is for everyone',
  'AwsSolutions-VPC7': 'in this VPC there is the load balancer and nothing else',
  'AwsSolutions-IAM4': 'the managed policy lets a function write its log',
  'AwsSolutions-IAM5': 'BucketDeployment of the CDK copies whatever files its sources hold',
  'AwsSolutions-L1': 'the CDK chooses the runtime of its own functions; that of the examples follows with the next '
    + 'version of aws-cdk-lib',
};

function findings(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validate({ templatePaths: [], appConstruct: app });
  return violations.map(({ ruleName }) => ruleName.replace(/\[.*/, ''));
}

function cloudFront(domain?: string): CaptchaPageStack {
  return new CaptchaPageStack(new App(), 'CaptchaPage', {
    env: { region: 'us-east-1' }, domain, certificateArn: domain && CERTIFICATE,
  });
}

function regional(): RegionalStack {
  return new RegionalStack(new App(), 'Regional', {
    env: { region: 'eu-west-1' }, domain: 'app.example.com', certificateArn: CERTIFICATE,
  });
}

describe('The stack for CloudFront', () => {
  test('has a key for the distribution\'s own domain, and for a custom domain if there is one', () => {
    const distribution = { 'Fn::GetAtt': ['Distribution830FAC52', 'DomainName'] };
    Template.fromStack(cloudFront()).hasResourceProperties(
      'Custom::WafCaptchaApiKey', { Scope: 'CLOUDFRONT', TokenDomains: [distribution] },
    );
    Template.fromStack(cloudFront('www.example.com')).hasResourceProperties('Custom::WafCaptchaApiKey', {
      TokenDomains: ['www.example.com', distribution],
    });
  });

  test('cannot have a domain without a certificate', () => {
    expect(() => new CaptchaPageStack(new App(), 'CaptchaPage', { domain: 'www.example.com' }))
      .toThrow('domain and certificate must be set together');
  });

  test('lets nobody but the distribution call the function', () => {
    const template = Template.fromStack(cloudFront());
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
    const permissions = Object.values(
      template.findResources('AWS::Lambda::Permission'),
    ) as { Properties: Record<string, unknown> }[];
    // A newer aws-cdk-lib adds the first one by itself, too.
    expect(
      new Set(permissions.map(({ Properties: { Action, Principal } }) => `${Action} ${Principal}`)),
    ).toEqual(new Set([
      'lambda:InvokeFunction cloudfront.amazonaws.com',
      'lambda:InvokeFunctionUrl cloudfront.amazonaws.com',
    ]));
    expect(permissions.every(({ Properties }) => 'SourceArn' in Properties)).toBe(true);
  });

  test('key.tokenDomains in the web ACL of a distribution among them is a circular dependency', () => {
    const stack = new Stack(new App(), 'Cycle');
    const acl = new CfnWebACL(stack, 'Acl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: { metricName: 'Acl', cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true },
    });
    const distribution = new Distribution(
      stack, 'Distribution', { defaultBehavior: { origin: new HttpOrigin('example.com') }, webAclId: acl.attrArn },
    );
    const key = new WafCaptchaApiKey(
      stack, 'Key', { scope: WafScope.CLOUDFRONT, tokenDomains: [distribution.domainName] },
    );
    acl.tokenDomains = key.tokenDomains;
    expect(() => Template.fromStack(stack)).toThrow(/dependency cycle/);
  });
});

describe('The regional stack', () => {
  test('has a REGIONAL key, and passes key, script and policy to the function', () => {
    const template = Template.fromStack(regional());
    template.hasResourceProperties(
      'Custom::WafCaptchaApiKey', { Scope: 'REGIONAL', TokenDomains: ['app.example.com'] },
    );
    template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'REGIONAL', TokenDomains: ['app.example.com'] });
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  });

  test.each(['page/index.html', 'page/captcha-loader.js', 'server/index.js'])('has %s in the function', (file) => {
    const { directory } = (regional().node.root as App).synth();
    const assets = readdirSync(directory).filter((name) => name.startsWith('asset.'));
    expect(assets.some((asset) => existsSync(path.join(directory, asset, file)))).toBe(true);
  });
});

test('cdk-nag reports only findings that have a reason here', () => {
  const stacks = [cloudFront(), cloudFront('www.example.com'), regional()];
  const found = stacks.flatMap((stack) => findings(stack.node.root as App));
  expect([...new Set(found)].sort()).toEqual(Object.keys(REASONS).sort());
});
