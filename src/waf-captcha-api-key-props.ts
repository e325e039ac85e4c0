import { RemovalPolicy } from 'aws-cdk-lib';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/**
 * Properties of a `WafCaptchaApiKey`.
 */
export interface WafCaptchaApiKeyProps {
  /**
   * The kind of AWS resource in front of the pages.
   *
   * A change replaces the key.
   */
  readonly scope: WafScope;

  /**
   * The domains on whose pages the key works: 1 to 5 host names of 1 to 253 characters each.
   *
   * AWS WAF's `CreateAPIKey` sets these limits. A scheme, a port, a path, a wildcard or a public suffix (`co.uk`) is an
   * error. Order, case and repetition do not matter, and Unicode names are converted to punycode. A key for
   * `example.com` covers `www.example.com` only if the page sets `awsWafCookieDomainList`.
   *
   * Domains known only at deploy time, such as `distribution.domainName`, are validated during the deployment, literal
   * text around them and lazy values at synthesis. For a list that is known only at deploy time, use
   * `StringListParameter.valueForTypedListParameter`, or `Fn.split` on `StringParameter.valueForStringParameter`.
   *
   * A change replaces the key: the new key is created before the rest of the stack is updated, and the old key is
   * deleted afterwards.
   */
  readonly tokenDomains: string[];

  /**
   * The Region of a REGIONAL key.
   *
   * A Region for a CLOUDFRONT key is an error, and so is one in another partition than the stack's. A Region that
   * aws-cdk-lib does not know is a warning. A change replaces the key, and so does naming the Region of the stack here.
   *
   * @default - the Region of the stack
   */
  readonly region?: string;

  /**
   * Any text, such as a date, whose change replaces the key.
   *
   * @default - no text
   */
  readonly rotationId?: string;

  /**
   * What happens to the key when it is removed from the stack or replaced.
   *
   * With `RETAIN` it stays in AWS WAF, and you must delete it yourself. Even so, a deployment that fails deletes the
   * key that it has just created. `SNAPSHOT` is an error.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The provider whose function creates and deletes the key.
   *
   * It must be in the Region of the stack. A change replaces the key.
   *
   * @default - the default provider of the stack, `WafCaptchaApiKeyProvider.getOrCreate(this)`
   */
  readonly provider?: IWafCaptchaApiKeyProvider;
}
