import { Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { topLevel } from './cross-stack-value';
import { isLookupDummy, isUnresolved } from './unresolved';
import { IWafCaptchaApiKey, IWafCaptchaApiKeyParameters } from '../i-waf-captcha-api-key';

/** The names of the two SSM parameters of a key: a contract between apps. */
export function ssmParameterNames(construct: IConstruct, prefix: string) {
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

/** The key that is published under a prefix, on the construct around its parameters. */
const PUBLISHED = Symbol.for('cdk-waf-captcha-api-key.Published');
type Published = Construct & { readonly [PUBLISHED]?: { readonly key: IWafCaptchaApiKey; readonly prefix: string } };

/**
 * Writes the parameters of a key. They belong to the top-level stack, so they keep their logical ids when the key is
 * renamed, moved or exchanged for another: CloudFormation could not create parameters of the same names again.
 */
export function publishToSsm(key: IWafCaptchaApiKey, prefix: string): IWafCaptchaApiKeyParameters {
  const names = ssmParameterNames(key, prefix);
  const stack = topLevel(Stack.of(key));
  const existing = key.node.root.node.findAll().find((construct) => {
    const published = (construct as Published)[PUBLISHED];
    return published?.prefix === prefix && isSameEnvironment(Stack.of(construct), stack);
  }) as Published | undefined;
  const owner = existing?.[PUBLISHED]?.key ?? key;
  if (owner !== key) {
    throw new Error(`${key.node.path}: prefix: ${owner.node.path} is already published under '${prefix}'; `
      + 'give each key a prefix of its own');
  }

  const scope = existing ?? new Construct(stack, `WafCaptchaApiKey${prefix}`.replace(/\//g, '|'));
  Object.defineProperty(scope, PUBLISHED, { value: { key, prefix }, configurable: true });
  const parameter = (id: string, props: ssm.StringParameterProps) =>
    scope.node.tryFindChild(id) as ssm.StringParameter ?? new ssm.StringParameter(scope, id, props);
  return {
    apiKey: parameter('ApiKey', {
      parameterName: names.apiKey,
      stringValue: key.apiKey,
      description: 'AWS WAF CAPTCHA API key',
    }),
    applicationIntegrationUrl: parameter('ApplicationIntegrationUrl', {
      parameterName: names.applicationIntegrationUrl,
      stringValue: key.applicationIntegrationUrl,
      description: 'Base of the URL of the AWS WAF CAPTCHA script',
    }),
  };
}

function isSameEnvironment(a: Stack, b: Stack): boolean {
  const isKnown = ![a.account, a.region].some(Token.isUnresolved);
  return a === b || (isKnown && a.account === b.account && a.region === b.region);
}
