/** A module of its own, so that the bundle loads it only when the handler asks CloudFormation. */
export { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
