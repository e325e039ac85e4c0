import { CfnOutput, Duration, IgnoreMode, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ListenerCertificate, SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LambdaTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { contentSecurityPolicy } from './security-headers';
import { CaptchaWebAcl } from './web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

export interface RegionalStackProps extends StackProps {
  /** Your domain. Point a DNS record to the load balancer. The puzzle requires HTTPS, which its own domain lacks. */
  readonly domain: string;
  /** The ARN of a certificate for that domain, in the stack's Region. */
  readonly certificateArn: string;
  /** Change this text to rotate the key. */
  readonly rotationId?: string;
}

/** The same page behind an Application Load Balancer, served by a function. AWS WAF does not support HTTP APIs. */
export class RegionalStack extends Stack {
  constructor(scope: Construct, id: string, props: RegionalStackProps) {
    super(scope, id, props);
    const key = new WafCaptchaApiKey(this, 'CaptchaKey', {
      scope: WafScope.REGIONAL,
      tokenDomains: [props.domain],
      rotationId: props.rotationId,
    });
    // key.tokenDomains causes no circular dependency here, because they contain no domain of a protected resource.
    const webAcl = new CaptchaWebAcl(this, 'WebAcl', {
      scope: 'REGIONAL', protectedPath: '/api/', tokenDomains: key.tokenDomains,
    });

    const server = new Function(this, 'Server', {
      runtime: determineLatestNodeRuntime(this),
      code: Code.fromAsset(__dirname, {
        exclude: ['*', '!page', '!page/*', '!server', '!server/*', '!sign-up', '!sign-up/*'],
        ignoreMode: IgnoreMode.GIT,
      }),
      handler: 'server/index.handler',
      environment: {
        API_KEY: key.apiKey,
        SCRIPT_URL: key.scriptUrl,
        CONTENT_SECURITY_POLICY: contentSecurityPolicy(),
      },
      logGroup: new LogGroup(this, 'ServerLog', {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      timeout: Duration.seconds(10),
      memorySize: 256,
    });

    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }],
    });
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc, internetFacing: true, dropInvalidHeaderFields: true,
    });
    const listener = loadBalancer.addListener('Https', {
      port: 443,
      certificates: [ListenerCertificate.fromArn(props.certificateArn)],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
    });
    listener.addTargets('Server', { targets: [new LambdaTarget(server)] });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: loadBalancer.loadBalancerArn, webAclArn: webAcl.arn });

    new CfnOutput(this, 'Url', { value: `https://${props.domain}/` });
    new CfnOutput(this, 'LoadBalancerName', {
      value: loadBalancer.loadBalancerDnsName, description: 'Point the DNS record of your domain to it',
    });
  }
}
