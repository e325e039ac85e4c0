/**
 * The function in a VPC, with an encrypted log that is kept for a year.
 *
 * CLOUDFRONT keys are created in us-east-1, so the VPC needs a NAT gateway. For REGIONAL keys of the VPC's own Region,
 * endpoints for AWS WAF, CloudFormation and Amazon S3 are sufficient.
 *
 *     npx cdk deploy --app 'npx tsx provider-in-vpc.ts'
 */
import { App, ArnFormat, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const encryptionKey = new Key(stack, 'LogEncryption', { enableKeyRotation: true });
encryptionKey.grantEncryptDecrypt(new ServicePrincipal(`logs.${stack.region}.amazonaws.com`, {
  conditions: {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
        service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    },
  },
}));

const provider = new WafCaptchaApiKeyProvider(stack, 'CaptchaKeyProvider', {
  vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
  logGroup: new LogGroup(stack, 'Log', { retention: RetentionDays.ONE_YEAR, encryptionKey }),
  tracing: Tracing.ACTIVE,
});
new WafCaptchaApiKey(stack, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'], provider });

app.synth();
