/**
 * A whole site in one file: a form on CloudFront that AWS WAF accepts only after a puzzle, at the domain of the
 * distribution. The page is site-in-one-stack/index.html, and site_in_one_stack.py is the same app in Python.
 *
 *     npx cdk deploy --app 'npx tsx site-in-one-stack.ts'
 */
import * as path from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
// Web ACLs for CloudFront exist only in us-east-1.
const stack = new Stack(app, 'CaptchaSite', { env: { region: 'us-east-1' } });

// The rule: a request below /api/ needs a token of a solved puzzle, for five minutes the same one.
const visibilityConfig = { metricName: 'Captcha', cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
const webAcl = new wafv2.CfnWebACL(stack, 'WebAcl', {
  scope: 'CLOUDFRONT',
  defaultAction: { allow: {} },
  visibilityConfig,
  rules: [{
    name: 'Captcha',
    priority: 0,
    action: { captcha: {} },
    captchaConfig: { immunityTimeProperty: { immunityTime: 300 } },
    visibilityConfig,
    statement: {
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString: '/api/',
        textTransformations: [{ priority: 0, type: 'URL_DECODE' }, { priority: 1, type: 'NORMALIZE_PATH' }],
      },
    },
  }],
});

// The site: the page from a bucket, and a function in place of your API.
const bucket = new s3.Bucket(stack, 'Bucket', {
  enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true,
});
const origin = S3BucketOrigin.withOriginAccessControl(bucket);
const api = new cloudfront.Function(stack, 'Api', {
  code: cloudfront.FunctionCode.fromInline('function handler() { return { statusCode: 200 }; }'),
});
const distribution = new cloudfront.Distribution(stack, 'Distribution', {
  defaultRootObject: 'index.html',
  webAclId: webAcl.attrArn,
  defaultBehavior: { origin, viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS },
  additionalBehaviors: {
    '/api/*': {
      origin,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      functionAssociations: [{ function: api, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
    },
  },
});

// The key: for the domains at which visitors see the page. Add your own here.
const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: [distribution.domainName],
});
new s3deploy.BucketDeployment(stack, 'Page', {
  destinationBucket: bucket,
  sources: [
    s3deploy.Source.asset(path.join(__dirname, 'site-in-one-stack')),
    s3deploy.Source.jsonData('config.json', key.clientConfig), // { apiKey, scriptUrl }
  ],
  cacheControl: [s3deploy.CacheControl.noCache()], // a new key is used at once
});
new CfnOutput(stack, 'Url', { value: `https://${distribution.domainName}/` });

app.synth();
