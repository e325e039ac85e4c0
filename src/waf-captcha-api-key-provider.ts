import {
  CfnResource, CrossStackReferences, ReferenceStrength, RemovalPolicy, Resource, Stack, Validations,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct, Dependable, IConstruct } from 'constructs';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { connectivityOf, dependOn } from './private/dependencies';
import {
  addToEnvironment, GracePeriodResources, parseGracePeriod, scheduleGroupNameOf, validateEnvironment,
} from './private/grace-period';
import { acknowledgeRuntime, addPolicy, functionPermissions } from './private/permissions';
import {
  allowFinalValues, createFunction, invokeConfigOf, networkOf, resourceOf,
} from './private/provider-function';
import { validateAccount, validateFunctionArn, validateProviderProps } from './private/provider-props';
import { differ } from './private/unresolved';
import { matches, omitUnset, propertyError } from './private/validate';
import { WafCaptchaApiKeyProviderProps } from './waf-captcha-api-key-provider-props';

/** Part of the ARN of the function, which CloudFormation lets no key change. */
const DEFAULT_ID = 'WafCaptchaApiKeyProvider';

/**
 * The Lambda function behind `WafCaptchaApiKey`, with its role and log group.
 *
 * Each stack gets a default one. Create your own to run the function in a VPC, to use your own role or log group,
 * or to share it between the stacks of a Region. Properties without a setting are set on `handler`.
 *
 * Property injectors for the function, the role and the log group apply to those of the provider. Its own choices (role
 * and log group, one month of logs that are deleted with the stack, 256 MiB) win over defaults and lose to what is
 * forced. A forced code, handler, timeout or number of retries is an error.
 */
