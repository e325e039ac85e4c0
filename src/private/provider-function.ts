import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ArnFormat, CfnResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { FunctionPolicy, functionPermissions } from './permissions';
import { propertyError, replacedError } from './validate';
import { FUNCTION_TIMEOUT, MAX_EVENT_AGE } from '../contract/timing';

const ENTRY_POINT = 'index.handler';

/** The oldest version of Node.js that the bundle runs on. */
const MIN_NODE_VERSION = 20;

/** The first line of the handler's bundle. */
const MARKER = '// cdk-waf-captcha-api-key: handler';

/**
 * The folder of the bundled handler.
 *
 * In an app that is bundled into one file, `__dirname` is the folder of that file, and the folder found from there can
 * be one of the user's.
 */
function handlerAsset(scope: IConstruct): string {
  // A bundle of ECMAScript modules has no `__dirname`.
  const folder = path.join(typeof __dirname === 'string' ? __dirname : '', '..', '..', 'assets', 'handler');
  const file = path.join(folder, 'index.js');
  if (!existsSync(file) || !readFileSync(file, 'utf8').startsWith(MARKER)) {
    throw new Error(`${scope.node.path}: the code of the function is not in ${folder}; `
      + 'if your app is bundled, mark cdk-waf-captcha-api-key as external, so that it is loaded from node_modules '
      + "(esbuild: '--external:cdk-waf-captcha-api-key')");
  }
  return folder;
}

/** The code of the handler, which knows whether a function uses it. */
class HandlerCode extends lambda.AssetCode {
  public isUsed = false;

  public override bind(scope: Construct): lambda.CodeConfig {
    this.isUsed = true;
    return super.bind(scope);
  }
}

/**
 * Creates the function.
 *
 * @throws for a setting of a property injector, and at synthesis of an Aspect, with which the handler cannot work
 */
export function createFunction(provider: Construct, settings: Partial<lambda.FunctionProps>): lambda.Function {
  const code = new HandlerCode(handlerAsset(provider));
  const props: lambda.FunctionProps = {
    ...settings,
    description: 'Creates and deletes AWS WAF CAPTCHA API keys for CloudFormation',
    runtime: lambda.Runtime.NODEJS_LATEST,
    code,
    handler: ENTRY_POINT,
    timeout: Duration.seconds(FUNCTION_TIMEOUT),
    // The handler retries by itself. A second run of an event would create a second key.
    retryAttempts: 0,
    maxEventAge: Duration.seconds(MAX_EVENT_AGE),
  };
  const handler = newFunction(provider, props);
  validateFunction(handler, code);
  handler.node.addValidation({
    validate: () => {
      validateFunction(handler, code);
      return [];
    },
  });
  return handler;
}

/** @throws for public subnets */
function newFunction(provider: Construct, props: lambda.FunctionProps): lambda.Function {
  try {
    return new lambda.Function(provider, 'Function', props);
  } catch (error) {
    const { vpc, vpcSubnets } = props;
    const isPublic = (id: string) => vpc!.publicSubnets.some(({ subnetId }) => subnetId === id);
    if (!vpc?.selectSubnets(vpcSubnets).subnetIds.some(isPublic)) throw error;
    throw propertyError(provider, vpcSubnets ? 'vpcSubnets' : 'vpc', 'contains public subnets, in which AWS Lambda '
      + 'functions have no Internet access; select private subnets with a NAT gateway as vpcSubnets', error);
  }
}

