import { WafEmulator } from '../emulator';
import { CloudFormationEndpoint, inventedId } from '../local/cloudformation-endpoint';
import { FunctionProcess } from '../local/function-process';
import { expectEqual, note } from '../local/progress';
import { ResponseBucket } from '../local/response-bucket';

const REGION = 'eu-west-1';
const KEYS = 12;
const STACK_ID = `arn:aws:cloudformation:${REGION}:123456789012:stack/Shop/6a5b4c3d`;
const FAILS_AFTER_MS = 3_000;
const PROPERTIES = (index: number) => ({
  FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: [`shop${index}.example.com`],
});

/**
 * A deployment in which a resource beside twelve new keys fails. MiniStack never cancels a creation, so this step sends
 * the events that CloudFormation sends, to the bundled handler; each event has an instance of the function, as in AWS
 * Lambda.
 */
export async function cancelDeployment(): Promise<void> {
  const waf = await WafEmulator.start({ quotas: 'aws' });
  const cloudFormation = await CloudFormationEndpoint.start();
  const bucket = await ResponseBucket.start(cloudFormation);
  const functions: FunctionProcess[] = [];
  const invoke = async (event: Parameters<ResponseBucket['expect']>[0]): Promise<void> => {
    const fn = new FunctionProcess({ region: REGION, wafUrl: waf.url, cloudFormationUrl: cloudFormation.url });
    functions.push(fn);
    await fn.invoke(bucket.expect(event));
  };
  try {
    waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['other.example.com'] });
    note('keys before', String(waf.keys().length));
    const creations = Array.from({ length: KEYS }, (_, index) => invoke({
      RequestType: 'Create',
      RequestId: `create-${index}`,
      StackId: STACK_ID,
      LogicalResourceId: `Key${index}`,
      ResourceProperties: PROPERTIES(index),
    }));
    await new Promise((resolve) => setTimeout(resolve, FAILS_AFTER_MS));
    note('keys at failure', String(waf.keys().length));
    await Promise.all([...creations, ...creations.map((_, index) => rollBack(index))]);
    note('keys after', String(waf.keys().length));
    expectEqual('The number of keys after the roll-back', waf.keys().length, 1);
  } finally {
    await Promise.all([...functions.map((fn) => fn.stop()), bucket.stop(), cloudFormation.stop(), waf.stop()]);
  }

  /** Deletes what is created by its ID, and cancels the rest, which has an ID that CloudFormation invents. */
  async function rollBack(index: number): Promise<void> {
    const resource = { StackId: STACK_ID, LogicalResourceId: `Key${index}` };
    const held = cloudFormation.held(resource)!;
    const isCreated = held.status === 'CREATE_COMPLETE';
    if (!isCreated) cloudFormation.cancel(resource);
    await invoke({
      ...resource,
      RequestType: 'Delete',
      RequestId: `delete-${index}`,
      PhysicalResourceId: isCreated ? held.physicalId : inventedId(resource),
      ResourceProperties: PROPERTIES(index),
    });
  }
}
