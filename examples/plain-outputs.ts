/**
 * Outputs of the stack with key and script URL, for pages that are not deployed by the CDK.
 *
 *     npx cdk deploy --app 'npx tsx plain-outputs.ts' --outputs-file captcha.json
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Captcha');

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] });
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });

app.synth();
