/**
 * Two keys at the same time: pages load the new one, and open tabs use the old one until you remove it.
 *
 *   1. Add the second key, pass it to the pages as here, and deploy.
 *   2. When no open tab has the first key any more, remove that key and deploy.
 *
 *     npx cdk deploy --app 'npx tsx rotation-with-overlap.ts'
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const common = { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] };
new WafCaptchaApiKey(stack, 'CaptchaKeyOfOctober', common);
const current = new WafCaptchaApiKey(stack, 'CaptchaKeyOfNovember', common);
new CfnOutput(stack, 'ApiKey', { value: current.apiKey });

app.synth();
