import { CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { replacedError, show } from './validate';
import { SERVICE_TIMEOUT } from '../contract/timing';

/**
 * Creates a custom resource of the provider's function.
 *
 * @throws for a property that an injector has replaced
 */
export function createCustomResource(
  scope: Construct, id: string, resourceType: string, functionArn: string, properties: object,
): CfnResource {
  const custom = new CustomResource(scope, id, {
    resourceType,
    serviceToken: functionArn,
    serviceTimeout: Duration.seconds(SERVICE_TIMEOUT),
    properties,
  });
  const resource = custom.node.defaultChild as CfnResource;
  const { cfnProperties, cfnResourceType } = resource as any;
  const built = { ...cfnProperties, resourceType: cfnResourceType };
  const required = { ...properties, ServiceToken: functionArn, ServiceTimeout: `${SERVICE_TIMEOUT}`, resourceType };
  for (const [name, value] of Object.entries(required)) {
    if (JSON.stringify(built[name]) === JSON.stringify(value)) continue;
    throw replacedError(scope, name, show(built[name]), show(value));
  }
  return resource;
}
