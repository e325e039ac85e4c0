/**
 * A key for pages behind a load balancer or an API, and the web ACL of that Region, which shares tokens between the
 * domains of the key.
 *
 *     npx cdk deploy --app 'npx tsx regional-web-acl.ts'
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'eu-west-1' } });

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['app.example.com', 'api.example.com'],
});

const visibility = (metricName: string) => ({
  cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName,
});
const webAcl = new CfnWebACL(stack, 'WebAcl', {
  scope: 'REGIONAL',
  defaultAction: { allow: {} },
  tokenDomains: key.tokenDomains,
  visibilityConfig: visibility('Shop'),
  rules: [{
    name: 'CaptchaForOrders',
    priority: 0,
    action: { captcha: {} },
    visibilityConfig: visibility('CaptchaForOrders'),
    statement: {
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString: '/orders',
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  }],
});

new CfnOutput(stack, 'WebAclArn', { value: webAcl.attrArn }); // associate it with your load balancer
new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });

app.synth();
