import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';

/** What the function does to API keys. */
export function wafStatements(createRegions: unknown): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['wafv2:CreateAPIKey'],
      resources: ['*'], // AWS WAF knows no resource-level permissions for API keys
      conditions: { StringEquals: { 'aws:RequestedRegion': createRegions } },
    }),
    new iam.PolicyStatement({
      // Not bound to regions: a key must be deletable where it was made when no key of today is made there any more.
      actions: ['wafv2:ListAPIKeys', 'wafv2:DeleteAPIKey'],
      resources: ['*'], // as above
    }),
  ];
}

/** Not CreateLogGroup: a late line would bring the group back to life after the stack is gone. */
export function logStatement(logGroup: logs.ILogGroup): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

/** What AWS Lambda needs to put a function into a VPC; its managed policy for this allows CreateLogGroup, too. */
export function vpcStatement(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'], // the network interfaces do not exist yet
  });
}
