/** Where AWS Lambda passes the credentials of the role. Short values are those of local substitutes. */
const ENVIRONMENT = ['AWS_SESSION_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
const MIN_LENGTH = 16;

/** What error messages quote of a request: its header or its query, as a whole or by its parts. */
const QUOTED = new RegExp([
  '((?:authorization|credential|signature|signedheaders|(?:security|session)[-_]?token|access[-_]?key(?:[-_]?id)?)',
  '[\'"]?\\s*[:=]\\s*[\'"]?)(?:(?:AWS4-[\\w-]+|Basic|Bearer)\\s+)?[^\\s\'",&]+',
].join(''), 'gi');

const ACCESS_KEY_ID = /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g;

/** A text without credentials: those of the function, and whatever stands where requests have theirs. */
export function redact(text: string): string {
  const own = ENVIRONMENT.map((name) => process.env[name] ?? '').filter((value) => value.length >= MIN_LENGTH);
  return own.reduce((rest, value) => rest.replaceAll(value, '***'), text)
    .replace(QUOTED, '$1***')
    .replace(ACCESS_KEY_ID, '***');
}
