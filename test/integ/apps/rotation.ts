/** A REGIONAL key which is rotated, and a stack that reads it by reference. */
import { CfnOutput } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntegApp } from './integ-app';
import { WafCaptchaApiKey, WafScope } from '../../../src';

const app = new IntegApp();
const key = new WafCaptchaApiKey(app.stack('RotationKey'), 'Key', {
  scope: WafScope.REGIONAL,
  tokenDomains: ['rotation.integ.example.com'],
  rotationId: app.changed ? '2' : '1',
});

const site = app.stack('RotationSite');
new StringParameter(site, 'Config', { stringValue: site.toJsonString(key.clientConfig) });
new CfnOutput(site, 'ApiKey', { value: key.apiKey });
new CfnOutput(site, 'ScriptUrl', { value: key.scriptUrl });
