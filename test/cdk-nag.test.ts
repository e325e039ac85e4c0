import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks } from 'cdk-nag';
import { WafCaptchaApiKeyProvider } from '../src';
import { newKey } from './support/stacks';

type Pack = new (app: App) => NagPack;

/** Each finding of a pack with the construct it is about, without what has been acknowledged. */
function findings(Checks: Pack, declare: (stack: Stack) => void = newKey): string[] {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  declare(stack);
  const { violations } = new Checks(app).validate({ templatePaths: [], appConstruct: app });
  return violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map((resource) => `${ruleName} ${pathIn(resource)}`)).sort();
}

/** cdk-nag says the construct's path in a field that the CDK's type does not have. */
function pathIn(resource: object): string {
  return (resource as { constructPath: string }).constructPath;
}

/** Why each remains stands in docs/design.md: whoever needs it otherwise can have it by the provider's settings. */
const REMAINING = [
  'CloudWatchLogGroupEncrypted Shop/WafCaptchaApiKeyProvider/LogGroup/Resource',
  'IAMNoInlinePolicy Shop/WafCaptchaApiKeyProvider/Role/Resource',
  'LambdaConcurrency Shop/WafCaptchaApiKeyProvider/Function/Resource',
  'LambdaDLQ Shop/WafCaptchaApiKeyProvider/Function/Resource',
  'LambdaInsideVPC Shop/WafCaptchaApiKeyProvider/Function/Resource',
];

test('the default configuration has no findings of AwsSolutions', () => {
  expect(findings(AwsSolutionsChecks)).toEqual([]);
});

test('what is acknowledged is the * that stands beside actions without resources, and no more', () => {
  const found = findings(AwsSolutionsChecks, (stack) => {
    newKey(stack);
    new lambda.Function(stack, 'Other', { runtime: lambda.Runtime.NODEJS_18_X, handler: 'index.handler', code: lambda.Code.fromInline('1') });
  });
  expect(found).toContain('AwsSolutions-L1 Shop/Other/Resource');
  expect(found.filter((finding) => finding.includes('WafCaptchaApiKeyProvider'))).toEqual([]);
});

test('nor has a function in a VPC', () => {
  const found = findings(AwsSolutionsChecks, (stack) => {
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { vpc: new ec2.Vpc(stack, 'Vpc') }) });
  });
  expect(found.filter((finding) => !finding.includes('Shop/Vpc'))).toEqual([]);
});

test.each<[string, Pack]>([
  ['NIST.800.53.R5', NIST80053R5Checks],
  ['HIPAA.Security', HIPAASecurityChecks],
])('%s finds what docs/design.md explains, and nothing else', (name, Checks) => {
  expect(findings(Checks)).toEqual(REMAINING.map((finding) => `${name}-${finding}`));
});
