import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';

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

export function securityHeaders(scope: Construct): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'SecurityHeaders', {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(), override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
  });
}
