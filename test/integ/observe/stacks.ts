import {
  CloudFormationClient, CreateStackCommand, CreateStackCommandInput, DeleteStackCommand, DescribeStackResourceCommand,
  DescribeStacksCommand, Stack, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PACE, sleep } from './timing';
import type { ResourceEvent } from '../../../lambda/events';

/** All names start so. */
export const PREFIX = 'WafCaptchaApiKeyObserve';

export type StackName = 'Base' | 'Replaced' | 'Cancelled' | 'Producer' | 'Consumer';

/** In the order of their deletion. */
const NAMES: readonly StackName[] = ['Consumer', 'Producer', 'Cancelled', 'Replaced', 'Base'];

/** The provider of the custom resources is a topic, so that this process receives their events, and responds. */
const BASE = {
  Topic: { Type: 'AWS::SNS::Topic' },
  Queue: { Type: 'AWS::SQS::Queue' },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
        }],
      },
    },
  },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    DependsOn: 'QueuePolicy',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      RawMessageDelivery: true,
    },
  },
  Schedules: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: PREFIX } },
  // Its schedules are a day away, so it needs no permissions.
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole',
        }],
      },
    },
  },
};

const BASE_OUTPUTS = {
  Topic: { Ref: 'Topic' },
  Queue: { Ref: 'Queue' },
  QueueArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
};

export type BaseOutputs = Record<keyof typeof BASE_OUTPUTS, string>;

export interface Template {
  readonly Resources: object;
  readonly Outputs?: object;
}

/** The stacks of one Region. */
export class Stacks {
  public readonly cloudFormation: CloudFormationClient;
  private readonly ids = new Map<StackName, string>();

  constructor(region: string) {
    this.cloudFormation = new CloudFormationClient({ region, maxAttempts: 10 });
  }

  /** Creates what all other stacks need. */
  public async createBase(signal: AbortSignal): Promise<BaseOutputs> {
    const template = { Resources: BASE, Outputs: outputsOf(BASE_OUTPUTS) };
    const { Outputs, StackStatusReason } = await this.deploy('Base', template, signal);
    if (!Outputs?.length) throw new Error(`the stack ${PREFIX}Base was not created: ${StackStatusReason}`);
    return Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])) as BaseOutputs;
  }

  /** Creates or updates a stack. Returns it when the operation has ended, whatever its result. */
  public async deploy(name: StackName, template: Template, signal: AbortSignal): Promise<Stack> {
    signal.throwIfAborted();
    const input: CreateStackCommandInput = {
      StackName: PREFIX + name, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_IAM'],
    };
    const { StackId } = await this.cloudFormation.send(
      this.ids.has(name) ? new UpdateStackCommand(input) : new CreateStackCommand(input),
    );
    this.ids.set(name, StackId!);
    return (await this.settled(name, signal))!;
  }

  public id(name: StackName): string {
    return this.ids.get(name)!;
  }

  public async delete(name: StackName, signal: AbortSignal): Promise<void> {
    if (!await this.settled(name, signal)) return;
    await this.cloudFormation.send(new DeleteStackCommand({ StackName: PREFIX + name }));
    const { StackStatus } = await this.settled(name, signal) ?? {};
    if (StackStatus) throw new Error(`${PREFIX}${name} is ${StackStatus}`);
  }

  /** Deletes all stacks, also those of which nothing is known. */
  public async deleteAll(signal: AbortSignal): Promise<void> {
    const rest = NAMES.filter((name) => name !== 'Base');
    await Promise.all(rest.map((name) => this.delete(name, signal)));
    await this.delete('Base', signal);
  }

  /** Those that exist. */
  public async existing(): Promise<string[]> {
    const stacks = await Promise.all(NAMES.map((name) => this.describe(name)));
    return stacks.flatMap((stack) => stack?.StackName ?? []);
  }

  /** Undefined if there is no such stack. */
  private async settled(name: StackName, signal: AbortSignal): Promise<Stack | undefined> {
    for (;;) {
      const stack = await this.describe(name);
      if (!stack?.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      await sleep(PACE.poll, signal);
    }
  }

  private async describe(name: StackName): Promise<Stack | undefined> {
    try {
      const { Stacks: stacks } = await this.cloudFormation.send(
        new DescribeStacksCommand({ StackName: PREFIX + name }),
      );
      return stacks?.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) return undefined;
      throw error;
    }
  }
}

