import { Token, Tokenization } from 'aws-cdk-lib';

/** Whether CloudFormation fills in the text or a part of it: a token, or a dynamic reference such as `{{resolve:ssm:/shop/domain}}`. */
export function isUnresolved(text: unknown): boolean {
  return Token.isUnresolved(text) || (typeof text === 'string' && /\{\{resolve:/.test(text));
}

/**
 * Whether a context look-up can have returned the text in the first pass of synthesis: `dummy-value-for-/shop/domain`, `dummy1a`.
 * An error would end that pass, and the CLI would never look the value up. The second pass validates the real value.
 */
export function isLookupDummy(text: unknown): boolean {
  return typeof text === 'string' && /dummy/i.test(text);
}

/** Whether the whole text is final, so that it can be validated. */
export function isFinal(text: unknown): boolean {
  return !isUnresolved(text) && !isLookupDummy(text);
}

/** In a masked text: one character of Unicode's private use for each unresolved part. */
export const MASK = /[\uE000-\uF8FF]/;

/** Masks the unresolved parts, so that the literal text around them can be validated. The second function undoes it. */
export function maskUnresolved(text: string): [masked: string, unmask: (masked: string, show?: (part: string) => string) => string] {
  const parts: string[] = [];
  const mask = (part: string) => String.fromCharCode(0xE000 + parts.push(part) - 1);
  const masked = Tokenization.reverseString(text.replace(new RegExp(MASK, 'g'), '\uFFFD'))
    .mapTokens({ mapToken: (token) => mask(Token.asString(token)) })
    .join({ join: (left = '', right = '') => `${left}${right}` }) ?? '';
  const unmask = (given: string, show = (part: string) => part): string => given.replace(new RegExp(MASK, 'g'), (char) => {
    const part = parts[char.charCodeAt(0) - 0xE000];
    return part.startsWith('{{') ? unmask(part, show) : show(part);
  });
  return [masked.replace(/\{\{resolve:.*?\}\}/g, mask), unmask];
}
