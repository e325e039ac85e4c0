/**
 * A sign-up form behind a CAPTCHA: S3 and CloudFront, a web ACL, a Lambda function, and the key for the page.
 *
 *     npx cdk deploy                                                                          # at the distribution's own domain
 *     npx cdk deploy -c domain=www.example.com -c certificate=arn:aws:acm:us-east-1:…         # and at one of yours
 */
import { App } from 'aws-cdk-lib';
import { CaptchaPageStack } from './captcha-page-stack';

const app = new App();
new CaptchaPageStack(app, 'CaptchaPage', {
  domain: app.node.tryGetContext('domain'),
  certificateArn: app.node.tryGetContext('certificate'),
  rotationId: app.node.tryGetContext('rotationId'),
  // A web ACL for CloudFront has to be in this region, and so has the certificate.
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'us-east-1' },
});
