/**
 * A key for another app, such as that of another team, through two SSM parameters.
 *
 * The two apps are in one file here and share only the prefix. The other app reads the parameters at each deployment.
 *
 *     npx cdk deploy Platform --app 'npx tsx ssm-between-apps.ts'
 *     npx cdk deploy Shop --app 'npx tsx ssm-between-apps.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const PREFIX = '/captcha/shop';
const app = new App();

// The app that owns the key …
const platform = new Stack(app, 'Platform');
const key = new WafCaptchaApiKey(platform, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['shop.example.com'],
});
key.publishToSsm(PREFIX);

// … and the one that uses it.
const shop = new Stack(app, 'Shop');
const captcha = WafCaptchaApiKey.fromSsmParameters(shop, 'Captcha', PREFIX);
new Function(shop, 'Config', { // responds to /config.json of the site
  runtime: determineLatestNodeRuntime(shop),
  handler: 'index.handler',
  code: Code.fromInline(`exports.handler = async () => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
    body: JSON.stringify({ apiKey: process.env.apiKey, scriptUrl: process.env.scriptUrl }),
  });`),
  environment: captcha.clientConfig, // apiKey, scriptUrl
});

app.synth();
