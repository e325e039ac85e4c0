import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Resource, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct, IConstruct } from 'constructs';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { validateFunctionArn } from './private/function-arn';
import { GracePeriodResources } from './private/grace-period';
import { handlerAsset } from './private/handler-asset';
import { acknowledgeWildcards, attachPolicy, functionPermissions } from './private/permissions';
import { FUNCTION_TIMEOUT, MAX_EVENT_AGE } from './private/timing';
import { differ, isLookupDummy } from './private/unresolved';
import { propertyError } from './private/validate';
import { connectivityOf } from './private/vpc-connectivity';
import { WafCaptchaApiKeyProviderProps } from './waf-captcha-api-key-provider-props';

/**
 * The Lambda function behind `WafCaptchaApiKey`, with its role and log group.
 *
 * Each stack gets a default one. Create your own to run the function in a VPC, to use your own role or log group,
 * or to share it between the stacks of a Region. Properties without a setting are set on `handler`.
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
    const hasEnvironment = /^arn:(?!.*\{\{)([^:]*:){5}/.test(functionArn);
    const provider = new Import(scope, id, { environmentFromArn: hasEnvironment ? functionArn : undefined });
    validateFunctionArn(provider, functionArn);
    return provider;
  }

  /**
   * The default provider of the stack, created on first use.
   *
   * @internal
   */
  public static _getOrCreate(stack: Stack): WafCaptchaApiKeyProvider {
    const id = 'WafCaptchaApiKeyProvider'; // part of the function's ARN, which CloudFormation lets no key change
    const existing = stack.node.tryFindChild(id);
    return existing && this._isOfThisApp(existing) ? existing : new WafCaptchaApiKeyProvider(stack, id);
  }

  /**
   * Whether a provider was created in this app, not imported. A library in it may bring its own copy of this class.
   *
   * @internal
   */
  public static _isOfThisApp(provider: IConstruct): provider is WafCaptchaApiKeyProvider {
    return '_prepareFor' in provider;
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

  /** Whether no subnet of the function has a route out of the VPC. */
  private readonly isolated: boolean;

  private gracePeriods?: GracePeriodResources;

  /**
   * @param scope the scope of the provider
   * @param id the id of the provider in its scope
   * @param props settings of the function
   */
  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProviderProps = {}) {
    super(scope, id);
    if (props.role && props.permissionsBoundary) {
      throw propertyError(this, 'permissionsBoundary',
        'is for the role that the provider creates; set the boundary on the given role instead');
    }
    const { account } = this.stack;
    if (props.role && !isLookupDummy(props.role.roleArn) && differ(props.role.env.account, account)) {
      throw propertyError(this, 'role', `AWS Lambda accepts only roles of the stack's account (${account}), `
        + `got one of ${props.role.env.account}; use a role of ${account}`);
    }

    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const statements = functionPermissions(this, this.logGroup, props.vpc !== undefined);
    this.role = props.role ?? this.createRole(statements);
    if (props.permissionsBoundary) iam.PermissionsBoundary.of(this).apply(props.permissionsBoundary);
    const policy = props.role && attachPolicy(this, props.role, statements);
    this.handler = new lambda.Function(this, 'Function', {
      description: 'Creates and deletes AWS WAF CAPTCHA API keys for CloudFormation',
      runtime: lambda.Runtime.NODEJS_LATEST,
      code: lambda.Code.fromAsset(handlerAsset(this)),
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      timeout: FUNCTION_TIMEOUT,
      // The handler retries by itself. A second run of an event would create a second key.
      retryAttempts: 0,
      maxEventAge: MAX_EVENT_AGE,
      memorySize: props.memorySize ?? 256,
      architecture: props.architecture,
      tracing: props.tracing,
      environment: props.environment,
      environmentEncryption: props.environmentEncryption,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
    });
    // AWS Lambda checks the permissions for a VPC when it creates the function.
    if (policy) this.handler.node.addDependency(policy);
    // Keys need the VPC's endpoints and routes until they are deleted. The function itself does not depend on them,
    // because the rules of their security groups may refer to its own.
    const { vpc } = props;
    if (vpc?.stack === this.stack) {
      this.handler.node.findChild('EventInvokeConfig').node.addDependency(connectivityOf(vpc));
    }
    this.functionArn = this.handler.functionArn;
    this.isolated = isIsolated(props);
    this.node.defaultChild = this.handler.node.defaultChild;
    // Whatever the default of the app: without the function, a key in another stack could not be deleted.
    CrossStackReferences.of(this).produce(ReferenceStrength.STRONG);
    const reason = 'The runtime is the latest that all Regions have; newer versions of aws-cdk-lib bring newer ones';
    for (const rule of ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion']) {
      Validations.of(this.node.defaultChild!).acknowledge({ id: rule, reason });
    }
  }

  /**
   * Prepares the function for a key. Only a provider that was created in this app has this method.
   *
   * @internal
   */
  public _prepareFor(key: IConstruct, keyRegion?: string, gracePeriod?: number): void {
    if (gracePeriod) this.gracePeriods ??= new GracePeriodResources(this, this.handler, this.role);
    const { region } = this.stack;
    if (!this.isolated || !keyRegion || !differ(keyRegion, region)) return;
    Validations.of(key).addWarning('cdk-waf-captcha-api-key:isolatedSubnets',
      `provider: ${this.node.path} runs in isolated subnets, and the key is created in ${keyRegion}, `
      + `but interface endpoints for AWS WAF serve only their own Region (${region}); `
      + 'select subnets with a NAT gateway as vpcSubnets, or acknowledge this warning if the VPC has another route');
  }

  private createRole(statements: iam.PolicyStatement[]): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { WafCaptchaApiKeys: new iam.PolicyDocument({ statements }) },
    });
    acknowledgeWildcards(role.node.defaultChild ?? role, statements);
    return role;
  }
}

function isIsolated({ vpc, vpcSubnets }: WafCaptchaApiKeyProviderProps): boolean {
  if (!vpc) return false;
  const { subnetIds, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  const isolated = new Set(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  return !isPendingLookup && subnetIds.length > 0 && subnetIds.every((id) => isolated.has(id));
}
