/**
 * A key for pages behind a load balancer or an API, and the web ACL of that Region, which shares tokens between the
 * domains of the key. Copy captcha-page/web-acl.ts as well.
 *
 *     npx cdk deploy --app 'npx tsx regional-web-acl.ts'
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CaptchaWebAcl } from './captcha-page/web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'eu-west-1' } });

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['app.example.com', 'api.example.com'],
});
const webAcl = new CaptchaWebAcl(stack, 'WebAcl', {
  scope: 'REGIONAL', protectedPath: '/orders', tokenDomains: key.tokenDomains,
});

new CfnOutput(stack, 'WebAclArn', { value: webAcl.arn }); // associate it with your load balancer
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });

app.synth();
