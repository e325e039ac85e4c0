import { IResource } from 'aws-cdk-lib';

/**
 * The Lambda function that creates and deletes API keys for `WafCaptchaApiKey`.
 */
export interface IWafCaptchaApiKeyProvider extends IResource {
  /**
   * The ARN of the Lambda function that CloudFormation invokes.
   *
   * The function must be in the Region of the stacks that use it.
   *
   * @attribute
   */
  readonly functionArn: string;
}
