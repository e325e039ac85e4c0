import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods, CachePolicy, Distribution, HeadersFrameOption, HeadersReferrerPolicy, OriginRequestPolicy, ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { FunctionUrlOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, determineLatestNodeRuntime, Function, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { CONTENT_SECURITY_POLICY } from './content-security-policy';
import { CaptchaWebAcl } from './web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

export interface CaptchaPageStackProps extends StackProps {
  /** Your own domain for the page, which a DNS record of yours points to the distribution. @default - the distribution's own only */
  readonly domain?: string;
  /** A certificate for that domain, in us-east-1. */
  readonly certificateArn?: string;
  /** Another text rotates the key. */
  readonly rotationId?: string;
}

export class CaptchaPageStack extends Stack {
  constructor(scope: Construct, id: string, props: CaptchaPageStackProps = {}) {
    super(scope, id, props);
    if ((props.domain === undefined) !== (props.certificateArn === undefined)) {
      throw new Error('domain and certificate belong together: CloudFront needs a certificate for a domain of yours');
    }
    const ownDomains = props.domain ? [props.domain] : [];

    // Not key.tokenDomains: those hold the distribution's domain, and the distribution needs the web ACL first.
    // AWS WAF accepts tokens for the host of the request anyway.
    const webAcl = new CaptchaWebAcl(this, 'WebAcl', { scope: 'CLOUDFRONT', protectedPath: '/api/', tokenDomains: ownDomains });

    const bucket = new Bucket(this, 'Page', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const signUp = new Function(this, 'SignUp', {
      runtime: determineLatestNodeRuntime(this),
      code: Code.fromAsset(path.join(__dirname, 'sign-up')),
      handler: 'index.handler',
      logGroup: new LogGroup(this, 'SignUpLog', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
      timeout: Duration.seconds(10),
    });

    const distribution = new Distribution(this, 'Distribution', {
      defaultRootObject: 'index.html',
      domainNames: props.domain ? ownDomains : undefined,
      certificate: props.certificateArn ? Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn) : undefined,
      webAclId: webAcl.arn,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, // the puzzle works in secure contexts only
        responseHeadersPolicy: this.securityHeaders(),
      },
      additionalBehaviors: {
        '/api/*': {
          // Only the distribution may call the function, so nothing gets past the web ACL.
          origin: FunctionUrlOrigin.withOriginAccessControl(signUp.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM })),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });

    // Functions made since October 2025 ask for this one, too; the origin adds lambda:InvokeFunctionUrl only.
    signUp.addPermission('CloudFront', {
      principal: new ServicePrincipal('cloudfront.amazonaws.com'),
      action: 'lambda:InvokeFunction',
      sourceArn: distribution.distributionArn,
      invokedViaFunctionUrl: true,
    });

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
      cacheControl: [CacheControl.noCache()], // browsers and CloudFront ask whether it is still the same: a rotated key is seen at once
      memoryLimit: 256,
    });

    new CfnOutput(this, 'Url', { value: `https://${props.domain ?? distribution.domainName}/` });
  }

  private securityHeaders(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'SecurityHeaders', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: CONTENT_SECURITY_POLICY, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
    });
  }
}
