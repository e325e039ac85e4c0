/**
 * The page behind an Application Load Balancer in your region, with a REGIONAL key.
 *
 *     npx cdk deploy --app 'npx tsx regional.ts' -c domain=app.example.com -c certificate=arn:aws:acm:eu-west-1:…
 */
import { App } from 'aws-cdk-lib';
import { RegionalStack } from './regional-stack';

const app = new App();
const [domain, certificateArn] = ['domain', 'certificate'].map((name) => app.node.tryGetContext(name) as string | undefined);
if (!domain || !certificateArn) {
  throw new Error('The puzzle needs HTTPS at a domain of yours: -c domain=app.example.com -c certificate=<the ARN of a certificate for it>');
}
new RegionalStack(app, 'RegionalCaptchaPage', {
  domain,
  certificateArn,
  rotationId: app.node.tryGetContext('rotationId'),
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
