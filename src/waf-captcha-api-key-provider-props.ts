import type { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';

/**
 * Settings of a provider.
 */
export interface WafCaptchaApiKeyProviderProps {
  /**
   * How long a key goes on working after it was replaced, rotated or removed: whole minutes, 1 minute to 365 days.
   *
   * Until then, stacks that are not deployed yet, other apps and open pages can use the old key. It applies to every
   * key that the function deletes, in whatever stack or app, from the deployment on that sets it. Keys that are waiting
   * already keep their time. When the grace period is removed, or the stack of the provider is deleted, all keys that
   * are waiting are deleted at once. No change of it replaces a key.
   *
   * If EventBridge Scheduler is denied or fails, the deletion of a key fails, and the key is kept.
   *
   * @default - no grace period: the deployment that replaces or removes a key deletes it
   */
  readonly gracePeriod?: Duration;

  /**
   * The execution role of the function, which must be in the account of the stack.
   *
   * The provider attaches a policy to it, from its own stack. It attaches none to an immutable role
   * (`withoutPolicyUpdates()`, or imported with `mutable: false`), which must have the permissions already.
   *
   * @default - a new role with the permissions that the function needs
   */
  readonly role?: iam.IRole;

  /**
   * The permissions boundary of the roles that the provider creates. Cannot be combined with `role`.
   *
   * @default - none, except one that `PermissionsBoundary.of(scope)` applies
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * The VPC in which the function runs.
   *
   * The function must reach AWS WAF in the Region of each key, and CloudFormation, Amazon S3 and, with a grace period,
   * EventBridge Scheduler in its own Region. Keys of its own Region need a NAT gateway or VPC endpoints (`wafv2`,
   * `cloudformation`, `s3`, `scheduler`). CLOUDFRONT keys are created in us-east-1, so a VPC in another Region needs a
   * NAT gateway. Keys depend on the endpoints within the VPC's construct, if it is in the stack of the provider.
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
   * @default - a new one that allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The log group of the function. It receives one line of JSON for each call, without credentials or presigned URLs.
   *
   * @default - a new log group with a retention of one month, which is deleted with the stack
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * Environment variables of the function, such as `AWS_ENDPOINT_URL_WAFV2` for another endpoint of AWS WAF.
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
   * The memory of the function in MiB, 128 to 10,240. More memory also means more CPU.
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
