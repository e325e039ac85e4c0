import { App, CfnOutput } from 'aws-cdk-lib';
import { CfnFunction, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { PAGE_STACK } from './synthesized';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';

/** The example as it is, at the domain localhost, and with what makes it work on this machine. */
const app = new App();
const stack = new CaptchaPageStack(app, PAGE_STACK, {
  domain: 'localhost',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/local',
  rotationId: app.node.tryGetContext('rotationId'),
  env: { region: 'us-east-1' },
});

// MiniStack has no SDK for the function that empties the bucket; everything ends with MiniStack anyway.
stack.node.findChild('Page').node.tryRemoveChild('AutoDeleteObjectsCustomResource');
const deploymentCode = new Asset(stack, 'LocalDeploymentCode', { path: process.env.LOCAL_DEPLOYMENT_CODE! });
for (const construct of stack.node.findAll()) {
  if (construct instanceof CfnFunction) {
    construct.addPropertyOverride('Environment.Variables.AWS_ENDPOINT_URL_WAFV2', process.env.LOCAL_WAFV2_URL);
    if (construct.node.path.includes('CDKBucketDeployment')) {
      construct.code = { s3Bucket: deploymentCode.s3BucketName, s3Key: deploymentCode.s3ObjectKey };
    }
  } else if (construct instanceof CfnUrl) {
    new CfnOutput(stack, 'FunctionUrl', { value: construct.attrFunctionUrl });
  } else if (construct instanceof CfnBucket) {
    new CfnOutput(stack, 'BucketName', { value: construct.ref });
  }
}
