import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CaptchaRule } from './web-acl-rule';

/** What the demo of the page deploys. */
export const PAGE_STACK = 'CaptchaPage';

/** What a synthesized stack says about how its page is served. */
export interface Served {
  readonly rule?: CaptchaRule;
  readonly tokenDomains: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

interface WebAcl {
  readonly Rules: readonly CaptchaRule[];
  readonly TokenDomains?: readonly string[];
}

interface HeadersPolicy {
  readonly SecurityHeadersConfig: {
    readonly ContentSecurityPolicy: { readonly ContentSecurityPolicy: string };
    readonly FrameOptions: { readonly FrameOption: string };
    readonly ReferrerPolicy: { readonly ReferrerPolicy: string };
  };
}

export function servedBy(stack: Stack): Served {
  return servedByTemplate(Template.fromStack(stack)); // which throws on circular dependencies
}

export function servedByTemplate(template: Template): Served {
  const acl = find<WebAcl>(template, 'AWS::WAFv2::WebACL');
  const policy = find<{ ResponseHeadersPolicyConfig: HeadersPolicy }>(
    template, 'AWS::CloudFront::ResponseHeadersPolicy',
  )?.ResponseHeadersPolicyConfig;
  return { rule: acl?.Rules[0], tokenDomains: acl?.TokenDomains ?? [], headers: policy ? headersOf(policy) : {} };
}

/** Without Strict-Transport-Security, which a page on http://localhost cannot have. */
function headersOf({ SecurityHeadersConfig }: HeadersPolicy): Record<string, string> {
  const { ContentSecurityPolicy, FrameOptions, ReferrerPolicy } = SecurityHeadersConfig;
  return {
    'content-security-policy': ContentSecurityPolicy.ContentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': FrameOptions.FrameOption,
    'referrer-policy': ReferrerPolicy.ReferrerPolicy,
  };
}

/** The properties of the only resource of a type. */
function find<T>(template: Template, type: string): T | undefined {
  const found = Object.values(template.findResources(type));
  if (found.length > 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return (found[0] as { Properties: T } | undefined)?.Properties;
}
