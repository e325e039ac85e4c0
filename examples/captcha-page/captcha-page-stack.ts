import * as path from 'node:path';
import { CfnOutput, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { Certificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Distribution, ViewerProtocolPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { corsHeaders, securityHeaders } from './response-headers';
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
  /**
   * Another domain for the API, which then has a distribution of its own.
   *
   * @default - the domain of the page
   */
  readonly apiDomain?: string;
  /** Change this text to rotate the key. */
  readonly rotationId?: string;
}

export class CaptchaPageStack extends Stack {
  constructor(scope: Construct, id: string, props: CaptchaPageStackProps = {}) {
    super(scope, id, props);
    const { domain, apiDomain } = props;
    if ((domain === undefined) !== (props.certificateArn === undefined)) {
      throw new Error('domain and certificate must be set together: CloudFront requires a certificate for your domain');
    }
    if (apiDomain !== undefined && domain === undefined) {
      throw new Error('api requires domain: the API accepts requests of one page, whose address it must know');
    }
    const certificate = props.certificateArn
      ? Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn)
      : undefined;
    const ownDomains = domain ? [domain] : [];

    // Not key.tokenDomains: they contain the domain of the distribution, and the distribution requires the web ACL.
    // AWS WAF accepts tokens for the host of the request without them. An API on another host needs the page's host.
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
    const apiUrl = apiDomain && `https://${apiDomain}`;
    const distribution = new Distribution(this, 'Distribution', {
      defaultRootObject: 'index.html',
      domainNames: domain ? ownDomains : undefined,
      certificate,
      webAclId: apiUrl ? undefined : webAcl.arn,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, // the puzzle requires a secure context
        responseHeadersPolicy: securityHeaders(this, apiUrl),
      },
      additionalBehaviors: apiUrl ? undefined : { '/api/*': api.behavior },
    });
    api.allow(apiDomain ? this.apiDistribution(api, webAcl, domain!, apiDomain, certificate!) : distribution);

    const key = new WafCaptchaApiKey(this, 'CaptchaKey', {
      scope: WafScope.CLOUDFRONT,
      tokenDomains: [...ownDomains, distribution.domainName],
      rotationId: props.rotationId,
    });

    new BucketDeployment(this, 'PageFiles', {
      destinationBucket: bucket,
      sources: [
        Source.asset(path.join(__dirname, 'page')),
        Source.jsonData('config.json', { ...key.clientConfig, ...(apiUrl && { apiUrl }) }),
      ],
      cacheControl: [CacheControl.noCache()], // browsers and CloudFront revalidate, so a new key is used at once
      memoryLimit: 256,
    });

    new CfnOutput(this, 'Url', { value: `https://${domain ?? distribution.domainName}/` });
  }

  private apiDistribution(
    api: SignUpApi, webAcl: CaptchaWebAcl, domain: string, apiDomain: string, certificate: ICertificate,
  ): Distribution {
    const distribution = new Distribution(this, 'ApiDistribution', {
      domainNames: [apiDomain],
      certificate,
      webAclId: webAcl.arn,
      defaultBehavior: { ...api.behavior, responseHeadersPolicy: corsHeaders(this, `https://${domain}`) },
    });
    new CfnOutput(this, 'ApiDistributionDomain', {
      value: distribution.domainName, description: `Point the DNS record of ${apiDomain} to it`,
    });
    return distribution;
  }
}
