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
  const required = { ...properties, ServiceToken: functionArn, ServiceTimeout: `${SERVICE_TIMEOUT}` };
  for (const [name, value] of Object.entries(required)) {
    const built = (resource as any).cfnProperties[name];
    if (JSON.stringify(built) !== JSON.stringify(value)) throw replacedError(scope, name, show(built), show(value));
  }
  return resource;
}
