import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CaptchaRule } from './web-acl-rule';

/** What a synthesized stack says about how its page is served. */
export interface Served {
  readonly rule: CaptchaRule;
  readonly tokenDomains: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export function servedBy(stack: Stack): Served {
  return servedByTemplate(Template.fromStack(stack)); // which throws on circular dependencies
}

export function servedByTemplate(template: Template): Served {
  const acl = only(template, 'AWS::WAFv2::WebACL') as { Rules: CaptchaRule[]; TokenDomains?: string[] };
  return { rule: acl.Rules[0], tokenDomains: acl.TokenDomains ?? [], headers: headersOf(template) };
}

interface SecurityHeaders {
  readonly ContentSecurityPolicy: { readonly ContentSecurityPolicy: string };
  readonly FrameOptions: { readonly FrameOption: string };
  readonly ReferrerPolicy: { readonly ReferrerPolicy: string };
}

/** Strict-Transport-Security is left out: a page on http://localhost cannot have it. */
function headersOf(template: Template): Record<string, string> {
  if (Object.keys(template.findResources('AWS::CloudFront::ResponseHeadersPolicy')).length === 0) return {};
  const policy = only(template, 'AWS::CloudFront::ResponseHeadersPolicy') as { ResponseHeadersPolicyConfig: { SecurityHeadersConfig: SecurityHeaders } };
  const { ContentSecurityPolicy, FrameOptions, ReferrerPolicy } = policy.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
  return {
    'content-security-policy': ContentSecurityPolicy.ContentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': FrameOptions.FrameOption,
    'referrer-policy': ReferrerPolicy.ReferrerPolicy,
  };
}

function only(template: Template, type: string): unknown {
  const [resource, ...others] = Object.values(template.findResources(type));
  if (!resource || others.length) throw new Error(`expected one ${type}, found ${others.length + (resource ? 1 : 0)}`);
  return (resource as { Properties: unknown }).Properties;
}
