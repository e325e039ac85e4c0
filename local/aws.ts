import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ACCOUNT } from './cdk';

/** What the demo asks AWS itself, over plain HTTP: what is deployed, as others see it. */
export class LocalAws {
  constructor(private readonly url: string) {}

  /** The value of an SSM parameter; undefined if there is none. */
  public async parameter(region: string, name: string): Promise<string | undefined> {
    const response = await this.post('ssm', region, JSON.stringify({ Name: name }), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameter',
    });
    const output = await response.json() as { Parameter?: { Value: string }; __type?: string };
    if (!output.Parameter && !output.__type?.endsWith('ParameterNotFound')) {
      throw new Error(`GetParameter ${name} in ${region}: HTTP ${response.status}, ${JSON.stringify(output)}`);
    }
    return output.Parameter?.Value;
  }

  /** When each schedule starts. */
  public async scheduleStarts(region: string): Promise<Date[]> {
    const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'local' };
    const client = new SchedulerClient({ region, endpoint: this.url, credentials });
    const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
    const schedules = await Promise.all(Schedules.map(({ Name, GroupName }) =>
      client.send(new GetScheduleCommand({ Name, GroupName }))));
    return schedules.flatMap(({ StartDate }) => StartDate ?? []);
  }

  /** The names of the stacks that exist. */
  public async stacks(region: string): Promise<string[]> {
    const output = await this.cloudFormation(region, { Action: 'DescribeStacks' });
    return [...output.matchAll(/<StackName>([^<]+)<\/StackName>/g)].map(([, name]) => name).sort();
  }

  /** Creates or updates a stack that has these outputs and nothing else. */
  public async putOutputs(region: string, stack: string, outputs: Record<string, string>): Promise<void> {
    const exists = (await this.stacks(region)).includes(stack);
    await this.cloudFormation(region, {
      Action: exists ? 'UpdateStack' : 'CreateStack',
      StackName: stack,
      TemplateBody: JSON.stringify({
        Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
        Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
      }),
    });
    await this.settled(region, stack);
  }

  public async deleteStack(region: string, stack: string): Promise<void> {
    await this.cloudFormation(region, { Action: 'DeleteStack', StackName: stack });
  }

  private async settled(region: string, stack: string): Promise<void> {
    for (;;) {
      const output = await this.cloudFormation(region, { Action: 'DescribeStacks', StackName: stack });
      const status = /<StackStatus>(\w+)</.exec(output)?.[1] ?? '';
      if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return;
      if (!status.endsWith('_IN_PROGRESS')) throw new Error(`Stack ${stack} in ${region}: ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async cloudFormation(region: string, parameters: Record<string, string>): Promise<string> {
    const response = await this.post('cloudformation', region, new URLSearchParams({
      Version: '2010-05-15', ...parameters,
    }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`${parameters.Action} in ${region}: HTTP ${response.status}, ${body}`);
    return body;
  }

  /** The credential scope says account, service and region; MiniStack looks at nothing else of the signature. */
  private post(service: string, region: string, body: string, headers: Record<string, string>): Promise<Response> {
    const day = new Date().toISOString().slice(0, 10).replace(/-/g, '');
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/${day}/${region}/${service}/aws4_request, SignedHeaders=host, `
        + 'Signature=0';
    return fetch(this.url, { method: 'POST', body, headers: { ...headers, authorization } });
  }
}
