import { CfnOutput, Duration, IgnoreMode, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ListenerCertificate, SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LambdaTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { CONTENT_SECURITY_POLICY } from './content-security-policy';
import { CaptchaWebAcl } from './web-acl';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

export interface RegionalStackProps extends StackProps {
  /** Your domain, which a DNS record of yours points to the load balancer: it has none with a certificate of its own, and the puzzle needs HTTPS. */
  readonly domain: string;
  /** A certificate for that domain, in the stack's region. */
  readonly certificateArn: string;
  /** Another text rotates the key. */
  readonly rotationId?: string;
}

/** The same page behind an Application Load Balancer, rendered by a function. An HTTP API would not do: AWS WAF cannot protect one. */
export class RegionalStack extends Stack {
  constructor(scope: Construct, id: string, props: RegionalStackProps) {
    super(scope, id, props);
    const key = new WafCaptchaApiKey(this, 'CaptchaKey', {
      scope: WafScope.REGIONAL,
      tokenDomains: [props.domain],
      rotationId: props.rotationId,
    });
    // Here key.tokenDomains fits: nothing that the key depends on needs the web ACL.
    const webAcl = new CaptchaWebAcl(this, 'WebAcl', { scope: 'REGIONAL', protectedPath: '/api/', tokenDomains: key.tokenDomains });

    const server = new Function(this, 'Server', {
      runtime: determineLatestNodeRuntime(this),
      code: Code.fromAsset(__dirname, { exclude: ['*', '!page', '!page/*', '!server', '!server/*', '!sign-up', '!sign-up/*'], ignoreMode: IgnoreMode.GIT }),
      handler: 'server/index.handler',
      environment: { API_KEY: key.clientConfig.apiKey, SCRIPT_URL: key.clientConfig.scriptUrl, CONTENT_SECURITY_POLICY },
      logGroup: new LogGroup(this, 'ServerLog', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
      timeout: Duration.seconds(10),
      memorySize: 256,
    });

    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }] });
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
    const listener = loadBalancer.addListener('Https', {
      port: 443,
      certificates: [ListenerCertificate.fromArn(props.certificateArn)],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
    });
    listener.addTargets('Server', { targets: [new LambdaTarget(server)] });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: loadBalancer.loadBalancerArn, webAclArn: webAcl.arn });

    new CfnOutput(this, 'Url', { value: `https://${props.domain}/` });
    new CfnOutput(this, 'LoadBalancerName', { value: loadBalancer.loadBalancerDnsName, description: 'Where the DNS record has to point to' });
  }
}
