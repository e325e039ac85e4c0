import { CfnResource, Validations } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Dependable, IConstruct, IDependable } from 'constructs';

/** What a construct depends on, found when the app is synthesized. */
function dependableOn(findRoots: () => IConstruct[]): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, { get dependencyRoots() { return findRoots(); } });
  return dependable;
}

/**
 * Lets a resource depend on others, but not on one under another condition than its own: `DependsOn` must not name what
 * may not exist.
 */
export function dependOn(resource: CfnResource, needed: IDependable): void {
  resource.node.addDependency(dependableOn(() => {
    const all = Dependable.of(needed).dependencyRoots.flatMap(({ node }) => node.findAll())
      .filter(CfnResource.isCfnResource);
    const mayNotExist = ({ cfnOptions: { condition } }: CfnResource) =>
      condition !== undefined && condition !== resource.cfnOptions.condition;
    for (const { node, cfnOptions } of all.filter(mayNotExist)) {
      Validations.of(resource).addWarning('cdk-waf-captcha-api-key:condition', `does not wait for ${node.path}, `
        + `which exists only under the condition ${cfnOptions.condition!.node.path}, so CloudFormation can create or `
        + 'delete it first; give both the same condition, or none');
    }
    return all.filter((other) => !mayNotExist(other));
  }));
}

/**
 * The endpoints and routes of a VPC, also those that are added later.
 *
 * Not the whole construct: other constructs below it may use the provider and its keys.
 */
export function connectivityOf(vpc: IVpc): IDependable {
  return dependableOn(() => vpc.node.findAll().filter(isConnectivity));
}

const TYPES =
  /^AWS::EC2::(VPCEndpoint|Route|Subnet(RouteTable|NetworkAcl)Association|NetworkAclEntry|SecurityGroup(In|E)gress)$/;

/** What these resources refer to, such as gateways and security groups, is created before them. */
function isConnectivity(construct: IConstruct): boolean {
  return CfnResource.isCfnResource(construct) && TYPES.test(construct.cfnResourceType);
}
