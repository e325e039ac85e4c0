import * as path from 'node:path';

/** The rule with a CAPTCHA of a synthesized web ACL, as far as the examples use the language of rules. */
export interface CaptchaRule {
  readonly Statement: Statement;
  readonly CaptchaConfig: { readonly ImmunityTimeProperty: { readonly ImmunityTime: number } };
}

export interface Statement {
  readonly AndStatement?: { readonly Statements: readonly Statement[] };
  readonly ByteMatchStatement?: ByteMatch;
}

interface ByteMatch {
  readonly FieldToMatch: { readonly UriPath?: object; readonly Method?: object };
  readonly PositionalConstraint: string;
  readonly SearchString: string;
  readonly TextTransformations: readonly { readonly Priority: number; readonly Type: string }[];
}

const TRANSFORMATIONS: Readonly<Record<string, (text: string) => string>> = {
  NONE: (text) => text,
  URL_DECODE: (text) => decodeURIComponent(text),
  NORMALIZE_PATH: (text) => path.posix.normalize(text),
};

const CONSTRAINTS: Readonly<Record<string, (text: string, search: string) => boolean>> = {
  EXACTLY: (text, search) => text === search,
  STARTS_WITH: (text, search) => text.startsWith(search),
};

export function matches(statement: Statement, request: { readonly method: string; readonly path: string }): boolean {
  if (statement.AndStatement) return statement.AndStatement.Statements.every((inner) => matches(inner, request));
  if (!statement.ByteMatchStatement) {
    throw new Error(
      `not a statement that is known here: ${JSON.stringify(statement)}`,
    );
  }
  const { FieldToMatch, PositionalConstraint, SearchString, TextTransformations } = statement.ByteMatchStatement;
  const field = FieldToMatch.UriPath ? request.path : request.method;
  const text = [...TextTransformations].sort((a, b) => a.Priority - b.Priority).reduce(
    (result, { Type }) => TRANSFORMATIONS[Type](result), field,
  );
  return CONSTRAINTS[PositionalConstraint](text, SearchString);
}
