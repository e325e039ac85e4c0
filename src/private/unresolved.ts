import { Token } from 'aws-cdk-lib';

/** Whether CloudFormation fills in a part of the value: a token, or a dynamic reference (`{{resolve:ssm:/domain}}`). */
export function isUnresolved(value: unknown): boolean {
  return [value].flat().some((item) =>
    Token.isUnresolved(item) || Token.isUnresolved([item]) || /\{\{resolve:/.test(String(item)));
}

/**
 * Whether a context look-up can have returned it in the first pass of synthesis: `dummy-value-for-/domain`, `dummy1a`.
 * An error would end that pass, and the CLI would never look the value up. The second pass validates the value.
 */
export function isLookupDummy(text: unknown): boolean {
  return typeof text === 'string' && /dummy/i.test(text);
}

/** Whether two accounts or regions are both known, and differ. */
export function differ(one: string, other: string): boolean {
  return one !== other && ![one, other].some((name) => isUnresolved(name) || isLookupDummy(name));
}
