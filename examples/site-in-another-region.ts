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
    new Function(this, 'Page', {
      runtime: determineLatestNodeRuntime(this),
      handler: 'index.handler',
      code: Code.fromInline(
        'exports.handler = async () => `<script src="${process.env.CAPTCHA_SCRIPT_URL}" defer></script>`;',
      ),
      environment: { CAPTCHA_API_KEY: captcha.apiKey, CAPTCHA_SCRIPT_URL: captcha.scriptUrl },
    });
  }
}

const app = new App();
const account = process.env.CDK_DEFAULT_ACCOUNT;

const keyStack = new Stack(app, 'Key', { env: { account, region: 'us-east-1' } });
const key = new WafCaptchaApiKey(keyStack, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] });

new SiteStack(app, 'Site', { env: { account, region: 'eu-west-1' }, captcha: key });

app.synth();
