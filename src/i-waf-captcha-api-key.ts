import { IResource } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';

/**
 * An AWS WAF CAPTCHA API key, created here or elsewhere.
 */
export interface IWafCaptchaApiKey extends IResource {
  /**
   * The API key. It is not a secret: it is part of the page, and works only on its token domains.
   *
   * @attribute
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL. It ends in `/`.
   *
   * @attribute
   */
  readonly applicationIntegrationUrl: string;

  /**
   * The URL of the CAPTCHA script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;

  /**
   * What a page needs to render the CAPTCHA: `apiKey` and `scriptUrl`.
   *
   * It fits `Source.jsonData`, `stack.toJsonString` and the `environment` of a function.
   */
  readonly clientConfig: { [name: string]: string };

  /**
   * Writes the key and its URL to two SSM parameters, `<prefix>/api-key` and `<prefix>/application-integration-url`.
   *
   * Other apps of the account and region read them with `WafCaptchaApiKey.fromSsmParameters`, servers at run time.
   * They belong to the stack and the prefix: another key that is published under the prefix changes only their values.
   *
   * @param prefix a path such as `/captcha/shop`, for one key of the account and region
   */
  publishToSsm(prefix: string): IWafCaptchaApiKeyParameters;
}

/**
 * The two SSM parameters of a published key.
 *
 * A server that reads them at run time never holds a replaced key. Grant it access with their `grantRead`.
 */
export interface IWafCaptchaApiKeyParameters {
  /**
   * The parameter with the API key.
   */
  readonly apiKey: ssm.IStringParameter;

  /**
   * The parameter with the base of the script's URL, to which `jsapi.js` is appended.
   */
  readonly applicationIntegrationUrl: ssm.IStringParameter;
}

/**
 * The two values of a key that was created elsewhere.
 */
export interface WafCaptchaApiKeyAttributes {
  /**
   * The API key: 1 to 2,048 characters.
   */
  readonly apiKey: string;

  /**
   * The URL of the script, or its base.
   *
   * A file such as `jsapi.js`, a query, and a missing last `/` do not matter. A token at the end must end in `/`.
   */
  readonly applicationIntegrationUrl: string;
}
