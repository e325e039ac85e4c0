import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isUnresolved } from './unresolved';

/**
 * Validates a text or a list with tokens once more when the app is synthesized. Lazy values are known then, and the
 * literals within functions of CloudFormation, of which each combination is validated.
 *
 * @param validate throws for an invalid value
 */
export function validateAtSynthesis<T extends string | string[]>(
  construct: IConstruct, given: T, validate: (value: T) => unknown,
): void {
  if (![given, ...given].some(isUnresolved)) return;
  construct.node.addValidation({
    validate: () => {
      try {
        const tokenOf = Array.isArray(given) ? Token.asList : Token.asString;
        valuesOf(Stack.of(construct).resolve(given), tokenOf).forEach((value) => validate(value as T));
        return [];
      } catch (error) {
        return [(error as Error).message.replace(`${construct.node.path}: `, '')]; // the CDK adds the path
      }
    },
  });
}

/** The values that a resolved text or list can have. What only CloudFormation knows is a token in them. */
function valuesOf(value: any, tokenOf: (value: any) => unknown = Token.asString): unknown[] {
  if (Array.isArray(value)) {
    return value.map((item) => valuesOf(item)).reduce<unknown[][]>((lists, items) =>
      lists.flatMap((list) => items.map((item) => item === undefined ? list : [...list, item])), [[]]);
  }
  if (typeof value !== 'object' || value === null) return [value];
  const [[name, argument]] = Object.entries<any>(value);
  if (name === 'Ref' && argument === 'AWS::NoValue') return [undefined];
  if (name === 'Fn::If') return [argument[1], argument[2]].flatMap((item) => valuesOf(item, tokenOf));
  if (name === 'Fn::Sub') return valuesOf({ 'Fn::Join': ['', partsOfSub(...[argument].flat() as [string])] });
  if (name === 'Fn::Join' && Array.isArray(argument[1])) {
    return valuesOf(argument[1]).map((parts) => (parts as unknown[]).join(argument[0]));
  }
  if (name === 'Fn::Select' && Array.isArray(argument[1])) return argument[1].flatMap((item) => valuesOf(item));
  return [tokenOf(value)];
}

/** Literals and variables in turns. */
function partsOfSub(text: string, variables: Record<string, unknown> = {}): unknown[] {
  return text.split(/\$\{([^!].*?)\}/).map((part, index) =>
    index % 2 ? variables[part] ?? { Ref: part } : part.replace(/\$\{!/g, '${'));
}
