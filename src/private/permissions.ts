import { ArnFormat, Fn, Names, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';

export function allow(actions: string[], resource: string, conditions?: Record<string, unknown>): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources: [resource], conditions });
}

/** What the function is allowed to do. */
export function functionPermissions(scope: IConstruct, logGroup: logs.ILogGroup, inVpc: boolean) {
  return [
    // AWS WAF supports no resource-level permissions for API keys. In all Regions: a key must be deletable where
    // it was created, and a shared function does not know in which Regions other apps create keys.
    allow(['wafv2:CreateAPIKey', 'wafv2:ListAPIKeys', 'wafv2:DeleteAPIKey'], '*'),
    // Of every stack that may use the function: after its response, the function asks whether CloudFormation still
    // wants the key, and deletes the key of a cancelled creation.
    allow(['cloudformation:DescribeStackResource'], Stack.of(scope).formatArn({
      service: 'cloudformation', resource: 'stack', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    })),
    // Without CreateLogGroup: a late line must not create the log group again after the stack was deleted.
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
    // What AWS Lambda requires in a VPC. The network interfaces do not exist yet. The managed policy for this allows
    // CreateLogGroup, too.
    ...inVpc ? [allow([
      'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
    ], '*')] : [],
  ];
}

/** Adds a policy to a role, unless the role is not to be changed. */
export function attachPolicy(
  scope: Construct, role: iam.IRole, statements: iam.PolicyStatement[],
): iam.Policy | undefined {
  // A policy of this stack: one that the role's own stack holds could not name the log group without a circular
  // dependency. Its name is unique wherever the role is used, because policies of one name overwrite each other.
  const stack = Stack.of(scope);
  const policy = new iam.Policy(scope, 'Policy', {
    policyName: `${Names.uniqueResourceName(scope, { maxLength: 64 })}-${Fn.select(2, Fn.split('/', stack.stackId))}`,
    statements,
  });
  role.attachInlinePolicy(policy);
  acknowledgeWildcards(policy, statements);
  // A role that is not to be changed takes no policy. Left in the tree, it would be one to cdk-nag.
  const { roles } = policy.node.defaultChild as iam.CfnPolicy;
  if (stack.resolve(roles)?.length) return policy;
  scope.node.tryRemoveChild(policy.node.id);
  return undefined;
}

/** Acknowledges the wildcards of these statements for cdk-nag, on the one resource that holds them. */
export function acknowledgeWildcards(resource: IConstruct, statements: iam.PolicyStatement[]): void {
  const reason = 'API keys and network interfaces have no ARNs, '
    + 'and schedules and the stacks that share the function are not known';
  const acknowledge = () => {
    const names: string[] = statements.flatMap(({ resources }) => Stack.of(resource).resolve(resources).map(nagName));
    const rules = names.filter((name) => name.includes('*')).map((name) => `AwsSolutions-IAM5[Resource::${name}]`);
    for (const rule of rules.filter((id) => !resource.node.metadata.some(({ data }) => data?.[id]))) {
      // Not `acknowledge()`, which accepts no second '::', as in 'arn:<AWS::Partition>'.
      resource.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [rule]: reason });
    }
    return [];
  };
  acknowledge();
  resource.node.addValidation({ validate: acknowledge }); // the names contain logical ids, which may have changed
}

/** A resolved ARN as cdk-nag writes it: `arn:<AWS::Partition>:…`. */
function nagName(arn: any): string {
  if (typeof arn === 'string') return arn.replace(/\$\{/g, '<').replace(/\}/g, '>');
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': exported, 'Fn::Join': join, 'Fn::Sub': sub } = arn;
  if (join) return join[1].map(nagName).join(join[0]);
  if (exported ?? sub) return nagName(exported ?? sub);
  return ref || attribute ? `<${ref ?? attribute.join('.')}>` : JSON.stringify(arn);
}