function validateFunction(handler: lambda.Function, code: HandlerCode): void {
  const resource = resourceOf(handler);
  const config = invokeConfigOf(handler);
  const { Handler = resource.handler, Runtime = resource.runtime ?? '', Timeout = resource.timeout } =
    overridesOf(resource);
  const {
    MaximumRetryAttempts = config?.maximumRetryAttempts, MaximumEventAgeInSeconds = config?.maximumEventAgeInSeconds,
  } = overridesOf(config);
  const { logGroup } = (resource.loggingConfig ?? {}) as lambda.CfnFunction.LoggingConfigProperty;
  const settings: [name: string, isValid: boolean, required: string, given: unknown][] = [
    ['code', code.isUsed, 'its own code', 'another'],
    ['handler', Handler === ENTRY_POINT, ENTRY_POINT, Handler],
    ['runtime', Token.isUnresolved(Runtime) || Number(/^nodejs(\d+)/.exec(Runtime)?.[1]) >= MIN_NODE_VERSION,
      `Node.js ${MIN_NODE_VERSION} or newer`, Runtime],
    ['logGroup', logGroup !== undefined, 'a log group', logGroup],
    ['timeout', Timeout === FUNCTION_TIMEOUT, `${FUNCTION_TIMEOUT} seconds`, Timeout],
    ['retryAttempts', MaximumRetryAttempts === 0, '0', MaximumRetryAttempts],
    ['maxEventAge', MaximumEventAgeInSeconds === MAX_EVENT_AGE, `${MAX_EVENT_AGE} seconds`, MaximumEventAgeInSeconds],
  ];
  const wrong = settings.find(([, isValid]) => !isValid);
  if (wrong) throw replacedError(handler, wrong[0], String(wrong[3] ?? 'nothing'), wrong[2]);
}

/** What Aspects and others set by `addPropertyOverride`, which wins over the properties. */
function overridesOf(resource?: CfnResource): any {
  return (resource as any)?.rawOverrides.Properties ?? {};
}

export function resourceOf(handler: lambda.Function): lambda.CfnFunction {
  return handler.node.defaultChild as lambda.CfnFunction;
}

/** How Lambda treats the events of the function. */
export function invokeConfigOf(handler: lambda.Function): lambda.CfnEventInvokeConfig | undefined {
  return handler.node.tryFindChild('EventInvokeConfig')?.node.defaultChild as lambda.CfnEventInvokeConfig | undefined;
}

/** The VPC in which a function runs, whoever chose it, and whether none of its subnets has a route out of it. */
export function networkOf(handler: lambda.Function, given?: ec2.IVpc): { vpcs: ec2.IVpc[]; isIsolated: boolean } {
  const { subnetIds = [] } = (resourceOf(handler).vpcConfig ?? {}) as lambda.CfnFunction.VpcConfigProperty;
  if (subnetIds.length === 0) return { vpcs: [], isIsolated: false };
  const hasSubnets = (vpc: ec2.IVpc) => [vpc.privateSubnets, vpc.isolatedSubnets, vpc.publicSubnets].flat()
    .some(({ subnetId }) => subnetIds.includes(subnetId));
  const vpcs = handler.node.root.node.findAll().filter(isVpc).filter((vpc) => vpc === given || hasSubnets(vpc));
  const isolated = new Set(vpcs.flatMap(({ isolatedSubnets }) => isolatedSubnets).map(({ subnetId }) => subnetId));
  const isPending = vpcs.some((vpc) => vpc.selectSubnets({ subnets: [] }).isPendingLookup);
  return { vpcs, isIsolated: !isPending && subnetIds.every((id) => isolated.has(id)) };
}

function isVpc(construct: IConstruct): construct is ec2.IVpc {
  return 'isolatedSubnets' in construct;
}

/** Allows the function what it needs after Aspects and Mixins have changed it, whatever their priorities. */
export function allowFinalValues(provider: Construct, resource: lambda.CfnFunction, policy?: FunctionPolicy): void {
  const finalValues = () => {
    const { LoggingConfig, VpcConfig } = overridesOf(resource);
    const { logGroup } = (resource.loggingConfig ?? {}) as lambda.CfnFunction.LoggingConfigProperty;
    return { logGroup: LoggingConfig?.LogGroup ?? logGroup, inVpc: Boolean(VpcConfig ?? resource.vpcConfig) };
  };
  const allowed = finalValues();
  provider.node.addValidation({
    validate: () => {
      const { logGroup = allowed.logGroup, inVpc } = finalValues();
      // Without a name, the function would write to a group that it may not create.
      resource.loggingConfig = { ...resource.loggingConfig, logGroup };
      if (logGroup === allowed.logGroup && inVpc === allowed.inVpc) return [];
      const resourceName = `${Token.asString(logGroup)}:*`;
      const logGroupArn = Stack.of(resource).formatArn({
        service: 'logs', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      policy?.document.addStatements(...functionPermissions(resource, logGroupArn, inVpc));
      return [];
    },
  });
}
