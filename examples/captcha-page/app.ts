/**
 * A sign-up form with a CAPTCHA: S3 and CloudFront, a web ACL, a Lambda function, and the key for the page.
 *
 *     npx cdk deploy                                                     # at the distribution's own domain
 *     npx cdk deploy -c domain=www.example.com -c certificate=<ARN>      # and at your domain
 */
import { App } from 'aws-cdk-lib';
import { CaptchaPageStack } from './captcha-page-stack';

const app = new App();
new CaptchaPageStack(app, 'CaptchaPage', {
  domain: app.node.tryGetContext('domain'),
  certificateArn: app.node.tryGetContext('certificate'),
  rotationId: app.node.tryGetContext('rotationId'),
  // Web ACLs and certificates for CloudFront exist only in this Region.
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'us-east-1' },
});
