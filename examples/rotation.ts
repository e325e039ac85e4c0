/**
 * A key that is rotated by a change of `rotationId`, here the month from the command line.
 *
 *     npx cdk deploy --app 'npx tsx rotation.ts' -c rotation=2026-12
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['example.com'],
  rotationId: app.node.tryGetContext('rotation') ?? '2026-11',
});
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });

app.synth();
