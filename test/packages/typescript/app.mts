import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from 'cdk-waf-captcha-api-key';

// The app that each language has: three keys and their consumers. The templates must be the same in all.
const app = new App();

const keys = new Stack(app, 'Keys', { env: { region: 'us-east-1' } });
const key = new WafCaptchaApiKey(keys, 'Key', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['example.com', 'Bücher.example', 'example.com'],
  rotationId: '2026-11',
});
key.publishToSsm('/captcha/shop');

const site = new Stack(app, 'Site', { env: { region: 'eu-west-1' } });
new StringParameter(site, 'Config', { stringValue: site.toJsonString(key.clientConfig) });
new CfnOutput(site, 'ScriptUrl', { value: key.scriptUrl });

const regional = new Stack(app, 'Regional', { env: { region: 'eu-west-1' } });
const regionalKey = new WafCaptchaApiKey(regional, 'Key', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['app.example.com'],
  provider: new WafCaptchaApiKeyProvider(
    regional, 'Provider', { memorySize: 512, environment: { NODE_OPTIONS: '--enable-source-maps' } },
  ),
});
new CfnOutput(regional, 'TokenDomains', { value: regionalKey.tokenDomains.join(' ') });

const other = new Stack(app, 'Other', { env: { region: 'us-east-1' } });
const published = WafCaptchaApiKey.fromSsmParameters(other, 'Published', '/captcha/shop');
const existing = WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(other, 'Existing', {
  apiKey: 'made-by-hand',
  applicationIntegrationUrl: 'https://example.invalid/id',
});
new StringParameter(other, 'PublishedUrl', { stringValue: published.scriptUrl });
new CfnOutput(other, 'ExistingUrl', { value: existing.scriptUrl });

app.synth();