export function outputsOf(values: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
}

export interface Received extends ResourceEvent {
  readonly at: number;
  readonly stack: string;
}

export interface Answer {
  readonly status?: 'FAILED';
  /** @default - the ID before; of a new resource, `id-1` */
  readonly physicalId?: string;
}

type Handler = (event: Received) => Promise<Answer | void> | Answer | void;

/** Receives the events of all custom resources, and responds: at once and with success, unless told otherwise. */
export class Provider {
  /** All events, in the order of their arrival. */
  public readonly events: Received[] = [];
  private readonly sqs: SQSClient;
  private readonly handlers = new Map<string, Handler>();
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  /** @param signal when it aborts, every event succeeds */
  constructor(region: string, private readonly queue: string, private readonly signal: AbortSignal) {
    this.sqs = new SQSClient({ region });
  }

  /** Fails if it may not receive events. */
  public async start(): Promise<void> {
    await this.receive(0);
    this.running = this.run();
  }

  /** Responds to the events of a stack from now on. */
  public handle(stack: StackName, handler: Handler): void {
    this.handlers.set(PREFIX + stack, handler);
  }

  public eventsOf(name: StackName, since = 0): Received[] {
    return this.events.filter(({ stack, at }) => stack === PREFIX + name && at >= since);
  }

  public async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.receive(1);
      } catch {
        // The queue is deleted last, and everything else passes: the next request tells.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  }

  private async receive(WaitTimeSeconds: number): Promise<void> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.queue, WaitTimeSeconds, MaxNumberOfMessages: 10 }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      const sent = JSON.parse(Body!) as ResourceEvent;
      const event = { ...sent, at: Date.now(), stack: sent.StackId.split('/')[1] };
      this.events.push(event);
      void this.respond(event);
      await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queue, ReceiptHandle }));
    }
  }

  private async respond(event: Received): Promise<void> {
    const handle = async () => this.signal.aborted ? undefined : this.handlers.get(event.stack)?.(event);
    // What was held back or is to fail succeeds when the signal aborts.
    const given = await handle().catch(() => undefined) ?? {};
    const { status, physicalId }: Answer = this.signal.aborted && event.RequestType === 'Delete' ? {} : given;
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = 'id-1' } = event;
    const response = {
      Status: status ?? 'SUCCESS',
      Reason: 'as planned',
      PhysicalResourceId: physicalId ?? PhysicalResourceId,
      StackId,
      RequestId,
      LogicalResourceId,
    };
    // Bytes have no content type, with which the URL is not signed.
    const body = Buffer.from(JSON.stringify(response));
    await fetch(event.ResponseURL, { method: 'PUT', body }).catch(() => undefined);
  }
}

/** What DescribeStackResource shows, once a second until the signal aborts: each change, with its time. */
export async function watch(
  region: string, stack: StackName, LogicalResourceId: string, signal: AbortSignal,
): Promise<{ at: number; text: string }[]> {
  const client = new CloudFormationClient({ region, maxAttempts: 1 });
  const shown: { at: number; text: string }[] = [];
  while (!signal.aborted) {
    const text = await describe(client, PREFIX + stack, LogicalResourceId);
    if (text !== undefined && text !== shown.at(-1)?.text) shown.push({ at: Date.now(), text });
    await sleep(1_000, signal).catch(() => undefined);
  }
  return shown;
}

/** Status and ID; undefined if the request was not admitted. */
export async function describe(
  client: CloudFormationClient, StackName: string, LogicalResourceId: string,
): Promise<string | undefined> {
  try {
    const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
    const { StackResourceDetail: detail } = await client.send(command);
    return `${detail?.ResourceStatus} ${nameOf(detail?.PhysicalResourceId)}`;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ValidationError') return 'no such resource';
    return /throttl|rate exceeded/i.test(name + message) ? undefined : name;
  }
}

/** An ID as the table shows it. */
export function nameOf(physicalId: string | undefined): string {
  if (!physicalId) return 'without an ID';
  return /^id-\d$/.test(physicalId) ? physicalId : 'an ID of CloudFormation\'s';
}
