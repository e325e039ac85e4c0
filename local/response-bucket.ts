import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CloudFormationEndpoint } from './cloudformation-endpoint';
import { close, listen } from './listen';
import type { ResourceEvent } from '../lambda/events';

export interface ReceivedResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly APIKey: string; readonly ApplicationIntegrationURL: string };
}

/** What the bucket does with a PUT instead of taking it; `down` goes on until the faults are cleared. */
export type BucketFault = number | 'hang' | 'reset' | 'reset-after' | 'down';

const SIGNATURE = 'X-Amz-Expires=7200&X-Amz-Signature=0123456789abcdef-presigned';

/**
 * The bucket behind CloudFormation's ResponseURLs. It checks
 * every response as CloudFormation would, and that there is one.
 */
export class ResponseBucket {
  /** @param cloudFormation hears of events and responses */
  public static async start(cloudFormation?: CloudFormationEndpoint, now = Date.now): Promise<ResponseBucket> {
    const bucket = new ResponseBucket(cloudFormation, now);
    bucket.url = `http://${await listen(bucket.server)}`;
    return bucket;
  }

  public url = '';
  /** How often something was put, taken or not. */
  public puts = 0;
  /** Takes the first response to an event and ignores the others, instead of calling another one a violation. */
  public firstCounts = false;
  private readonly server: Server;
  private readonly events = new Map<string, ResourceEvent>();
  private readonly responses = new Map<string, ReceivedResponse>();
  private readonly violations: string[] = [];
  private readonly faults: BucketFault[] = [];

  private constructor(
    private readonly cloudFormation: CloudFormationEndpoint | undefined, private readonly now: () => number,
  ) {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  /** Where the response to an event goes; like the real one, whoever knows it may write there. */
  public expect(event: Omit<ResourceEvent, 'ResponseURL'>): ResourceEvent {
    const date = new Date(this.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&${SIGNATURE}`;
    const complete = { ...event, ResponseURL: `${this.url}/${event.RequestId}?${query}` };
    this.events.set(event.RequestId, complete);
    this.cloudFormation?.begin(event);
    return complete;
  }

  /** The next PUTs fail, one after the other. */
  public fail(...faults: BucketFault[]): void {
    this.faults.push(...faults);
  }

  public clearFaults(): void {
    this.faults.length = 0;
  }

  /** What CloudFormation knows; undefined if it has heard nothing. */
  public responseTo(requestId: string): ReceivedResponse | undefined {
    if (this.violations.length) throw new Error(this.violations.join('\n'));
    return this.received(requestId);
  }

  /** As it came, whether or not CloudFormation would accept it. */
  public received(requestId: string): ReceivedResponse | undefined {
    return this.responses.get(requestId);
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the client has gone away
    this.puts++;
    const fault = this.faults[0] === 'down' ? 503 : this.faults.shift() as Exclude<BucketFault, 'down'> | undefined;
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    if (typeof fault === 'number') return void response.writeHead(fault).end('<Error/>');
    this.check(request, body);
    if (fault === 'reset-after') return void request.socket.destroy();
    response.writeHead(200).end();
  }

  private check(request: IncomingMessage, body: string): void {
    const requestId = new URL(request.url!, 'http://localhost').pathname.slice(1);
    const event = this.events.get(requestId);
    const broken = (what: string) => this.violations.push(
      `${event?.RequestType} ${event?.LogicalResourceId}: ${what}: ${body.slice(0, 500)}`,
    );
    if (!event) return void broken(`no event ${requestId}`);
    if (request.method !== 'PUT') broken(`method ${request.method}`);
    if (request.headers['content-type']) broken(`content type ${request.headers['content-type']}`);
    if (request.headers['transfer-encoding']) broken('not of a stated length');
    if (!request.url!.endsWith(SIGNATURE)) broken('signature lost');
    if (Buffer.byteLength(body) > 4096) broken(`${Buffer.byteLength(body)} bytes`);
    const response = JSON.parse(body);
    for (const member of ['StackId', 'RequestId', 'LogicalResourceId'] as const) {
      if (response[member] !== event[member]) broken(`${member} not echoed`);
    }
    if (!['SUCCESS', 'FAILED'].includes(response.Status)) broken('Status');
    if (response.Status === 'FAILED' && !response.Reason) broken('no Reason');
    if (typeof response.PhysicalResourceId !== 'string'
      || response.PhysicalResourceId === '') broken('no PhysicalResourceId');
    if (Buffer.byteLength(response.PhysicalResourceId ?? '') > 1024) broken('PhysicalResourceId over 1 KB');
    if (event.RequestType === 'Delete'
      && response.PhysicalResourceId !== event.PhysicalResourceId) broken('another PhysicalResourceId for a Delete');
    if (event.RequestType === 'Update' && response.Status === 'FAILED'
      && response.PhysicalResourceId !== event.PhysicalResourceId) {
      broken(
        'another PhysicalResourceId for a failed Update',
      );
    }
    const before = this.responses.get(requestId);
    if (before && this.firstCounts) return;
    if (before && JSON.stringify(before) !== JSON.stringify(response)) {
      broken(
        `a different second response after ${JSON.stringify(before)}`,
      );
    }
    this.responses.set(requestId, response);
    this.cloudFormation?.end(event, response);
  }
}
