import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { CrossStackValue, topLevel } from './cross-stack-value';
import { isLookupDummy } from './unresolved';
import { propertyError } from './validate';
import type { KeyAttributes } from '../contract/resource';
import type {
  IWafCaptchaApiKey, IWafCaptchaApiKeyParameters, WafCaptchaApiKeyAttributes,
} from '../i-waf-captcha-api-key';

type ParameterNames = Record<keyof IWafCaptchaApiKeyParameters, string>;

/** Of a prefix. SSM allows 1,011 characters for a parameter's name with the ARN before it, which differs by Region. */
const MAX_PREFIX_LENGTH = 900;

/** The names of the two SSM parameters of a key: a contract between apps. */
function ssmParameterNames(construct: IConstruct, prefix: string): ParameterNames {
  const isPath = /^(?!\/(aws|ssm))(\/[\w.-]+){1,14}$/i.test(prefix) && prefix.length <= MAX_PREFIX_LENGTH;
  if (!isPath && !isLookupDummy(prefix)) {
    throw propertyError(construct, 'prefix', 'must be a path such as \'/captcha/shop\', known at synthesis, of '
      + `letters, digits and ._-, with at most 14 levels and ${MAX_PREFIX_LENGTH} characters, which does not start `
      + `with '/aws' or '/ssm' (SSM reserves them), got ${JSON.stringify(prefix) ?? 'nothing'}`);
  }
  const path = `/${prefix.replace(/^\//, '')}`;
  return { apiKey: `${path}/api-key`, applicationIntegrationUrl: `${path}/application-integration-url` };
}

/**
 * Writes the parameters of a key. They belong to the top-level stack, so they keep their logical ids when the key is
 * renamed, moved or exchanged for another: CloudFormation could not create parameters of the same names again.
 */
export function publishToSsm(key: IWafCaptchaApiKey, prefix: string): IWafCaptchaApiKeyParameters {
  const names = ssmParameterNames(key, prefix);
  const stack = topLevel(Stack.of(key));
  const id = publishedKeyId(prefix);
  const existing = key.node.root.node.findAll().find((construct) =>
    construct.node.id === id && isSameEnvironment(Stack.of(construct), stack)) as PublishedKey | undefined;
  const published = existing ?? new PublishedKey(stack, id, key, names);
  if (published.owner !== key) {
    throw propertyError(key, 'prefix',
      `${published.owner.node.path} is already published under '${prefix}'; give each key a prefix of its own`);
  }
  return published;
}

/** The values of the parameters that another stack publishes. */
export function readFromSsm(key: IConstruct, prefix: string): WafCaptchaApiKeyAttributes {
  const names = ssmParameterNames(key, prefix);
  const home = topLevel(Stack.of(key));
  const canRead = ({ node, nestedStackParent, account, region }: Stack) => {
    if (node.tryFindChild(publishedKeyId(prefix))) { // CloudFormation reads parameters before it writes any
      throw propertyError(key, 'prefix',
        `${node.path} itself publishes '${prefix}'; use the published key in place of the import`);
    }
    return !nestedStackParent && account === home.account && region === home.region;
  };
  const value = (name: keyof KeyAttributes, parameterName: string) => CrossStackValue.asString({
    owner: key,
    name,
    home,
    read: (stack) => canRead(stack) ? ssm.StringParameter.valueForStringParameter(stack, parameterName) : undefined,
  });
  return {
    apiKey: value('APIKey', names.apiKey),
    applicationIntegrationUrl: value('ApplicationIntegrationURL', names.applicationIntegrationUrl),
  };
}

function publishedKeyId(prefix: string): string {
  return `WafCaptchaApiKey${prefix}`.replace(/\//g, '|');
}

class PublishedKey extends Construct implements IWafCaptchaApiKeyParameters {
  public readonly apiKey: ssm.IStringParameter;
  public readonly applicationIntegrationUrl: ssm.IStringParameter;

  constructor(stack: Stack, id: string, public readonly owner: IWafCaptchaApiKey, names: ParameterNames) {
    super(stack, id);
    this.apiKey = this.write('ApiKey', names.apiKey, owner.apiKey, 'AWS WAF CAPTCHA API key');
    this.applicationIntegrationUrl = this.write('ApplicationIntegrationUrl', names.applicationIntegrationUrl,
      owner.applicationIntegrationUrl, 'Base of the URL of the AWS WAF CAPTCHA script');
  }

  private write(id: string, name: string, stringValue: string, description: string): ssm.IStringParameter {
    const parameter = new ssm.StringParameter(this, id, { parameterName: name, stringValue, description });
    const { stack, parameterName: ref } = parameter;
    // For `grantRead` and `parameterName` in other stacks, in which the parameter's own references would be exports.
    const parameterName = CrossStackValue.asString({
      owner: parameter,
      name: 'Name',
      home: stack,
      // A nested stack may contain the key, for whose value the parameter waits, so it must not wait for the parameter.
      read: (reader) => reader === stack ? ref : topLevel(reader) === stack ? name : undefined,
    });
    const resource = `parameter${parameterName}`;
    return Object.defineProperties(parameter, {
      parameterName: { value: parameterName },
      parameterArn: { value: stack.formatArn({ service: 'ssm', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
      stringValue: { value: stringValue },
    });
  }
}

function isSameEnvironment(a: Stack, b: Stack): boolean {
  return a === b || (a.environment === b.environment && !a.environment.includes('unknown-'));
}
