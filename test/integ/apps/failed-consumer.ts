/** A rotation after which the update of a stack that reads the key fails and rolls back; then it is deployed again. */
import { CfnParameter } from 'aws-cdk-lib';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafScope } from '../../../src';

const app = new IntegApp();
const site = app.rotation('FailedConsumer', 'failed-consumer.integ.example.com');
if (app.phase === 'failing') {
  // AWS WAF rejects a public suffix.
  const suffix = new CfnParameter(site, 'Suffix', { default: 'co.uk' }).valueAsString;
  new WafCaptchaApiKey(site, 'Rejected', { scope: WafScope.REGIONAL, tokenDomains: [suffix] });
}
