import { App, Aspects, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IWafCaptchaApiKey, WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from '../../src';

const PREFIX = '/waf-captcha-api-key-integ';

/** Of one scenario (`-c scenario=`), or of all of them, before or after their change (`-c phase=`). */
const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
const phase = app.node.tryGetContext('phase') as 'before' | 'failing' | 'after' | undefined;
const isChanged = phase !== 'before';

function newStack(name: string): Stack {
  return new Stack(app, `WafCaptchaApiKeyInteg${name}`, {
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
}

function addOutputs(stack: Stack, key: IWafCaptchaApiKey): void {
  new CfnOutput(stack, 'ApiKey', { value: key.apiKey });
  new CfnOutput(stack, 'ScriptUrl', { value: key.scriptUrl });
}

/** Creates a REGIONAL key that the change rotates. Returns a second stack, which reads the key by reference. */
function rotate(name: string, domain: string): Stack {
  const key = new WafCaptchaApiKey(newStack(`${name}Key`), 'Key', {
    scope: WafScope.REGIONAL,
    tokenDomains: [domain],
    rotationId: isChanged ? '2' : '1',
  });
  const site = newStack(`${name}Site`);
  new StringParameter(site, 'Config', { stringValue: site.toJsonString(key.clientConfig) });
  addOutputs(site, key);
  return site;
}

const SCENARIOS: Record<string, () => void> = {
  /** A REGIONAL key which is rotated, and a stack that reads it by reference. */
  'rotation': () => void rotate('Rotation', 'rotation.integ.example.com'),

  /** The same, but first the update of the stack that reads the key fails and rolls back. */
  'failed-consumer': () => {
    const site = rotate('FailedConsumer', 'failed-consumer.integ.example.com');
    if (phase !== 'failing') return;
    // AWS WAF rejects a public suffix.
    const suffix = new CfnParameter(site, 'Suffix', { default: 'co.uk' }).valueAsString;
    new WafCaptchaApiKey(site, 'Rejected', { scope: WafScope.REGIONAL, tokenDomains: [suffix] });
  },

  /** A CLOUDFRONT key, from whichever region, which gets another domain. */
  'other-domains': () => {
    const stack = newStack('OtherDomains');
    addOutputs(stack, new WafCaptchaApiKey(stack, 'Key', {
      scope: WafScope.CLOUDFRONT,
      tokenDomains: ['other-domains.integ.example.com', ...(isChanged ? ['second.integ.example.com'] : [])],
    }));
  },

  /** A REGIONAL key of another region than the stack's, which moves to the stack's: the old one is deleted there. */
  'other-region': () => {
    const stack = newStack('OtherRegion');
    addOutputs(stack, new WafCaptchaApiKey(stack, 'Key', {
      scope: WafScope.REGIONAL,
      tokenDomains: ['other-region.integ.example.com'],
      region: isChanged ? undefined : process.env.INTEG_OTHER_REGION,
    }));
  },

  /** A key that moves from the stack's provider to one with settings, and reaches another stack through SSM. */
  'other-provider': () => {
    const stack = newStack('OtherProvider');
    const provider = new WafCaptchaApiKeyProvider(stack, 'Provider', { memorySize: 512 });
    new WafCaptchaApiKey(stack, 'Key', {
      scope: WafScope.REGIONAL,
      tokenDomains: ['other-provider.integ.example.com'],
      provider: isChanged ? provider : undefined,
    }).publishToSsm(PREFIX);

    const reader = newStack('SsmReader');
    reader.addDependency(stack); // as the app of another team would come later
    const captcha = WafCaptchaApiKey.fromSsmParameters(reader, 'Captcha', PREFIX);
    new StringParameter(reader, 'Config', { stringValue: reader.toJsonString(captcha.clientConfig) });
    addOutputs(reader, captcha);
  },
};

const wanted = app.node.tryGetContext('scenario') as string | undefined;
for (const [name, declare] of Object.entries(SCENARIOS)) if ([undefined, name].includes(wanted)) declare();

if (process.env.LOCAL_WAFV2_URL) { // where AWS WAF is the emulator
  Aspects.of(app).add({
    visit(node) {
      if (node instanceof CfnFunction) {
        node.addPropertyOverride('Environment.Variables.AWS_ENDPOINT_URL_WAFV2', process.env.LOCAL_WAFV2_URL);
      }
    },
  });
}
