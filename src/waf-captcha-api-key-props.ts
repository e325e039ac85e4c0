import { RemovalPolicy } from 'aws-cdk-lib';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/**
 * Properties of a `WafCaptchaApiKey`.
 */
export interface WafCaptchaApiKeyProps {
  /**
   * The kind of resource that serves the pages. Another scope makes another key.
   */
  readonly scope: WafScope;

  /**
   * The domains on whose pages the key works: 1 to 5 bare host names of 1 to 253 characters.
   *
   * Order, case and repetition do not matter, and Unicode names become punycode. Public suffixes (`co.uk`) are errors.
   * Domains known only at deploy time, such as `distribution.domainName`, are validated during deployment; literal text
   * around them is validated at synthesis. For a list that is known only at deploy time, use
   * `StringListParameter.valueForTypedListParameter`, or `Fn.split` on `StringParameter.valueForStringParameter`.
   * A key for `example.com` covers `www.example.com` only if the page sets `awsWafCookieDomainList`.
   *
   * Other domains make another key. It is created before, and the old one deleted after, the stack is updated.
   */
  readonly tokenDomains: string[];

  /**
   * The region of a REGIONAL key. Another region makes another key, and so does naming the region of the stack later.
   *
   * @default - the region of the stack
   */
  readonly region?: string;

  /**
   * Any text. Another text makes another key, which is how a key is rotated.
   *
   * @default - none
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
   * The function that creates the key. Another provider makes another key.
   *
   * @default - one for all keys of the stack
   */
  readonly provider?: IWafCaptchaApiKeyProvider;
}
