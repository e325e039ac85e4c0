import * as path from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AllowedMethods, BehaviorOptions, CachePolicy, IDistribution, OriginRequestPolicy, ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { FunctionUrlOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, determineLatestNodeRuntime, Function, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The function that receives the form. Only a distribution can call it, so no request bypasses the web ACL. */
export class SignUpApi extends Construct {
  /** How a distribution forwards requests to the function. */
  public readonly behavior: BehaviorOptions;
  private readonly handler: Function;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.handler = new Function(this, 'Function', {
      runtime: determineLatestNodeRuntime(this),
      code: Code.fromAsset(path.join(__dirname, 'sign-up')),
      handler: 'index.handler',
      logGroup: new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
      timeout: Duration.seconds(10),
    });
    const url = this.handler.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    this.behavior = {
      origin: FunctionUrlOrigin.withOriginAccessControl(url),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
  }

  /** Function URLs created since October 2025 also need this. The origin only adds lambda:InvokeFunctionUrl. */
  public allow(distribution: IDistribution): void {
    this.handler.addPermission('CloudFront', {
      principal: new ServicePrincipal('cloudfront.amazonaws.com'),
      action: 'lambda:InvokeFunction',
      sourceArn: distribution.distributionArn,
      invokedViaFunctionUrl: true,
    });
  }
}
