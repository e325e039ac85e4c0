/**
 * A key that was created in the console. The rest of the app uses it like a `WafCaptchaApiKey`. Insert your values.
 *
 *     npx cdk deploy --app 'npx tsx imported-key.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const captcha = WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(stack, 'Captcha', {
  apiKey: 'the-key-from-the-console',
  applicationIntegrationUrl: 'https://example.edge.captcha-sdk.awswaf.com/example/jsapi.js',
});
new StringParameter(stack, 'ClientConfig', { stringValue: stack.toJsonString(captcha.clientConfig) });

app.synth();
