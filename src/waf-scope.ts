/**
 * The kind of resource that serves the pages with the CAPTCHA, as AWS WAF names it.
 */
export enum WafScope {
  /**
   * Amazon CloudFront distributions and AWS Amplify apps.
   *
   * Such a key is created in us-east-1 from a stack in any Region. It can also be used on pages behind a regional web
   * ACL. The scope exists only in the `aws` partition, not in China, GovCloud or the isolated Regions.
   */
  CLOUDFRONT = 'CLOUDFRONT',

  /**
   * Regional resources: load balancers, API Gateway, AppSync, Cognito user pools, App Runner, Verified Access.
   *
   * Such a key works in its own Region only.
   */
  REGIONAL = 'REGIONAL',
}
