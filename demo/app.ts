import { App, Aspects, CfnOutput, CfnParameter, Duration, Stack, StackProps } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import {
  ASSIGNED_DOMAIN,
  CONFIG_PARAMETER,
  GLOBAL_CONFIG_PARAMETER,
  GLOBAL_REGION,
  OTHER_CONFIG_PARAMETER,
  REGION,
  SSM_PREFIX,
  STACKS,
} from './names';
import { IWafCaptchaApiKey, WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from '../src';

interface KeyStackProps extends StackProps {
  readonly domains: string[];
}

/** A CloudFront key. The stack may be in any region. */
class KeyStack extends Stack {
  public readonly key: WafCaptchaApiKey;

  constructor(scope: Construct, id: string, { domains, ...props }: KeyStackProps) {
    super(scope, id, props);
    // A domain that is known at deploy time only, as that of a new distribution is.
    const assigned = new CfnParameter(this, 'AssignedDomain', { default: ASSIGNED_DOMAIN });
    const gracePeriod = this.node.tryGetContext('gracePeriod');
    if (gracePeriod) {
      WafCaptchaApiKeyProvider.getOrCreate(this, { gracePeriod: Duration.minutes(Number(gracePeriod)) });
    }
    this.key = new WafCaptchaApiKey(this, 'Key', {
      scope: WafScope.CLOUDFRONT,
      tokenDomains: [...domains, assigned.valueAsString],
      rotationId: this.node.tryGetContext('rotationId'),
    });
  }
}

interface SiteStackProps extends StackProps {
  readonly captcha: IWafCaptchaApiKey;
  readonly parameterName: string;
}

/** Whoever needs the key: an SSM parameter stands for the site's config.json. */
class SiteStack extends Stack {
  constructor(scope: Construct, id: string, { captcha, parameterName, ...props }: SiteStackProps) {
    super(scope, id, props);
    new StringParameter(this, 'Config', { parameterName, stringValue: this.toJsonString(captcha.clientConfig) });
    new CfnOutput(this, 'ApiKey', { value: captcha.apiKey });
    new CfnOutput(this, 'ScriptUrl', { value: captcha.scriptUrl });
  }
}

/** Another team's app: it knows the prefix and nothing else. */
class OtherStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const captcha = WafCaptchaApiKey.fromSsmParameters(this, 'Captcha', SSM_PREFIX);
    new StringParameter(this, 'Config', {
      parameterName: OTHER_CONFIG_PARAMETER,
      stringValue: this.toJsonString(captcha.clientConfig),
    });
  }
}

/** Points the handler at the emulator as the SDK's own settings allow it; the package knows nothing of it. */
class UseEmulator {
  public visit(node: IConstruct): void {
    if (node instanceof CfnFunction) {
      node.addPropertyOverride('Environment.Variables.AWS_ENDPOINT_URL_WAFV2', process.env.LOCAL_WAFV2_URL);
    }
  }
}

const app = new App();
const regional = { env: { region: REGION } };

const domains = String(app.node.tryGetContext('domains') ?? 'example.com').split(',');

const keyStack = new KeyStack(app, STACKS.key, { ...regional, domains });
keyStack.key.publishToSsm(SSM_PREFIX);
new SiteStack(app, STACKS.site, { ...regional, captcha: keyStack.key, parameterName: CONFIG_PARAMETER });
new OtherStack(app, STACKS.other, regional);

const globalKeyStack = new KeyStack(
  app, STACKS.globalKey, { env: { region: GLOBAL_REGION }, domains: ['example.net'] },
);
new SiteStack(
  app, STACKS.globalSite, { ...regional, captcha: globalKeyStack.key, parameterName: GLOBAL_CONFIG_PARAMETER },
);

if (process.env.LOCAL_WAFV2_URL) Aspects.of(app).add(new UseEmulator());
