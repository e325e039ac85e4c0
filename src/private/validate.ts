import { Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { isLookupDummy, isUnresolved } from './unresolved';

/** In a value to check: one character of Unicode's private use for a part that is not known yet. */
export const MASK = /[\uE000-\uF8FF]/;

/** An error that says where, what is wrong, and what to do. */
export function propertyError(construct: IConstruct, property: string, problem: string, cause?: unknown): Error {
  return new Error(`${construct.node.path}: ${property}: ${problem}`, { cause });
}

/** An error for a property that is set to something with which the function cannot work. */
export function replacedError(construct: IConstruct, property: string, built: string, needed: string): Error {
  return propertyError(construct, property, `a property injector or Aspect sets it to ${built}, but the function needs `
    + `${needed}; leave this resource out of the injector or Aspect`);
}

/** The properties that are set: an explicit `undefined` would win over the default of a property injector. */
export function omitUnset<T extends object>(props: T): Partial<T> {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined && value !== null)) as T;
}

/** Whether a value is a text of this form. The pattern alone would also take a list with such a text. */
export function matches(pattern: RegExp, given: unknown): boolean {
  return typeof given === 'string' && pattern.test(given);
}

/** A given value in a message. Untyped languages can give anything, and not everything has a JSON text. */
export function show(given: unknown): string {
  if (given === undefined || given === null) return 'nothing';
  if (Array.isArray(given)) return `[${given.map(show).join(',')}]`;
  if (Construct.isConstruct(given)) return `the construct ${given.node.path}`;
  if (Object(given) === given) return `an instance of ${(given as object).constructor?.name}`;
  return typeof given === 'string' ? JSON.stringify(given) : String(given);
}

/**
 * Validates a value, and what contains tokens once more when the app is synthesized. Lazy values are known then, and
 * the literal text within functions of CloudFormation.
 *
 * @param findProblem says what is wrong with a value and what to write; unknown parts of the value are masks; at
 *   synthesis, it also gets the value as in the template
 */
export function validate<T extends string | string[]>(
  construct: IConstruct, property: string, given: T, findProblem: (value: T, template?: string) => string | undefined,
): void {
  const findInMasked = (value: unknown, template?: string) => {
    const parts: string[] = [];
    const masked = maskUnknown(value, (part) => {
      parts.push(part);
      return String.fromCharCode(0xE000 + parts.indexOf(part)); // equal parts have the same mask
    });
    const unmask = (text: string): string => text.replace(new RegExp(MASK, 'g'), (char) =>
      unmask((parts[char.charCodeAt(0) - 0xE000] ?? '').replace(/^(\{"|[$#]\{Token).*/, '${Token}')));
    const problem = findProblem((Array.isArray(given) ? [masked].flat() : masked) as T, template);
    return problem && unmask(problem);
  };
  const problem = typeof given === 'string' || Array.isArray(given) ? findInMasked(given) : findProblem(given);
  if (problem) throw propertyError(construct, property, problem);
  if (!isUnresolved(given)) return;
  construct.node.addValidation({
    validate: () => {
      const resolved = Stack.of(construct).resolve(given) ?? (Array.isArray(given) ? [] : undefined);
      const found = resolved === undefined ? undefined : findInMasked(resolved, JSON.stringify(resolved));
      return found ? [`${property}: ${found}`] : []; // the CDK adds the path
    },
  });
}

/** Masks tokens, dynamic references, look-ups and functions of CloudFormation, but not the literal text around them. */
function maskUnknown(value: any, mask: (part: string) => string): string | string[] {
  if (Array.isArray(value)) return value.flatMap((item) => maskUnknown(item, mask));
  if (typeof value !== 'object' || !value) {
    const text = String(value ?? '');
    if (isLookupDummy(text)) return mask(text);
    return text.replace(/[$#]\{Token\[.*?\]\}/g, mask).replace(/\{\{resolve:.*?\}\}/g, mask);
  }
  const { 'Fn::Join': join, 'Fn::Sub': sub } = value;
  if (Array.isArray(join?.[1])) return maskUnknown((maskUnknown(join[1], mask) as string[]).join(join[0]), mask);
  if (sub) return maskUnknown([sub].flat()[0].replace(/\$\{[^!].*?\}/g, mask).replace(/\$\{!/g, '${'), mask);
  return mask(JSON.stringify(value));
}
