import * as path from 'node:path';
import { CfnOutput, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Distribution, ViewerProtocolPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { securityHeaders } from './security-headers';
import { SignUpApi } from './sign-up-api';
import { CaptchaWebAcl } from './web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

export interface CaptchaPageStackProps extends StackProps {
  /**
   * Your domain for the page. Point a DNS record to the distribution.
   *
   * @default - only the domain of the distribution
   */
  readonly domain?: string;
  /** The ARN of a certificate in us-east-1 for your domains. */
  readonly certificateArn?: string;
  /** Change this text to rotate the key. */
  readonly rotationId?: string;
}

export class CaptchaPageStack extends Stack {
  constructor(scope: Construct, id: string, props: CaptchaPageStackProps = {}) {
    super(scope, id, props);
    const { domain } = props;
    if ((domain === undefined) !== (props.certificateArn === undefined)) {
      throw new Error('domain and certificate must be set together: CloudFront requires a certificate for your domain');
    }
    const certificate = props.certificateArn
      ? Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn)
      : undefined;
    const ownDomains = domain ? [domain] : [];

    // Not key.tokenDomains: they contain the domain of the distribution, and the distribution requires the web ACL.
    // AWS WAF accepts tokens for the host of the request without them.
    const webAcl = new CaptchaWebAcl(this, 'WebAcl', {
      scope: 'CLOUDFRONT', protectedPath: '/api/', tokenDomains: ownDomains,
    });
    const api = new SignUpApi(this, 'SignUp');

    const bucket = new Bucket(this, 'Page', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const distribution = new Distribution(this, 'Distribution', {
      defaultRootObject: 'index.html',
      domainNames: domain ? ownDomains : undefined,
      certificate,
      webAclId: webAcl.arn,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, // the puzzle requires a secure context
        responseHeadersPolicy: securityHeaders(this),
      },
      // On the page's own host: pages cannot read AWS WAF's responses on other hosts.
      additionalBehaviors: { '/api/*': api.behavior },
    });
    api.allow(distribution);

    const key = new WafCaptchaApiKey(this, 'CaptchaKey', {
      scope: WafScope.CLOUDFRONT,
      tokenDomains: [...ownDomains, distribution.domainName],
      rotationId: props.rotationId,
    });

    new BucketDeployment(this, 'PageFiles', {
      destinationBucket: bucket,
      sources: [
        Source.asset(path.join(__dirname, 'page')),
        Source.jsonData('config.json', key.clientConfig),
      ],
      cacheControl: [CacheControl.noCache()], // browsers and CloudFront revalidate, so a new key is used at once
      memoryLimit: 256,
    });

    new CfnOutput(this, 'Url', { value: `https://${domain ?? distribution.domainName}/` });
  }
}
