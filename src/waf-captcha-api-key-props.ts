import { RemovalPolicy } from 'aws-cdk-lib';
import { IWafCaptchaApiKeyProvider } from './waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/**
 * Properties of a `WafCaptchaApiKey`.
 */
export interface WafCaptchaApiKeyProps {
  /**
   * What the pages stand behind. Another scope makes another key.
   */
  readonly scope: WafScope;

  /**
   * The domains on whose pages the key works: 1 to 5, each of 1 to 253 characters; bare host names without scheme, port, path or wildcard.
   *
   * Order, case and repetition do not matter, and Unicode names become punycode. Public suffixes (`co.uk`) are errors.
   * Values that are known at deploy time only, such as `distribution.domainName`, are judged then.
   * A key for `example.com` covers `www.example.com` only where the page sets `awsWafCookieDomainList`.
   *
   * Other domains make another key: it is made before, and the old one deleted after, everything else in the stack.
   */
  readonly tokenDomains: string[];

  /**
   * The region of a REGIONAL key. Another region makes another key. Leave it out for the stack's own region: a stack that is
   * not bound to a region cannot know that they are the same.
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
   * What happens to the key when it is removed from the stack or replaced. With `RETAIN` it lives on in AWS WAF.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The function that makes the key. Another provider makes another key.
   *
   * @default - one for all keys of the stack
   */
  readonly provider?: IWafCaptchaApiKeyProvider;
}

