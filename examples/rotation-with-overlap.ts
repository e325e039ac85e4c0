/**
 * Two keys at the same time: pages load the new one, and open tabs use the old one until you remove it.
 *
 *   1. Add the second key, pass it to the pages as here, keep the output of the first key, and deploy.
 *   2. When no open tab has the first key any more, remove that key with its output, and deploy.
 *
 *     npx cdk deploy --all --app 'npx tsx rotation-with-overlap.ts'
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const keys = new Stack(app, 'CaptchaKeys');
const site = new Stack(app, 'Shop');

const common = { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] };
const previous = new WafCaptchaApiKey(keys, 'CaptchaKeyOfOctober', common);
const current = new WafCaptchaApiKey(keys, 'CaptchaKeyOfNovember', common);
new StringParameter(site, 'ApiKey', { stringValue: current.apiKey }); // in place of your pages
// No page needs it. If the first deployment fails, this stack rolls back to a template that reads the previous key.
new CfnOutput(site, 'PreviousApiKey', { value: previous.apiKey });

app.synth();
