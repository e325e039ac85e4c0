import { Stack, StackProps } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

/** The stack under test: a key, and a function that serves the page. */
export class SiteStack extends Stack {
  constructor(
    scope: Construct, id: string, { rotationId, ...props }: StackProps & { readonly rotationId?: string } = {},
  ) {
    super(scope, id, props);
    const key = new WafCaptchaApiKey(this, 'CaptchaKey', {
      scope: WafScope.CLOUDFRONT,
      tokenDomains: ['example.com'],
      rotationId,
    });
    new Function(this, 'Page', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => `<script src="${process.env.scriptUrl}" defer></script>`;'),
      environment: key.clientConfig,
    });
  }
}
