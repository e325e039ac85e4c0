/**
 * A key in us-east-1 and the stack of the site in eu-west-1. The key is passed like any other construct.
 *
 * Nothing is exported or locked. A replaced key also changes the template of the site, so one command deploys both.
 *
 *     npx cdk deploy --all --app 'npx tsx site-in-another-region.ts'
 */
import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { IWafCaptchaApiKey, WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

interface SiteStackProps extends StackProps {
  readonly captcha: IWafCaptchaApiKey;
}

class SiteStack extends Stack {
  constructor(scope: Construct, id: string, { captcha, ...props }: SiteStackProps) {
    super(scope, id, props);
    // Responds to /config.json of the site. The page of captcha-page reads it.
    new Function(this, 'Config', {
      runtime: determineLatestNodeRuntime(this),
      handler: 'index.handler',
      code: Code.fromInline(`exports.handler = async () => ({
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
        body: JSON.stringify({ apiKey: process.env.apiKey, scriptUrl: process.env.scriptUrl }),
      });`),
      environment: captcha.clientConfig, // apiKey, scriptUrl
    });
  }
}

const app = new App();
const account = process.env.CDK_DEFAULT_ACCOUNT;

const keyStack = new Stack(app, 'Key', { env: { account, region: 'us-east-1' } });
const key = new WafCaptchaApiKey(keyStack, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] });

new SiteStack(app, 'Site', { env: { account, region: 'eu-west-1' }, captcha: key });

app.synth();
