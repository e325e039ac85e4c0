import { App, Aspects, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';

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
}
