import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Settings of a provider. Each has a default that fits most stacks.
 */
export interface WafCaptchaApiKeyProviderProps {
  /**
   * The role under which the function runs.
   *
   * The permissions that it needs are added to it, unless it is imported as immutable.
   *
   * @default - a new role that can do the AWS WAF actions it uses, write its own log, and nothing else
   */
  readonly role?: iam.IRole;

  /**
   * A managed policy that bounds the permissions of the new role. Cannot be combined with `role`.
   *
   * @default - no boundary of its own; one set with `PermissionsBoundary.of(scope)` applies
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * The VPC in which the function runs.
   *
   * It needs a way to the AWS WAF API: for CLOUDFRONT keys that is the one of us-east-1, so a NAT gateway
   * if the VPC is elsewhere; and to Amazon S3, through which CloudFormation is answered.
   *
   * @default - not in a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets in which the function runs. Needs `vpc`.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the function. Needs `vpc`.
   *
   * @default - a new one that allows all outgoing traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Where the function writes its log: one line of JSON for each call, without credentials or presigned URLs.
   *
   * @default - a new log group which keeps a month and is deleted with the stack
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * Environment variables of the function, such as `HTTPS_PROXY`-like settings of a Lambda layer
   * or `AWS_ENDPOINT_URL_WAFV2` for another address of the AWS WAF API.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The key that encrypts the environment variables.
   *
   * @default - a key that AWS owns
   */
  readonly environmentEncryption?: kms.IKey;

  /**
   * The memory of the function in MiB, 128 to 10,240. More memory is more processor, too.
   *
   * @default 256
   */
  readonly memorySize?: number;

  /**
   * The processor architecture of the function.
   *
   * @default Architecture.X86_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Whether AWS X-Ray traces the function.
   *
   * @default Tracing.DISABLED
   */
  readonly tracing?: lambda.Tracing;
}

