import * as path from 'node:path';
import { Duration, IResource, Lazy, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IDependable } from 'constructs';

/** How long one event may keep the function busy: 400 keys of one stack at AWS WAF's one create a second, with room. */
const FUNCTION_TIMEOUT = Duration.minutes(10);

/** How long an event may wait for its turn. Past that it is dropped: CloudFormation has stopped listening by the time it would end. */
const MAX_EVENT_AGE = Duration.minutes(5);

/**
 * How long CloudFormation waits for an answer before it calls the key failed.
 */
export const SERVICE_TIMEOUT = FUNCTION_TIMEOUT.plus(MAX_EVENT_AGE);

/**
 * What makes, finds and deletes API keys for `WafCaptchaApiKey`.
 */
export interface IWafCaptchaApiKeyProvider extends IResource {
  /**
   * The ARN of the Lambda function that CloudFormation calls; it must be in the region of the stacks that use it.
   *
   * @attribute
   */
  readonly functionArn: string;
}

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

/**
 * The Lambda function behind `WafCaptchaApiKey`, with its role and log.
 *
 * Each stack gets one by itself. Make your own to put it into a VPC, to use your own role or log group,
 * or to let the stacks of a region share it.
 */
export class WafCaptchaApiKeyProvider extends Resource implements IWafCaptchaApiKeyProvider {
  /**
   * Uses the function of a provider that another app made.
   *
   * @param scope where the import is declared
   * @param id the name of the import in its scope
   * @param functionArn the ARN of that provider's function, in the region of the stacks that use it
   */
  public static fromFunctionArn(scope: Construct, id: string, functionArn: string): IWafCaptchaApiKeyProvider {
    class Import extends Resource implements IWafCaptchaApiKeyProvider {
      public readonly functionArn = functionArn;
    }
    return new Import(scope, id, { environmentFromArn: functionArn });
  }

  /**
   * The one of the stack, made when first asked for.
   *
   * @internal
   */
  public static _ofStack(stack: Stack): WafCaptchaApiKeyProvider {
    const id = 'WafCaptchaApiKeyProvider';
    return stack.node.tryFindChild(id) as WafCaptchaApiKeyProvider ?? new WafCaptchaApiKeyProvider(stack, id);
  }

  /**
   * The function that CloudFormation calls.
   */
  public readonly handler: lambda.Function;

  /**
   * The ARN of that function.
   */
  public readonly functionArn: string;

  /**
   * The role under which the function runs.
   */
  public readonly role: iam.IRole;

  /**
   * Where the function writes its log.
   */
  public readonly logGroup: logs.ILogGroup;

  private readonly createRegions = new Set<string>();
  private readonly readiness: IDependable[] = [];

  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProviderProps = {}) {
    super(scope, id);
    if (props.role && props.permissionsBoundary) {
      throw new Error(`${this.node.path}: permissionsBoundary is for the role made here; set the boundary on the given role instead`);
    }

    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.useRole(props);
    this.handler = new lambda.Function(this, 'Function', {
      description: 'Makes and deletes AWS WAF CAPTCHA API keys for CloudFormation',
      runtime: lambda.determineLatestNodeRuntime(this),
      code: lambda.Code.fromAsset(path.join(__dirname, '..', 'assets', 'handler')),
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      timeout: FUNCTION_TIMEOUT,
      memorySize: props.memorySize ?? 256,
      architecture: props.architecture,
      tracing: props.tracing,
      environment: props.environment,
      environmentEncryption: props.environmentEncryption,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
    });
    this.functionArn = this.handler.functionArn;

    // The handler retries by itself; a second run of an event would make a second key.
    this.readiness.push(new lambda.EventInvokeConfig(this, 'AsyncInvoke', {
      function: this.handler,
      retryAttempts: 0,
      maxEventAge: MAX_EVENT_AGE,
    }));
  }

  /**
   * Lets the function make keys in a region.
   *
   * @returns what must be deployed before the first key
   * @internal
   */
  public _allowCreateIn(region: string): IDependable[] {
    this.createRegions.add(region);
    return this.readiness;
  }

  private useRole(props: WafCaptchaApiKeyProviderProps): iam.IRole {
    const statements = [...this.wafStatements(), this.logStatement(), ...(props.vpc ? [vpcStatement()] : [])];
    if (!props.role) {
      return new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { WafCaptchaApiKeys: new iam.PolicyDocument({ statements }) },
        permissionsBoundary: props.permissionsBoundary,
      });
    }
    for (const statement of statements) {
      const { policyDependable } = props.role.addToPrincipalPolicy(statement);
      if (policyDependable) this.readiness.push(policyDependable);
    }
    return props.role;
  }

  private wafStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['wafv2:CreateAPIKey'],
        resources: ['*'], // AWS WAF knows no resource-level permissions for API keys
        conditions: { StringEquals: { 'aws:RequestedRegion': Lazy.any({ produce: () => [...this.createRegions].sort() }) } },
      }),
      new iam.PolicyStatement({
        // Not bound to regions: a key must be deletable where it was made when no key of today is made there any more.
        actions: ['wafv2:ListAPIKeys', 'wafv2:DeleteAPIKey'],
        resources: ['*'], // as above
      }),
    ];
  }

  /** Not CreateLogGroup: a late line would bring the group back to life after the stack is gone. */
  private logStatement(): iam.PolicyStatement {
    return new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
  }
}

/** What AWS Lambda needs to put a function into a VPC; its managed policy for this allows CreateLogGroup, too. */
function vpcStatement(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'], // the network interfaces do not exist yet
  });
}
