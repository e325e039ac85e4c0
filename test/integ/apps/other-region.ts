/** A REGIONAL key of another region than the stack's, which moves to the stack's: the old one is deleted there. */
import { CfnOutput } from 'aws-cdk-lib';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafScope } from '../../../src';

const app = new IntegApp();
const stack = app.stack('OtherRegion');
const key = new WafCaptchaApiKey(stack, 'Key', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['other-region.integ.example.com'],
  region: app.changed ? undefined : process.env.INTEG_OTHER_REGION,
});
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });
