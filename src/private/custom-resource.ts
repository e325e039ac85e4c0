import { CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { propertyError, show } from './validate';
import { SERVICE_TIMEOUT } from '../contract/timing';

/**
 * Creates a custom resource of the provider's function.
 *
 * @throws for a property that a property injector has replaced
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
    if (JSON.stringify(built) === JSON.stringify(value)) continue;
    throw propertyError(scope, name, `a property injector for CustomResource sets it to ${show(built)}, but the `
      + `function needs ${show(value)}; leave this resource out in the injector`);
  }
  return resource;
}
