/**
 * What the construct and the handler agree upon: the properties and attributes of `Custom::WafCaptchaApiKey`
 * as CloudFormation carries them. Both import this file, so a rename breaks the compile.
 */

export const RESOURCE_TYPE = 'Custom::WafCaptchaApiKey';

/**
 * The version of the properties below. It rises when a handler of before could not understand them,
 * for a handler can be older than the construct: a provider may be imported from another stack.
 */
export const FORMAT_VERSION = '1';

/** Every CLOUDFRONT call goes to this region, wherever the caller is. */
export const CLOUDFRONT_REGION = 'us-east-1';

/** AWS WAF takes one to this many domains for a key. */
export const MAX_TOKEN_DOMAINS = 5;

/** The longest token domain that AWS WAF takes. */
export const MAX_TOKEN_DOMAIN_LENGTH = 253;

export type WafScopeName = 'CLOUDFRONT' | 'REGIONAL';

/** The properties, beside the `ServiceToken` and `ServiceTimeout` which are CloudFormation's own. */
export interface KeyProperties {
  readonly FormatVersion: string;
  readonly Scope: WafScopeName;
  readonly TokenDomains: string[];
  /** REGIONAL only: where the key is made, if not in the function's own region. */
  readonly Region?: string;
  readonly RotationId?: string;
}

export interface KeyAttributes {
  readonly APIKey: string;
  /** The base of the script's URL, ending in `/`. */
  readonly ApplicationIntegrationURL: string;
}
