import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Cors } from './edge';
import { CaptchaRule } from './web-acl-rule';

/** What a synthesized stack says about how its page or API is served. */
export interface Served {
  readonly rule?: CaptchaRule;
  readonly tokenDomains: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cors?: Cors;
}

interface DistributionConfig {
  readonly WebACLId?: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly DefaultCacheBehavior: { readonly ResponseHeadersPolicyId?: { readonly Ref: string } };
}

interface WebAcl {
  readonly Rules: readonly CaptchaRule[];
  readonly TokenDomains?: readonly string[];
}

interface HeadersPolicy {
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy: { readonly ContentSecurityPolicy: string };
    readonly FrameOptions: { readonly FrameOption: string };
    readonly ReferrerPolicy: { readonly ReferrerPolicy: string };
  };
  readonly CorsConfig?: {
    readonly AccessControlAllowOrigins: { readonly Items: readonly string[] };
    readonly AccessControlAllowMethods: { readonly Items: readonly string[] };
    readonly AccessControlAllowHeaders: { readonly Items: readonly string[] };
    readonly AccessControlExposeHeaders: { readonly Items: readonly string[] };
  };
}

/** @param name the start of the distribution's logical id, if there are several */
export function servedBy(stack: Stack, name = ''): Served {
  return servedByTemplate(Template.fromStack(stack), name); // which throws on circular dependencies
}

export function servedByTemplate(template: Template, name = ''): Served {
  const distribution = find<{ DistributionConfig: DistributionConfig }>(
    template, 'AWS::CloudFront::Distribution', name,
  )?.DistributionConfig;
  const acl = find<WebAcl>(
    template, 'AWS::WAFv2::WebACL', distribution ? distribution.WebACLId?.['Fn::GetAtt'][0] : '',
  );
  const policy = find<{ ResponseHeadersPolicyConfig: HeadersPolicy }>(
    template, 'AWS::CloudFront::ResponseHeadersPolicy', distribution?.DefaultCacheBehavior.ResponseHeadersPolicyId?.Ref,
  )?.ResponseHeadersPolicyConfig;
  return {
    rule: acl?.Rules[0],
    tokenDomains: acl?.TokenDomains ?? [],
    headers: headersOf(policy),
    cors: corsOf(policy),
  };
}

/** Without Strict-Transport-Security, which a page on http://localhost cannot have. */
function headersOf({ SecurityHeadersConfig }: HeadersPolicy = {}): Record<string, string> {
  if (!SecurityHeadersConfig) return {};
  const { ContentSecurityPolicy, FrameOptions, ReferrerPolicy } = SecurityHeadersConfig;
  return {
    'content-security-policy': ContentSecurityPolicy.ContentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': FrameOptions.FrameOption,
    'referrer-policy': ReferrerPolicy.ReferrerPolicy,
  };
}

function corsOf({ CorsConfig }: HeadersPolicy = {}): Cors | undefined {
  return CorsConfig && {
    origins: CorsConfig.AccessControlAllowOrigins.Items,
    headers: {
      'access-control-allow-methods': CorsConfig.AccessControlAllowMethods.Items.join(', '),
      'access-control-allow-headers': CorsConfig.AccessControlAllowHeaders.Items.join(', '),
      'access-control-expose-headers': CorsConfig.AccessControlExposeHeaders.Items.join(', '),
    },
  };
}

/** The properties of the resource whose logical id starts with a text. */
function find<T>(template: Template, type: string, start: string | undefined): T | undefined {
  if (start === undefined) return undefined;
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(start));
  if (found.length > 1) throw new Error(`expected one ${type}, found ${found.map(([id]) => id).join(', ')}`);
  return (found[0]?.[1] as { Properties: T } | undefined)?.Properties;
}
