import { IResource } from 'aws-cdk-lib';

/**
 * What a page needs to render the CAPTCHA, as one object.
 */
export interface WafCaptchaClientConfig {
  /**
   * The API key, for `AwsWafCaptcha.renderCaptcha(element, { apiKey })`.
   */
  readonly apiKey: string;

  /**
   * The URL of the script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;
}

/**
 * An AWS WAF CAPTCHA API key, made here or elsewhere.
 */
export interface IWafCaptchaApiKey extends IResource {
  /**
   * The API key. It is not a secret: it stands in the page and works on its token domains only.
   *
   * @attribute
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL; it ends in `/`.
   *
   * @attribute
   */
  readonly applicationIntegrationUrl: string;

  /**
   * The URL of the CAPTCHA script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;

  /**
   * The key and the URL of the script as one object: for `Source.jsonData`, a function's environment, a page rendered by a server.
   */
  readonly clientConfig: WafCaptchaClientConfig;

  /**
   * Writes key and URL to two standard SSM parameters, `<prefix>/api-key` and `<prefix>/application-integration-url`,
   * from which another app of the same account and region reads them with `WafCaptchaApiKey.fromSsmParameters`.
   *
   * @param prefix a path that starts and does not end with `/`, such as `/captcha/shop`
   */
  publishToSsm(prefix: string): void;
}

/**
 * The two values of a key that was made elsewhere.
 */
export interface WafCaptchaApiKeyAttributes {
  /**
   * The API key: 1 to 2,048 characters.
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL, with or without the last `/`; the URL of the script itself will do, too.
   */
  readonly applicationIntegrationUrl: string;
}

