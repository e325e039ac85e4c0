import { IResource } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';

/**
 * An AWS WAF CAPTCHA API key, created here or elsewhere.
 */
export interface IWafCaptchaApiKey extends IResource {
  /**
   * The API key, of up to 2,048 characters.
   *
   * It is not a secret: every visitor's browser receives it, and it works only on its token domains.
   *
   * @attribute
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL, which ends in `/`.
   *
   * @attribute
   */
  readonly applicationIntegrationUrl: string;

  /**
   * The URL of the CAPTCHA script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;

  /**
   * What a page needs to render the CAPTCHA: a map with `apiKey` and `scriptUrl`.
   *
   * Pass it to `Source.jsonData`, `stack.toJsonString` or the `environment` of a function.
   */
  readonly clientConfig: { [name: string]: string };

  /**
   * Writes the key and its URL to the SSM parameters `<prefix>/api-key` and `<prefix>/application-integration-url`.
   *
   * Other apps of the account and Region read them with `WafCaptchaApiKey.fromSsmParameters`, and servers at run time.
   * They belong to the stack and the prefix: another key that is published under the prefix changes only their values.
   * Two keys with the same prefix are an error, or a warning if their stacks may be in different accounts or Regions.
   * The prefix is a path of letters, digits and `._-`, known at synthesis, with at most 14 levels and 900 characters.
   *
   * @param prefix a path such as `/captcha/shop`
   */
  publishToSsm(prefix: string): IWafCaptchaApiKeySsmParameters;
}

/**
 * The two SSM parameters of a published key.
 *
 * A server that reads them at run time receives a new key without a deployment. Grant it access with `grantRead`.
 */
export interface IWafCaptchaApiKeySsmParameters {
  /**
   * The parameter with the API key.
   */
  readonly apiKey: ssm.IStringParameter;

  /**
   * The parameter with the base of the script's URL, to which the server appends `jsapi.js`.
   */
  readonly applicationIntegrationUrl: ssm.IStringParameter;
}

/**
 * The two values of a key that was created elsewhere.
 */
export interface WafCaptchaApiKeyAttributes {
  /**
   * The API key, of 1 to 2,048 characters.
   *
   * The limit is that of the AWS WAF API. Keys in use have 688 characters.
   */
  readonly apiKey: string;

  /**
   * The URL of the script, or its base.
   *
   * A file such as `jsapi.js`, a query and a missing `/` at the end do not matter. The value of a token at the end must
   * end in `/`.
   */
  readonly applicationIntegrationUrl: string;
}
