/** A rotation after which the update of a stack that reads the key fails and rolls back; then it is deployed again. */
import { CfnOutput, CfnParameter } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafScope } from '../../../src';

const app = new IntegApp();
const key = new WafCaptchaApiKey(app.stack('FailedConsumerKey'), 'Key', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['failed-consumer.integ.example.com'],
  rotationId: app.changed ? '2' : '1',
});

const site = app.stack('FailedConsumerSite');
new StringParameter(site, 'Config', { stringValue: site.toJsonString(key.clientConfig) });
new CfnOutput(site, 'ApiKey', { value: key.apiKey });
new CfnOutput(site, 'ScriptUrl', { value: key.scriptUrl });
if (app.phase === 'failing') {
  // AWS WAF rejects a public suffix.
  const suffix = new CfnParameter(site, 'Suffix', { default: 'co.uk' }).valueAsString;
  new WafCaptchaApiKey(site, 'Rejected', { scope: WafScope.REGIONAL, tokenDomains: [suffix] });
}
