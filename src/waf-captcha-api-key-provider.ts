import { IResource, Lazy, RemovalPolicy, Resource, Stack, Token, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct, IDependable } from 'constructs';
import { CLOUDFRONT_REGION } from './contract/resource';
import { handlerCode } from './private/handler-code';
import { logStatement, vpcStatement, wafStatements } from './private/permissions';
import { FUNCTION_TIMEOUT, MAX_EVENT_AGE } from './private/timing';
import { WafCaptchaApiKeyProviderProps } from './waf-captcha-api-key-provider-props';

// Marks rather than `instanceof`: an app and a library in it may each bring a copy of this package.
const PROVIDER = Symbol.for('cdk-waf-captcha-api-key.WafCaptchaApiKeyProvider');
/** Of those that were made because no other was named. */
const DEFAULT_PROVIDER = Symbol.for('cdk-waf-captcha-api-key.DefaultProvider');

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
 * The Lambda function behind `WafCaptchaApiKey`, with its role and log.
 *
 * Each stack gets one by itself. Make your own to put it into a VPC, to use your own role or log group,
 * or to let the stacks of a region share it.
 */
@propertyInjectable
export class WafCaptchaApiKeyProvider extends Resource implements IWafCaptchaApiKeyProvider {
  /**
   * The name under which property injectors know this class.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-waf-captcha-api-key.WafCaptchaApiKeyProvider';

  /**
   * Uses the function of a provider that another app made.
   *
   * @param scope where the import is declared
   * @param id the name of the import in its scope
   * @param functionArn the ARN of that provider's function, in the region of the stacks that use it
   */
  public static fromFunctionArn(scope: Construct, id: string, functionArn: string): IWafCaptchaApiKeyProvider {
    if (!Token.isUnresolved(functionArn) && !/^arn:[\w-]+:lambda:[\w-]+:\d+:function:./.test(functionArn)) {
      throw new Error(`${scope.node.path}/${id}: functionArn: must be the ARN of a Lambda function, got '${functionArn}'; `
        + 'the functionArn of a WafCaptchaApiKeyProvider is one');
    }
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
    const id = 'WafCaptchaApiKeyProvider'; // part of the function's ARN, which CloudFormation lets no key change
    const existing = stack.node.tryFindChild(id);
    if (existing && !(DEFAULT_PROVIDER in existing)) {
      throw new Error(`${stack.node.path}: the id ${id} is kept for the default provider of the stack; give yours another id, and hand it to its keys as 'provider'`);
    }
    const provider = existing ?? new WafCaptchaApiKeyProvider(stack, id);
    Object.defineProperty(provider, DEFAULT_PROVIDER, { value: true });
    return provider as WafCaptchaApiKeyProvider;
  }

  /**
   * Whether a provider was made in this app, so that it can be told what its keys need.
   *
   * @internal
   */
  public static _isOwn(provider: IWafCaptchaApiKeyProvider): provider is WafCaptchaApiKeyProvider {
    return PROVIDER in provider;
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

  private readonly createRegions: Set<string>;
  private readonly readiness: IDependable[] = [];

  /**
   * @param scope where the provider is declared
   * @param id the name of the provider in its scope
   * @param props settings of the function
   */
  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProviderProps = {}) {
    super(scope, id);
    Object.defineProperty(this, PROVIDER, { value: true });
    this.createRegions = new Set(props.keyRegions);
    if (props.role && props.permissionsBoundary) {
      throw new Error(`${this.node.path}: permissionsBoundary is for the role made here; set the boundary on the given role instead`);
    }
    if (!props.vpc && (props.vpcSubnets || props.securityGroups)) {
      throw new Error(`${this.node.path}: vpcSubnets and securityGroups need a vpc; add it, or leave them out`);
    }

    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.useRole(props);
    this.handler = new lambda.Function(this, 'Function', {
      description: 'Makes and deletes AWS WAF CAPTCHA API keys for CloudFormation',
      // By name: given the constant itself, the CDK loads its table of regions to look for a newer one.
      runtime: new lambda.Runtime(lambda.Runtime.NODEJS_LATEST.name, lambda.RuntimeFamily.NODEJS, { supportsInlineCode: true }),
      code: handlerCode(),
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
    Validations.of(this.handler).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'The runtime is the latest that aws-cdk-lib knows in all regions; a newer aws-cdk-lib brings a newer one',
    });

    // The handler retries by itself; a second run of an event would make a second key.
    this.readiness.push(new lambda.EventInvokeConfig(this, 'AsyncInvoke', {
      function: this.handler,
      retryAttempts: 0,
      maxEventAge: MAX_EVENT_AGE,
    }));
  }

  /**
   * Lets the function make keys in a region, or in its own.
   *
   * @returns what must be deployed before the first key
   * @internal
   */
  public _allowCreateIn(region?: string): IDependable[] {
    this.createRegions.add(region ?? this.stack.region);
    return this.readiness;
  }

  private useRole(props: WafCaptchaApiKeyProviderProps): iam.IRole {
    // Uncached: an Aspect may look at the role before the last key is declared.
    const createRegions = Lazy.uncachedAny({
      // A provider without keys in this app is there for the keys of others.
      produce: () => [...this.createRegions.size > 0 ? this.createRegions : [CLOUDFRONT_REGION, this.stack.region]].sort(),
    });
    const statements = [...wafStatements(createRegions), logStatement(this.logGroup), ...(props.vpc ? [vpcStatement()] : [])];
    if (!props.role) {
      const role = new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { WafCaptchaApiKeys: new iam.PolicyDocument({ statements }) },
        permissionsBoundary: props.permissionsBoundary,
      });
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'AWS WAF API keys, and network interfaces that do not exist yet, have no ARNs to name; the actions are the few that are used',
      });
      return role;
    }
    for (const statement of statements) {
      const { policyDependable } = props.role.addToPrincipalPolicy(statement);
      if (policyDependable) this.readiness.push(policyDependable);
    }
    return props.role;
  }
}
