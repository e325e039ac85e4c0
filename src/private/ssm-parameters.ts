import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { CrossStackValue, topLevel } from './cross-stack-value';
import { isLookupDummy, isUnresolved } from './unresolved';
import { IWafCaptchaApiKey, IWafCaptchaApiKeyParameters } from '../i-waf-captcha-api-key';

type ParameterNames = Record<keyof IWafCaptchaApiKeyParameters, string>;

/** The names of the two SSM parameters of a key: a contract between apps. */
export function ssmParameterNames(construct: IConstruct, prefix: string): ParameterNames {
  const reject = (problem: string) => new Error(`${construct.node.path}: prefix: ${problem}`);
  if (isUnresolved(prefix)) {
    throw reject('must be known at synthesis, got a value known only at deploy time; write one like \'/captcha/shop\'');
  }
  if (!/^(\/[\w.-]+)+$/.test(prefix) && !isLookupDummy(prefix)) {
    throw reject('must be a path such as \'/captcha/shop\', of letters, digits and ._-, '
      + `got ${JSON.stringify(prefix) ?? 'nothing'}`);
  }
  if (/^\/(aws|ssm)/i.test(prefix)) {
    throw reject(`SSM reserves names that start with 'aws' or 'ssm', got '${prefix}'; start it with another word`);
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
  const { owner, parameters } = existing ?? new PublishedKey(stack, id, key, names);
  if (owner !== key) {
    throw new Error(`${key.node.path}: prefix: ${owner.node.path} is already published under '${prefix}'; `
      + 'give each key a prefix of its own');
  }
  return parameters;
}

/** Whether the stack itself writes the parameters: CloudFormation reads parameters before it writes any. */
export function isPublishedBy(stack: Stack, prefix: string): boolean {
  return stack.node.tryFindChild(publishedKeyId(prefix)) !== undefined;
}

function publishedKeyId(prefix: string): string {
  return `WafCaptchaApiKey${prefix}`.replace(/\//g, '|');
}

class PublishedKey extends Construct {
  public readonly parameters: IWafCaptchaApiKeyParameters;

  constructor(stack: Stack, id: string, public readonly owner: IWafCaptchaApiKey, names: ParameterNames) {
    super(stack, id);
    const create = (name: keyof ParameterNames, childId: string, description: string) => {
      const [fixedName, stringValue] = [names[name], owner[name]];
      const parameter = new ssm.StringParameter(this, childId, { parameterName: fixedName, stringValue, description });
      const ref = parameter.parameterName;
      const read = (reader: Stack) => reader === stack ? ref : undefined;
      // In place of the parameter's own references, which an export would lock for other stacks.
      const parameterName = Token.asString(new CrossStackValue({
        owner: parameter, name: 'Name', home: stack, version: '', read,
      }));
      const arnFormat = ArnFormat.NO_RESOURCE_NAME;
      const parameterArn = stack.formatArn({ service: 'ssm', resource: `parameter${parameterName}`, arnFormat });
      for (const [property, value] of Object.entries({ parameterName, stringValue, parameterArn })) {
        Object.defineProperty(parameter, property, { value });
      }
      return parameter;
    };
    this.parameters = {
      apiKey: create('apiKey', 'ApiKey', 'AWS WAF CAPTCHA API key'),
      applicationIntegrationUrl: create(
        'applicationIntegrationUrl', 'ApplicationIntegrationUrl', 'Base of the URL of the AWS WAF CAPTCHA script',
      ),
    };
  }
}

function isSameEnvironment(a: Stack, b: Stack): boolean {
  const isKnown = ![a.account, a.region].some(Token.isUnresolved);
  return a === b || (isKnown && a.account === b.account && a.region === b.region);
}
