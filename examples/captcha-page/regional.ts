/**
 * The page behind an Application Load Balancer in your Region, with a REGIONAL key.
 *
 *     npx cdk deploy --app 'npx tsx regional.ts' -c domain=app.example.com -c certificate=arn:aws:acm:eu-west-1:…
 */
import { App } from 'aws-cdk-lib';
import { RegionalStack } from './regional-stack';

const app = new App();
const domain: string | undefined = app.node.tryGetContext('domain');
const certificateArn: string | undefined = app.node.tryGetContext('certificate');
if (!domain || !certificateArn) {
  throw new Error('The puzzle requires HTTPS: -c domain=app.example.com -c certificate=<the ARN of its certificate>');
}
new RegionalStack(app, 'RegionalCaptchaPage', {
  domain,
  certificateArn,
  rotationId: app.node.tryGetContext('rotationId'),
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
