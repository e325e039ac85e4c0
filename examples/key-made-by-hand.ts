/**
 * A key that was made in the console: the rest of the app uses it like one of its own, until you replace this by a `new WafCaptchaApiKey`.
 *
 *     npx cdk deploy --app 'npx tsx key-made-by-hand.ts' -c apiKey=… -c scriptUrl=https://…/jsapi.js
 */
import { App, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const captcha = WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(stack, 'Captcha', {
  apiKey: app.node.tryGetContext('apiKey') ?? 'the-key-from-the-console',
  applicationIntegrationUrl: app.node.tryGetContext('scriptUrl') ?? 'https://example.edge.captcha-sdk.awswaf.com/example/jsapi.js',
});
new StringParameter(stack, 'ClientConfig', { stringValue: stack.toJsonString(captcha.clientConfig) });

app.synth();
