/**
 * The kind of AWS resource in front of the pages, as AWS WAF names it.
 *
 * `CLOUDFRONT` is for CloudFront distributions and Amplify apps, `REGIONAL` for load balancers and other regional
 * resources. In Python, L1 constructs such as `CfnWebACL` take the text: `WafScope.CLOUDFRONT.value`.
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
