import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isUnresolved } from './unresolved';

/** In a value to check: one character of Unicode's private use for a part that only CloudFormation knows. */
export const MASK = /[\uE000-\uF8FF]/;

/** An error that says where, what is wrong, and what to do. */
export function propertyError(construct: IConstruct, property: string, problem: string): Error {
  return new Error(`${construct.node.path}: ${property}: ${problem}`);
}

/**
 * Validates a value, and what contains tokens once more when the app is synthesized. Lazy values are known then, and
 * the literal text within functions of CloudFormation.
 *
 * @param check throws for an invalid value, which has masks; at synthesis, it also gets the value as in the template
 */
export function validate<T extends string | string[]>(
  construct: IConstruct, given: T, check: (value: T, template?: string) => void,
): void {
  if (!isUnresolved(given)) return check(given);
  const checkMasked = (value: unknown, template?: string) => {
    const parts: string[] = [];
    const mask = (part: string) => {
      parts.push(part);
      return String.fromCharCode(0xE000 + parts.indexOf(part)); // equal parts have the same mask
    };
    const masked = maskUnknown(value, mask);
    try {
      check((Array.isArray(given) ? [masked].flat() : masked) as T, template);
    } catch (error) {
      const unmask = (text: string): string => text.replace(new RegExp(MASK, 'g'), (char) =>
        unmask((parts[char.charCodeAt(0) - 0xE000] ?? '').replace(/^(\{"|[$#]\{Token).*/, '${Token}')));
      throw new Error(unmask((error as Error).message), { cause: error });
    }
  };
  const validateResolved = () => {
    try {
      const resolved = Stack.of(construct).resolve(given);
      if (resolved !== undefined) checkMasked(resolved, JSON.stringify(resolved));
      return [];
    } catch (error) {
      return [(error as Error).message.replace(`${construct.node.path}: `, '')]; // the CDK adds the path
    }
  };
  checkMasked(given);
  construct.node.addValidation({ validate: validateResolved });
}

/** Masks tokens, dynamic references and functions of CloudFormation, but not the literal text in and around them. */
function maskUnknown(value: any, mask: (part: string) => string): string | string[] {
  if (Array.isArray(value)) return value.flatMap((item) => maskUnknown(item, mask));
  if (typeof value !== 'object' || !value) {
    return String(value ?? '').replace(/[$#]\{Token\[.*?\]\}/g, mask).replace(/\{\{resolve:.*?\}\}/g, mask);
  }
  const { 'Fn::Join': join, 'Fn::Sub': sub } = value;
  if (Array.isArray(join?.[1])) return maskUnknown((maskUnknown(join[1], mask) as string[]).join(join[0]), mask);
  if (sub) return maskUnknown([sub].flat()[0].replace(/\$\{[^!].*?\}/g, mask).replace(/\$\{!/g, '${'), mask);
  return mask(JSON.stringify(value));
}
