import { ArnFormat, Lazy, Stack, Validations } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { crossStackValues, deployAfter, topLevel } from './cross-stack-value';
import { differ, isLookupDummy, isUnresolved } from './unresolved';
import { propertyError, replacedError, show } from './validate';
import type { KeyAttributes } from '../contract/resource';
import type {
  IWafCaptchaApiKey, IWafCaptchaApiKeySsmParameters, WafCaptchaApiKeyAttributes,
} from '../i-waf-captcha-api-key';

/** Of a prefix: SSM allows 15 with the name of the parameter. */
const MAX_LEVELS = 14;

/** Of a prefix. SSM allows 1,011 characters for a parameter's name with the ARN before it, which differs by Region. */
const MAX_PREFIX_LENGTH = 900;

const EXAMPLE = '/captcha/shop';

function validatePrefix(construct: IConstruct, prefix: string): void {
  if (isLookupDummy(prefix)) return;
  if (typeof prefix !== 'string' || isUnresolved(prefix)) {
    throw propertyError(construct, 'prefix', `must be a text that is known at synthesis, got ${show(prefix)}; `
      + `write a path such as '${EXAMPLE}'`);
  }
  const problem = findProblem(prefix);
  if (!problem) return;
  const meant = prefix.split('/').map((level) => `/${level.trim().replace(/[^\w.-]+/g, '-')}`)
    .filter((level) => level !== '/').join('');
  throw propertyError(construct, 'prefix',
    `${problem}, got ${show(prefix)}; write ${findProblem(meant) ? `a path such as '${EXAMPLE}'` : `'${meant}'`}`);
}

/** Which rule of SSM a prefix breaks. */
function findProblem(prefix: string): string | undefined {
  const levels = prefix.split('/').slice(1);
  if (!prefix.startsWith('/')) return "must start with '/'";
  if (levels.includes('')) return "must not end with '/' or contain '//'";
  if (/[^\w./-]/.test(prefix)) return 'must consist of letters, digits and ._- between slashes';
  if (/^\/(aws|ssm)/i.test(prefix)) return "must not start with '/aws' or '/ssm', which SSM reserves";
  if (levels.length > MAX_LEVELS) return `must have at most ${MAX_LEVELS} levels`;
  return prefix.length > MAX_PREFIX_LENGTH ? `must have at most ${MAX_PREFIX_LENGTH} characters` : undefined;
}

/**
 * Writes the parameters of a key. They belong to the top-level stack, so they keep their logical ids when the key is
 * renamed, moved or exchanged for another: CloudFormation could not create parameters of the same names again.
 */
export function publishToSsm(key: IWafCaptchaApiKey, prefix: string): IWafCaptchaApiKeySsmParameters {
  validatePrefix(key, prefix);
  const stack = topLevel(Stack.of(key));
  const id = parametersId(prefix);
  const others = key.node.root.node.findAll().filter(({ node }) => node.id === id) as SsmParameters[];
  for (const other of others.filter(({ publishedKey }) => publishedKey !== key)) {
    const { account, region, environment } = Stack.of(other);
    if (differ(account, stack.account) || differ(region, stack.region)) continue;
    const isSameStack = Stack.of(other) === stack;
    if (isSameStack || (environment === stack.environment && !environment.includes('unknown-'))) {
      throw propertyError(key, 'prefix',
        `${other.publishedKey.node.path} is already published under '${prefix}'; give each key a prefix of its own`);
    }
    Validations.of(key).addWarning('cdk-waf-captcha-api-key:samePrefix', `prefix: ${other.publishedKey.node.path} is `
      + `also published under '${prefix}', and SSM has each name once in an account and Region; give each key a prefix `
      + 'of its own, or acknowledge this warning if the stacks are deployed to different accounts or Regions');
  }
  return stack.node.tryFindChild(id) as SsmParameters ?? new SsmParameters(stack, id, key, prefix);
}

/** The values of the parameters that another stack publishes. */
export function readFromSsm(key: IConstruct, prefix: string): WafCaptchaApiKeyAttributes {
  validatePrefix(key, prefix);
  const home = topLevel(Stack.of(key));
  return crossStackValues({
    key,
    home,
    read: (stack, name) => {
      const { node, nestedStackParent, account, region } = stack;
      if (node.tryFindChild(parametersId(prefix))) { // CloudFormation reads parameters before it writes any
        throw propertyError(key, 'prefix',
          `${node.path} itself publishes '${prefix}'; use the published key in place of the import`);
      }
      if (nestedStackParent || account !== home.account || region !== home.region) return undefined;
      return ssm.StringParameter.valueForStringParameter(stack, parameterName(prefix, name));
    },
  });
}

/** The names of the two parameters are a contract between apps. */
function parameterName(prefix: string, attribute: keyof KeyAttributes): string {
  const name = attribute === 'APIKey' ? 'api-key' : 'application-integration-url';
  return `/${prefix.replace(/^\//, '')}/${name}`; // a look-up that has not happened has no slash
}

function parametersId(prefix: string): string {
  return `WafCaptchaApiKey${prefix}`.replace(/\//g, '|');
}

class SsmParameters extends Construct implements IWafCaptchaApiKeySsmParameters {
  public readonly apiKey: ssm.IStringParameter;
  public readonly applicationIntegrationUrl: ssm.IStringParameter;

  constructor(stack: Stack, id: string, public readonly publishedKey: IWafCaptchaApiKey, prefix: string) {
    super(stack, id);
    const write = (child: string, attribute: keyof KeyAttributes, stringValue: string, description: string) =>
      new SsmParameter(this, child, { parameterName: parameterName(prefix, attribute), stringValue, description });
    this.apiKey = write('ApiKey', 'APIKey', publishedKey.apiKey, 'AWS WAF CAPTCHA API key');
    this.applicationIntegrationUrl = write('ApplicationIntegrationUrl', 'ApplicationIntegrationURL',
      publishedKey.applicationIntegrationUrl, 'Base of the URL of the AWS WAF CAPTCHA script');
  }
}

/** A parameter that other stacks know by its name. References to the resource would be exports, which are locks. */
class SsmParameter extends ssm.StringParameter {
  public readonly parameterName: string;
  public readonly parameterArn: string;
  public readonly stringValue: string;

  constructor(scope: Construct, id: string, props: ssm.StringParameterProps & { readonly parameterName: string }) {
    super(scope, id, props);
    const { stack, node } = this;
    const { name } = node.defaultChild as ssm.CfnParameter;
    if (name !== props.parameterName) throw replacedError(this, 'parameterName', show(name), show(props.parameterName));
    const nameIn = (reader: Stack) => {
      if (reader === stack) return (node.defaultChild as ssm.CfnParameter).ref;
      // Nested stacks do not wait for the parameter: one of them may have the key, for which the parameter waits.
      if (topLevel(reader) !== stack) deployAfter(topLevel(reader), stack, `${node.path}.Ref`);
      return props.parameterName;
    };
    this.parameterName = Lazy.uncachedString({ produce: ({ scope: reader }) => nameIn(Stack.of(reader)) });
    this.parameterArn = stack.formatArn({
      service: 'ssm', resource: `parameter${this.parameterName}`, arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    this.stringValue = props.stringValue;
  }
}
