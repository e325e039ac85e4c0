import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { contentSecurityPolicy } from './content-security-policy';

/** @param apiUrl the API, if it is on another host */
export function securityHeaders(scope: Construct, apiUrl?: string): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'SecurityHeaders', {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(apiUrl), override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
  });
}

/** Lets a page on another host call the API: send the token of AWS WAF, and read what AWS WAF asks for. */
export function corsHeaders(scope: Construct, pageUrl: string): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'CorsHeaders', {
    corsBehavior: {
      accessControlAllowOrigins: [pageUrl],
      accessControlAllowMethods: ['POST'],
      accessControlAllowHeaders: ['content-type', 'x-amz-content-sha256', 'x-aws-waf-token'],
      accessControlExposeHeaders: ['x-amzn-waf-action'],
      accessControlAllowCredentials: false, // the token is in a header, not in a cookie
      originOverride: true,
    },
  });
}