@propertyInjectable
export class WafCaptchaApiKeyProvider extends Resource implements IWafCaptchaApiKeyProvider {
  /**
   * The ID of this class for property injection.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-waf-captcha-api-key.WafCaptchaApiKeyProvider';

  /**
   * Imports the function of a provider that another app created.
   *
   * @param scope the scope of the import
   * @param id the id of the import in its scope
   * @param functionArn the ARN of the function, in the Region of the stacks that use it
   */
  public static fromFunctionArn(scope: Construct, id: string, functionArn: string): IWafCaptchaApiKeyProvider {
    class Import extends Resource implements IWafCaptchaApiKeyProvider {
      public readonly functionArn = functionArn;
    }
    // Neither of a token for the whole ARN, nor split at the colons of a dynamic reference.
    const hasEnvironment = matches(/^arn:(?!.*\{\{)([^:]*:){5}/, functionArn);
    const provider = new Import(scope, id, { environmentFromArn: hasEnvironment ? functionArn : undefined });
    validateFunctionArn(provider, functionArn);
    return provider;
  }

  /**
   * The default provider of a stack, which its keys use unless they name another.
   *
   * The first call, or the first key, creates it. Properties are an error if it exists already, so call this before
   * you create keys. Settings of the default provider replace no key.
   *
   * @param scope a construct of the stack
   * @param props settings of the function, for the first call
   */
  public static getOrCreate(scope: Construct, props: WafCaptchaApiKeyProviderProps = {}): WafCaptchaApiKeyProvider {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(DEFAULT_ID);
    if (!isProvider(existing)) return new WafCaptchaApiKeyProvider(stack, DEFAULT_ID, props);
    const [property] = Object.keys(omitUnset(props ?? {}));
    if (property) {
      throw propertyError(existing, property, 'the default provider of the stack exists already, because of an earlier '
        + 'call or key; call getOrCreate with properties once, before the first key');
    }
    return existing;
  }

  /**
   * Whether a provider is the default one of a stack.
   *
   * @internal
   */
  public static _isDefaultOf(stack: Stack, provider: IWafCaptchaApiKeyProvider): boolean {
    return provider === stack.node.tryFindChild(DEFAULT_ID) as unknown;
  }

  /**
   * The function that CloudFormation invokes.
   */
  public readonly handler: lambda.Function;

  /**
   * The ARN of the function.
   */
  public readonly functionArn: string;

  /**
   * The execution role of the function.
   */
  public readonly role: iam.IRole;

  /**
   * The log group of the function.
   */
  public readonly logGroup: logs.ILogGroup;

  /**
   * The role with which EventBridge Scheduler invokes the function when a grace period ends.
   *
   * The role of the function needs `iam:PassRole` for it.
   *
   * @default - undefined without a grace period
   */
  public readonly schedulerRole?: iam.IRole;

  /**
   * The group of the schedules that delete keys when their grace period ends.
   *
   * The role of the function needs to create, read and delete schedules in it, and `scheduler:ListSchedules`.
   *
   * @default - undefined without a grace period
   */
  public readonly scheduleGroup?: scheduler.IScheduleGroup;

  /** Whether no subnet of the function has a route out of the VPC. */
  private readonly isIsolated: boolean;

  /** What keys wait for. */
  private readonly needed: CfnResource[];

  /**
   * @param scope the scope of the provider
   * @param id the id of the provider in its scope
   * @param props settings of the function
   */
  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProviderProps = {}) {
    super(scope, id);
    props = omitUnset(props ?? {}); // in untyped languages, null means not set
    validateProviderProps(this, props);

    const logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = props.role ?? new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    if (props.permissionsBoundary) iam.PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    const { permissionsBoundary, gracePeriod: duration, ...settings } = props;
    const minutes = parseGracePeriod(this, duration);
    const ScheduleGroupName = scheduleGroupNameOf(this);
    const gracePeriod = minutes ? new GracePeriodResources(this, ScheduleGroupName) : undefined;
    this.schedulerRole = gracePeriod?.schedulerRole;
    this.scheduleGroup = gracePeriod?.group;
    const setting = {
      ScheduleGroupName,
      ...gracePeriod && { GracePeriodMinutes: `${minutes}`, SchedulerRoleArn: gracePeriod.schedulerRole.roleArn },
    };
    validateEnvironment(this, props.environment);
    this.handler = createFunction(this, { memorySize: 256, ...settings, role, logGroup });
    addToEnvironment(this.handler, setting);

    // What was built counts, because property injectors can set another role, log group or VPC.
    this.role = this.handler.role!;
    this.logGroup = this.handler.logGroup;
    if (this.role !== role) this.node.tryRemoveChild('Role');
    if (this.logGroup !== logGroup) this.node.tryRemoveChild('LogGroup');
    validateAccount(this, this.role);
    const resource = resourceOf(this.handler);
    const statements = functionPermissions(this, this.logGroup.logGroupArn, this.handler.isBoundToVpc);
    const policy = addPolicy(this, this.role, statements);
    allowFinalValues(this, resource, policy);
    // AWS Lambda checks the permissions for a VPC when it creates the function.
    if (policy) dependOn(resource, policy.resource);

    // Keys need the VPC's endpoints and routes until they are deleted. The function itself does not depend on them,
    // because the rules of their security groups may refer to its own.
    const { vpcs, isIsolated } = networkOf(this.handler, props.vpc);
    this.isIsolated = isIsolated;
    const invokeConfig = invokeConfigOf(this.handler)!;
    for (const vpc of vpcs) if (vpc.stack === this.stack) dependOn(invokeConfig, connectivityOf(vpc));
    this.needed = [resource, invokeConfig];
    if (gracePeriod) this.needed.push(gracePeriod.addGuard(this.handler, [...this.needed], setting));
    // Keys and other constructs below the provider may depend on it.
    Dependable.implement(this, { dependencyRoots: this.needed });

    this.functionArn = this.handler.functionArn;
    this.node.defaultChild = resource;
    acknowledgeRuntime(resource);
    // Whatever the default of the app: without the function, a key in another stack could not be deleted.
    CrossStackReferences.of(this).produce(ReferenceStrength.STRONG);
  }

  /**
   * Warns that the function cannot reach AWS WAF in the Region of a key.
   *
   * @internal
   */
  public _warnIfIsolated(key: IConstruct, keyRegion?: string): void {
    const { region } = this.stack;
    if (!this.isIsolated || !keyRegion || !differ(keyRegion, region)) return;
    Validations.of(key).addWarning('cdk-waf-captcha-api-key:isolatedSubnets',
      `provider: ${this.node.path} runs in isolated subnets, and the key is created in ${keyRegion}, `
      + `but interface endpoints for AWS WAF serve only their own Region (${region}); `
      + 'select subnets with a NAT gateway as vpcSubnets, or acknowledge this warning if the VPC has another route');
  }
}

/** Whether a construct is a provider of this app. A library in it may bring its own copy of this class. */
function isProvider(construct?: IConstruct): construct is WafCaptchaApiKeyProvider {
  return construct !== undefined && '_warnIfIsolated' in construct;
}
