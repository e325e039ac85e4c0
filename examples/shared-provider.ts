/**
 * One function for the keys of all stacks of a Region. This app refers to the construct, other apps to its ARN, an
 * output of the first command.
 *
 *     npx cdk deploy --all --app 'npx tsx shared-provider.ts'
 *     npx cdk deploy Blog --app 'npx tsx shared-provider.ts' -c providerArn=<ARN of the function>
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'eu-west-1' };

const platform = new Stack(app, 'Platform', { env });
const provider = new WafCaptchaApiKeyProvider(platform, 'CaptchaKeyProvider');
new CfnOutput(platform, 'CaptchaKeyProviderArn', { value: provider.functionArn });

const shop = new Stack(app, 'Shop', { env });
new WafCaptchaApiKey(shop, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['shop.example.com'], provider });

// In another app, with the value of the output above.
const providerArn: string | undefined = app.node.tryGetContext('providerArn');
if (providerArn) {
  const blog = new Stack(app, 'Blog', { env });
  new WafCaptchaApiKey(blog, 'CaptchaKey', {
    scope: WafScope.CLOUDFRONT,
    tokenDomains: ['blog.example.com'],
    provider: WafCaptchaApiKeyProvider.fromFunctionArn(blog, 'Provider', providerArn),
  });
}

app.synth();
