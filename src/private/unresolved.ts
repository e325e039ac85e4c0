import { IResolvable, IResolveContext, Token, Tokenization } from 'aws-cdk-lib';

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

/** An unresolved part, for messages. */
export const showToken = (part: string) => Token.isUnresolved(part) ? '${Token}' : part;

/** Masks the unresolved parts, so that the literal text around them can be validated. The second function undoes it. */
export function maskUnresolved(text: string): [string, (masked: string, show?: (part: string) => string) => string] {
  const parts: string[] = [];
  const mask = (part: string) => String.fromCharCode(0xE000 + parts.push(part) - 1);
  const mapToken = (token: IResolvable): string => {
    const joined = joinedText(token);
    return joined === undefined ? mask(Token.asString(token)) : maskTokens(joined);
  };
  const maskTokens = (given: string): string => Tokenization.reverseString(given.replace(ALL_MASKS, '\uFFFD'))
    .mapTokens({ mapToken })
    .join({ join: (left = '', right = '') => `${left}${right}` }) ?? '';
  const unmask = (given: string, show = (part: string) => part): string => given.replace(ALL_MASKS, (char) => {
    const part = parts[char.charCodeAt(0) - 0xE000];
    return part.startsWith('{{') ? unmask(part, show) : show(part);
  });
  return [maskTokens(text).replace(/\{\{resolve:.*?\}\}/g, mask), unmask];
}

/** Whether a token is one of `Fn.join`, whose class is not exported. */
export function isJoin(token: IResolvable & { toJSON?(): unknown }): boolean {
  return token.toJSON?.() === '<Fn::Join>';
}

/** The text of `Fn.join`, unless only CloudFormation knows the list. */
function joinedText(token: IResolvable): string | undefined {
  if (!isJoin(token)) return undefined;
  const joined = token.resolve({ resolve: (part: unknown) => part } as IResolveContext);
  if (typeof joined === 'string') return joined;
  const [delimiter, parts] = joined['Fn::Join'];
  return Token.isUnresolved(parts) ? undefined : parts.map((part: unknown) => Token.asString(part)).join(delimiter);
}
