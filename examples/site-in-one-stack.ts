/**
 * A static site and its key in one stack. The key covers the site's own domain and the one that CloudFront gives it,
 * and the page reads key and script URL from config.json.
 *
 *     npx cdk deploy --app 'npx tsx site-in-one-stack.ts'
 */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Site');

const bucket = new Bucket(stack, 'Pages', { enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY });
const distribution = new Distribution(stack, 'Distribution', {
  defaultBehavior: { origin: S3BucketOrigin.withOriginAccessControl(bucket) },
});

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['example.com', distribution.domainName],
});

new BucketDeployment(stack, 'Deployment', {
  destinationBucket: bucket,
  distribution, // its caches forget the old config.json
  sources: [
    Source.data('index.html', '<!doctype html><title>Site</title>'),
    Source.jsonData('config.json', key.clientConfig), // { apiKey, scriptUrl }
  ],
});

app.synth();
