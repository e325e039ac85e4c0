/**
 * Tests of an app that uses the construct: by assertions, and by a snapshot that does not change with each upgrade.
 *
 *     npx jest site-stack.test.ts
 */
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SiteStack } from './site-stack';

const synthesize = (rotationId?: string) => Template.fromStack(new SiteStack(new App(), 'Site', { rotationId }));

test('the key is for the domain of the page', () => {
  synthesize().hasResourceProperties(
    'Custom::WafCaptchaApiKey', { Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] },
  );
});

test('the page receives the key', () => {
  const template = synthesize();
  const [logicalId] = Object.keys(template.findResources('Custom::WafCaptchaApiKey'));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { apiKey: { 'Fn::GetAtt': [logicalId, 'APIKey'] }, scriptUrl: Match.anyValue() } },
  });
});

/** The logical id of the key contains a hash of its identity: it changes if, and only if, the key is replaced. */
test('a rotation replaces the key', () => {
  const idsOf = (template: Template) => Object.keys(template.findResources('Custom::WafCaptchaApiKey'));
  expect(idsOf(synthesize('2026-11'))).not.toEqual(idsOf(synthesize()));
});

/** Without what upgrades change: the hash of the handler's code, and the runtime of its function. */
test('the template is as reviewed', () => {
  const template = JSON.stringify(synthesize().toJSON())
    .replace(/[0-9a-f]{64}\.zip/g, 'code.zip')
    .replace(/nodejs\d+\.x/g, 'nodejs.x');
  expect(JSON.parse(template)).toMatchSnapshot();
});
