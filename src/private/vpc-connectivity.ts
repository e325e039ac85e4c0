import { CfnResource } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Dependable, IConstruct, IDependable } from 'constructs';

/**
 * The endpoints and routes of a VPC to depend on, also those that are added later.
 *
 * Not the whole construct: other constructs below it may use the provider and its keys.
 */
export function connectivityOf(vpc: IVpc): IDependable {
  const connectivity: IDependable = {};
  Dependable.implement(connectivity, {
    get dependencyRoots() { return vpc.node.findAll().filter(isConnectivity); },
  });
  return connectivity;
}

const TYPES =
  /^AWS::EC2::(VPCEndpoint|Route|Subnet(RouteTable|NetworkAcl)Association|NetworkAclEntry|SecurityGroup(In|E)gress)$/;

/** What these resources refer to, such as gateways and security groups, is created before them. */
function isConnectivity(construct: IConstruct): boolean {
  return CfnResource.isCfnResource(construct) && TYPES.test(construct.cfnResourceType);
}
