/** A key that moves from the stack's provider to one with its own settings, and reaches another stack through SSM. */
import { CfnOutput } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from '../../../src';

const PREFIX = '/waf-captcha-api-key-integ';
const app = new IntegApp();
const stack = app.stack('OtherProvider');
const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { memorySize: 512 });
new WafCaptchaApiKey(stack, 'Key', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['other-provider.integ.example.com'],
  provider: app.changed ? provider : undefined,
}).publishToSsm(PREFIX);

const reader = app.stack('SsmReader');
reader.addDependency(stack); // as the app of another team would come later
const captcha = WafCaptchaApiKey.fromSsmParameters(reader, 'Captcha', PREFIX);
new StringParameter(reader, 'Config', { stringValue: reader.toJsonString(captcha.clientConfig) });
new CfnOutput(reader, 'ApiKey', { value: captcha.apiKey });
new CfnOutput(reader, 'ScriptUrl', { value: captcha.scriptUrl });
