import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { differ, isLookupDummy } from './unresolved';
import { MASK, matches, propertyError, show, validate } from './validate';
import type { WafCaptchaApiKeyProviderProps } from '../waf-captcha-api-key-provider-props';

/** A member that each of these has, and an example. Untyped languages can pass a text instead. */
const CONSTRUCTS: { [name in keyof WafCaptchaApiKeyProviderProps]: [member: string, example: string] } = {
  role: ['roleArn', 'Role.fromRoleArn(…)'],
  permissionsBoundary: ['managedPolicyArn', 'ManagedPolicy.fromManagedPolicyArn(…)'],
  vpc: ['selectSubnets', 'Vpc.fromLookup(…)'],
  securityGroups: ['securityGroupId', '[SecurityGroup.fromSecurityGroupId(…)]'],
  logGroup: ['logGroupArn', 'LogGroup.fromLogGroupName(…)'],
  environmentEncryption: ['keyArn', 'Key.fromKeyArn(…)'],
  architecture: ['dockerPlatform', 'Architecture.ARM_64'],
};

/** Validates the properties of a provider that are set. */
export function validateProviderProps(provider: IConstruct, props: WafCaptchaApiKeyProviderProps): void {
  for (const [name, [member, example]] of Object.entries(CONSTRUCTS)) {
    const given = props[name as keyof WafCaptchaApiKeyProviderProps];
    const items = name === 'securityGroups' && Array.isArray(given) ? given : [given];
    if (given === undefined || items.every((item) => member in Object(item))) continue;
    throw propertyError(provider, name, `must be such as ${example}, got ${show(given)}`);
  }
  if (props.role && props.permissionsBoundary) {
    throw propertyError(provider, 'permissionsBoundary',
      'is for the role that the provider creates; set the boundary on the given role instead');
  }
}

/** Validates the account of the role. */
export function validateAccount(provider: IConstruct, role: iam.IRole): void {
  const { account } = Stack.of(provider);
  if (isLookupDummy(role.roleArn) || !differ(role.env.account, account)) return;
  throw propertyError(provider, 'role', `AWS Lambda accepts only roles of the stack's account (${account}), `
    + `got one of ${role.env.account}; use a role of ${account}`);
}

/** Validates the ARN of an imported function, as far as it is known. */
export function validateFunctionArn(construct: IConstruct, functionArn: string): void {
  validate(construct, 'functionArn', functionArn, (arn) => isFunctionArn(arn) ? undefined
    : `must be the ARN of a Lambda function, got ${show(arn)}; the functionArn of a WafCaptchaApiKeyProvider is one`);
}

function isFunctionArn(arn: string): boolean {
  // In an ARN with fewer parts, a token stands for several ones, so the places of the other parts are unknown.
  if (MASK.test(arn) && arn.split(':').length < 7) return /^[\w:$\uE000-\uF8FF-]+$/.test(arn);
  const pattern = '^(arn|[M]):[\\wM-]+:(lambda|[M]):[\\wM-]+:[\\dM]+:(function|[M]):[\\wM:$-]+$';
  return matches(new RegExp(pattern.replace(/M/g, '\uE000-\uF8FF')), arn);
}
