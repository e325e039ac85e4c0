/** AWS WAF serves its scripts, puzzles and tokens from hosts below this domain, another one for each kind. */
const AWS_WAF = 'https://*.awswaf.com';

/**
 * What the page may load. The guide of AWS WAF asks for the domain in script-src, script-src-elem (which follows script-src here) and connect-src.
 * The puzzle draws pictures, plays sounds and brings its own style, which a policy as strict as this has to allow as well.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' ${AWS_WAF}`,
  `connect-src 'self' ${AWS_WAF}`,
  "style-src 'self' 'unsafe-inline'",
  `img-src 'self' data: blob: ${AWS_WAF}`,
  `media-src data: blob: ${AWS_WAF}`,
  'worker-src blob:',
  "form-action 'none'", // the form is sent by script
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
