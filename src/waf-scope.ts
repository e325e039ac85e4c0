/**
 * Which kind of resource the pages with the CAPTCHA stand behind, in AWS WAF's own terms.
 */
export enum WafScope {
  /**
   * Amazon CloudFront distributions and AWS Amplify apps.
   *
   * Such a key lives in us-east-1, wherever the stack is, and may be used on pages behind a regional web ACL too.
   * The scope exists in the `aws` partition only: not in China, GovCloud or the isolated regions.
   */
  CLOUDFRONT = 'CLOUDFRONT',

  /**
   * Regional resources: load balancers, API Gateway, AppSync, Cognito user pools, App Runner, Verified Access.
   *
   * Such a key works in its own region only.
   */
  REGIONAL = 'REGIONAL',
}
