/** A CLOUDFRONT key, from whichever region, which gets another domain. */
import { CfnOutput } from 'aws-cdk-lib';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafScope } from '../../../src';

const app = new IntegApp();
const stack = app.stack('OtherDomains');
const key = new WafCaptchaApiKey(stack, 'Key', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['other-domains.integ.example.com', ...(app.changed ? ['second.integ.example.com'] : [])],
});
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });
