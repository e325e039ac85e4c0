// A stack with one key: node deploy-app.cjs <maker>, which is 'this package'
// or 'AwsCustomResource'. The key's domains come from the CDK's context.
const { App, CfnOutput, Stack } = require('aws-cdk-lib');
const { awsCustomResourceKey } = require('./aws-custom-resource-key.cjs');

const makers = {
  'this package': (scope, tokenDomains) => {
    const { WafCaptchaApiKey, WafScope } = require('../../lib');
    return new WafCaptchaApiKey(scope, 'Key', { scope: WafScope.CLOUDFRONT, tokenDomains }).apiKey;
  },
  'AwsCustomResource': (scope, tokenDomains) => awsCustomResourceKey(scope, 'Key', tokenDomains).getResponseField(
    'APIKey',
  ),
};

const app = new App();
const stack = new Stack(
  app, 'Shop', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } },
);
const apiKey = makers[process.argv[2]](stack, String(app.node.tryGetContext('domains')).split(','));
new CfnOutput(stack, 'ApiKey', { value: apiKey });
