import { App, Aspects, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafScope } from '../../../src';

/** An app of one scenario, before or after its change. */
export class IntegApp extends App {
  public readonly phase = this.node.tryGetContext('phase') as 'before' | 'failing' | 'after';
  public readonly changed = this.phase !== 'before';

  constructor() {
    super({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
    const wafUrl = process.env.LOCAL_WAFV2_URL; // set where AWS WAF is the emulator
    if (wafUrl) {
      Aspects.of(this).add({
        visit(node) {
          if (node instanceof CfnFunction) {
            node.addPropertyOverride('Environment.Variables.AWS_ENDPOINT_URL_WAFV2', wafUrl);
          }
        },
      });
    }
  }

  public stack(name: string): Stack {
    return new Stack(this, `WafCaptchaApiKeyInteg${name}`, {
      env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
    });
  }

  /** Creates a REGIONAL key that the change rotates. Returns a second stack, which reads the key by reference. */
  public rotation(name: string, domain: string): Stack {
    const key = new WafCaptchaApiKey(this.stack(`${name}Key`), 'Key', {
      scope: WafScope.REGIONAL,
      tokenDomains: [domain],
      rotationId: this.changed ? '2' : '1',
    });
    const site = this.stack(`${name}Site`);
    new StringParameter(site, 'Config', { stringValue: site.toJsonString(key.clientConfig) });
    new CfnOutput(site, 'ApiKey', { value: key.apiKey });
    new CfnOutput(site, 'ScriptUrl', { value: key.scriptUrl });
    return site;
  }
}
