import { ArnFormat, CfnResource, Fn, Names, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';

export function allow(actions: string[], resource: string, conditions?: Record<string, unknown>): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources: [resource], conditions });
}

/** What the function is allowed to do. */
export function functionPermissions(scope: IConstruct, logGroupArn: string, inVpc: boolean): iam.PolicyStatement[] {
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
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroupArn),
    // What AWS Lambda requires in a VPC. The network interfaces do not exist yet. The managed policy for this allows
    // CreateLogGroup, too.
    ...inVpc ? [allow([
      'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
    ], '*')] : [],
  ];
}

/** Permissions of the function, and the resource that holds them. */
export interface FunctionPolicy {
  readonly document: iam.PolicyDocument;
  readonly resource: CfnResource;
}

/** Adds permissions to a role: within one that the provider created, with a policy to any other that may be changed. */
export function addPolicy(
  scope: Construct, role: iam.IRole, statements: iam.PolicyStatement[],
): FunctionPolicy | undefined {
  const stack = Stack.of(scope);
  const ownRole = role.node.scope === scope && role.node.defaultChild as iam.CfnRole | undefined;
  if (ownRole) {
    // Not as a property of the role, which a property injector can set, too.
    const document = new iam.PolicyDocument({ statements });
    const policies = ownRole.policies as iam.CfnRole.PolicyProperty[] | undefined;
    ownRole.policies = [...policies ?? [], { policyName: 'WafCaptchaApiKeys', policyDocument: document }];
    return acknowledgeWildcards({ document, resource: ownRole });
  }
  // A policy of this stack: one that the role's own stack holds could not name the log group without a circular
  // dependency. Its name is unique wherever the role is used, because policies of one name overwrite each other.
  const policy = new iam.Policy(scope, 'Policy', {
    policyName: `${Names.uniqueResourceName(scope, { maxLength: 64 })}-${Fn.select(2, Fn.split('/', stack.stackId))}`,
    statements,
  });
  role.attachInlinePolicy(policy);
  const { document } = policy;
  const resource = policy.node.defaultChild as iam.CfnPolicy;
  if (stack.resolve(resource.roles)?.length) return acknowledgeWildcards({ document, resource });
  // A role that is not to be changed takes no policy. Left in the tree, it would be one to cdk-nag.
  scope.node.tryRemoveChild(policy.node.id);
  return undefined;
}

/** Acknowledges the wildcards of these permissions for cdk-nag, on the one resource that holds them. */
function acknowledgeWildcards(policy: FunctionPolicy): FunctionPolicy {
  const { document, resource } = policy;
  const rule = 'AwsSolutions-IAM5';
  const findFindings = () => (Stack.of(resource).resolve(document).Statement as { Resource: unknown }[])
    .flatMap(({ Resource }) => Resource).map(nagName).filter((name) => name.includes('*'))
    .map((name) => `${rule}[Resource::${name}]`);
  acknowledge(resource, [rule], 'API keys and network interfaces have no ARNs, '
    + 'and schedules and the stacks that share the function are not known', findFindings);
  return policy;
}

/** Acknowledges the runtime of the function for cdk-nag. */
export function acknowledgeRuntime(resource: CfnResource): void {
  acknowledge(resource, ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion'],
    'The runtime is the latest that all Regions have; newer versions of aws-cdk-lib bring newer ones');
}

/** For cdk-nag 2, which reads rules, and for cdk-nag 3, which reads findings by their names. */
function acknowledge(resource: CfnResource, rules: string[], reason: string, findFindings = () => rules): void {
  resource.addMetadata('cdk_nag', { rules_to_suppress: rules.map((id) => ({ id, reason })) });
  const acknowledgeFindings = () => {
    // Not `acknowledge()` of the CDK, which accepts no second '::', as in 'arn:<AWS::Partition>'.
    resource.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY,
      Object.fromEntries(findFindings().map((id) => [id, reason])));
    return [];
  };
  acknowledgeFindings();
  resource.node.addValidation({ validate: acknowledgeFindings }); // of what was added or has another name by then
}

/** A resolved ARN as cdk-nag writes it: `arn:<AWS::Partition>:…`. */
function nagName(arn: any): string {
  if (typeof arn === 'string') return arn.replace(/\$\{/g, '<').replace(/\}/g, '>');
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': exported, 'Fn::Join': join, 'Fn::Sub': sub } = arn;
  if (join) return join[1].map(nagName).join(join[0]);
  if (exported ?? sub) return nagName(exported ?? sub);
  return ref || attribute ? `<${ref ?? attribute.join('.')}>` : JSON.stringify(arn);
}
