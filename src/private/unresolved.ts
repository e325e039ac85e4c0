import {
  DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, StringConcat, Token, Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Whether CloudFormation fills in a part of the text: a token, or a dynamic reference (`{{resolve:ssm:/domain}}`). */
export function isUnresolved(text: unknown): boolean {
  return Token.isUnresolved(text) || (typeof text === 'string' && /\{\{resolve:/.test(text));
}

/**
 * Whether a context look-up can have returned it in the first pass of synthesis: `dummy-value-for-/domain`, `dummy1a`.
 * An error would end that pass, and the CLI would never look the value up. The second pass validates the value.
 */
export function isLookupDummy(text: unknown): boolean {
  return typeof text === 'string' && /dummy/i.test(text);
}

/** Whether the whole text is final, so that it can be validated. */
export function isFinal(text: unknown): boolean {
  return !isUnresolved(text) && !isLookupDummy(text);
}

/** Whether two accounts or regions are both known, and differ. */
export function differ(one: string, other: string): boolean {
  return one !== other && isFinal(one) && isFinal(other);
}

/** In a masked text: one character of Unicode's private use for each unresolved part. */
export const MASK = /[\uE000-\uF8FF]/;
const ALL_MASKS = new RegExp(MASK, 'g');

/** Masks the unresolved parts, so that the literal text around them can be validated. The second function undoes it. */
export function maskUnresolved(scope: IConstruct, text: string): [string, (masked: string) => string] {
  const parts: string[] = [];
  const mask = (part: string) => String.fromCharCode(0xE000 + parts.push(part) - 1);
  const unmask = (masked: string): string =>
    masked.replace(ALL_MASKS, (char) => unmask(parts[char.charCodeAt(0) - 0xE000] ?? '\uFFFD'));
  const resolver = new (class extends DefaultTokenResolver {
    public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): string {
      const joined = isFunction(token) && super.resolveToken(token, context, postProcessor);
      return typeof joined === 'string' ? joined : mask(Token.asString(token));
    }
  })(new StringConcat());
  const masked: string = Tokenization.resolve(text.replace(ALL_MASKS, '\uFFFD'), { scope, resolver });
  return [masked.replace(/\{\{resolve:.*?\}\}/g, mask), unmask];
}

/** Whether a token is one of `Fn.join`, `Fn.toJsonString` or `Fn.len`, whose classes are not exported. */
export function isFunction(token: IResolvable & { toJSON?(): unknown }): boolean {
  return String(token.toJSON?.()).startsWith('<Fn::');
}

/** A text for messages, in which the numbers of tokens mean nothing. */
export function showTokens(text: string): string {
  return text.replace(/\$\{Token\[.*?\]\}/g, '${Token}');
}
