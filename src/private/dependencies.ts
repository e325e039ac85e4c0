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
  const existsWith = (other: CfnResource) => {
    const { condition } = other.cfnOptions;
    if (!condition || condition === resource.cfnOptions.condition) return true;
    Validations.of(resource).addWarning('cdk-waf-captcha-api-key:condition', `does not wait for ${other.node.path}, `
      + `which exists only under the condition ${condition.node.path}, so CloudFormation can create or delete it `
      + 'first; give both the same condition, or none');
    return false;
  };
  resource.node.addDependency(dependableOn(() => Dependable.of(needed).dependencyRoots
    .flatMap((root) => root.node.findAll().filter(CfnResource.isCfnResource).filter(existsWith))));
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
