import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isUnresolved } from './unresolved';

/**
 * Validates a text or a list, and what contains tokens once more when the app is synthesized. Lazy values are known
 * then, and the literals within functions of CloudFormation, for each result of a condition.
 *
 * @param check throws for an invalid value
 * @returns what the first check returns
 */
export function validate<T extends string | string[], R>(construct: IConstruct, given: T, check: (value: T) => R): R {
  const isList = Array.isArray(given);
  const validateResolved = () => {
    const { defaultChild } = construct.node;
    // The condition of a resource can exclude results of other conditions.
    if (CfnResource.isCfnResource(defaultChild) && defaultChild.cfnOptions.condition) return [];
    try {
      const values = valuesOf(Stack.of(construct).resolve(given), isList ? Token.asList : Token.asString);
      const isMissing = isList && values.length === 1;
      values.filter((value) => value !== undefined || isMissing).forEach((value) => check(value as T));
      return [];
    } catch (error) {
      return [(error as Error).message.replace(`${construct.node.path}: `, '')]; // the CDK adds the path
    }
  };
  const result = check(given);
  if ([given, ...given].some(isUnresolved)) construct.node.addValidation({ validate: validateResolved });
  return result;
}

/** The values that a resolved text or list can have. What only CloudFormation knows is a token in them. */
function valuesOf(value: unknown, tokenOf: (value: any) => unknown): unknown[] {
  // Conditions can exclude each other, so not each combination of their results has to be possible.
  if (Array.isArray(value)) {
    const items = value.map((item) => valuesOf(item, Token.asString));
    const [certain, choices] = [items.filter(({ length }) => length === 1), items.filter(({ length }) => length > 1)]
      .map((list) => list.flat().filter((item) => item !== undefined));
    return choices.length ? choices.map((item) => [...certain, item]) : [certain];
  }
  switch (conditionsIn(value).size) {
    case 0: return [evaluate(value, tokenOf)];
    case 1: return [evaluate(value, tokenOf, true), evaluate(value, tokenOf, false)];
    default: return [tokenOf(value)];
  }
}

function conditionsIn(value: unknown): Set<string> {
  return new Set(Array.from(JSON.stringify(value ?? '').matchAll(/"Fn::If":\["([^"]+)"/g), ([, name]) => name));
}

/** The value for one result of all conditions. */
function evaluate(value: any, tokenOf: (value: any) => unknown, condition?: boolean): unknown {
  const evaluateText = (item: unknown) => evaluate(item, Token.asString, condition);
  if (Array.isArray(value)) return value.map(evaluateText).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument]] = Object.entries<any>(value);
  if (name === 'Ref' && argument === 'AWS::NoValue') return undefined;
  if (name === 'Fn::If') return evaluate(argument[condition ? 1 : 2], tokenOf, condition);
  if (name === 'Fn::Sub') return evaluateText({ 'Fn::Join': ['', partsOfSub(...[argument].flat() as [string])] });
  if (name === 'Fn::Join' && Array.isArray(argument[1])) {
    return (evaluateText(argument[1]) as unknown[]).join(argument[0]);
  }
  return tokenOf(value);
}

/** Literals and variables in turns. */
function partsOfSub(text: string, variables: Record<string, unknown> = {}): unknown[] {
  return text.split(/\$\{([^!].*?)\}/).map((part, index) =>
    index % 2 ? variables[part] ?? { Ref: part } : part.replace(/\$\{!/g, '${'));
}
