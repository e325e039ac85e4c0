/** AWS WAF serves its scripts, puzzles and tokens from different hosts below this domain. */
const AWS_WAF = 'https://*.awswaf.com';

/**
 * What the page may load. AWS requires its domain in script-src and connect-src. This policy is strict, so it also has
 * to allow the images, sounds and styles of the puzzle.
 */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${AWS_WAF}`,
    `connect-src 'self' ${AWS_WAF}`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${AWS_WAF}`,
    `media-src data: blob: ${AWS_WAF}`,
    'worker-src blob:',
    "form-action 'none'", // a script sends the form
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
