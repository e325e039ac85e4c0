/**
 * The sign-up form of captcha-page with its API, web ACL and key in one stack, at the domain of the distribution.
 *
 * The page reads key and script URL from config.json. Copy the folder captcha-page as well: its own stack adds your
 * domain, and the API on another host.
 *
 *     npx cdk deploy --app 'npx tsx site-in-one-stack.ts'
 */
import * as path from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Distribution, ViewerProtocolPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { securityHeaders } from './captcha-page/response-headers';
import { SignUpApi } from './captcha-page/sign-up-api';
import { CaptchaWebAcl } from './captcha-page/web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
// Web ACLs for CloudFront exist only in us-east-1.
const stack = new Stack(app, 'Site', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: 'us-east-1' } });

const webAcl = new CaptchaWebAcl(stack, 'WebAcl', { scope: 'CLOUDFRONT', protectedPath: '/api/', tokenDomains: [] });
const signUp = new SignUpApi(stack, 'SignUp');
const bucket = new Bucket(stack, 'Pages', {
  enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true,
});
const distribution = new Distribution(stack, 'Distribution', {
  defaultRootObject: 'index.html',
  webAclId: webAcl.arn,
  defaultBehavior: {
    origin: S3BucketOrigin.withOriginAccessControl(bucket),
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, // the puzzle requires a secure context
    responseHeadersPolicy: securityHeaders(stack),
  },
  additionalBehaviors: { '/api/*': signUp.behavior },
});
signUp.allow(distribution);

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: [distribution.domainName],
});

new BucketDeployment(stack, 'Deployment', {
  destinationBucket: bucket,
  sources: [
    Source.asset(path.join(__dirname, 'captcha-page', 'page')),
    Source.jsonData('config.json', key.clientConfig), // { apiKey, scriptUrl }
  ],
  cacheControl: [CacheControl.noCache()], // a new key is used at once
});
new CfnOutput(stack, 'Url', { value: `https://${distribution.domainName}/` });

app.synth();
