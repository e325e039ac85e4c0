import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen } from './listen';
import type { ResourceEvent } from '../lambda/events';

/** What CloudFormation holds of a resource. */
export interface HeldResource {
  readonly status: string;
  readonly physicalId?: string;
}

export interface CloudFormationOptions {
  readonly now?: () => number;
  /** How long DescribeStackResource goes on to show the id before. */
  readonly idShownAfterMs?: number;
  /** How long DescribeStackResource goes on to show all as it was before: status, id and time. */
  readonly shownAfterMs?: number;
  /** How long DescribeStackResource goes on to know nothing of a new resource. */
  readonly newShownAfterMs?: number;
  /** Whether a resource has an id of CloudFormation's making before the response to its Create. */
  readonly inventsIds?: boolean;
  /** Whether, and until when, the clean-up of an update shows as the deletion of the replaced id. @default - no */
  readonly showsCleanUp?: 'no' | 'until it ends' | 'until the next operation';
  /** How many requests DescribeStackResource admits in a second. */
  readonly requestsPerSecond?: number;
  /** What a deleted resource is shown as. */
  readonly deleted?: 'last id' | 'without an id' | 'no such resource';
  /** Whether DescribeStackResource tells when a resource has changed. @default true */
  readonly showsTimes?: boolean;
}

/** How DescribeStackResource fails until it is told otherwise. */
export type CloudFormationFault = 'denied' | 'unrecognized' | 'throttled' | 'hang' | 'reset' | 'no such resource'
  | { readonly code: string; readonly message: string };

type StackAndId = Pick<ResourceEvent, 'StackId' | 'LogicalResourceId'>;

interface Resource extends HeldResource {
  /** The event whose response is awaited. */
  readonly awaited?: string;
  /** What was held before the last change. */
  readonly before?: HeldResource;
  /** The id that an update has replaced, until its clean-up. */
  readonly replaced?: string;
  readonly changedAt: number;
}

/**
 * The part of CloudFormation that holds resources: events and responses change them, DescribeStackResource shows them.
 */
export class CloudFormationEndpoint {
  public static async start(options: CloudFormationOptions = {}): Promise<CloudFormationEndpoint> {
    const endpoint = new CloudFormationEndpoint(options);
    endpoint.url = `http://${await listen(endpoint.server)}`;
    return endpoint;
  }

  public url = '';
  public fault?: CloudFormationFault;
  /** When each request came. */
  public readonly requests: number[] = [];
  private readonly server: Server;
  /** When the last requests were admitted. */
  private admitted: number[] = [];
  private readonly resources = new Map<string, Resource>();
  private readonly instead = new Map<string, Resource>();
  /** All that each resource has been, oldest first. */
  private readonly history = new Map<string, Resource[]>();

  private constructor(private options: CloudFormationOptions) {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  /** An event is sent. */
  public begin(event: Omit<ResourceEvent, 'ResponseURL'>): void {
    const held = this.resources.get(keyOf(event));
    switch (event.RequestType) {
      case 'Create': {
        const physicalId = this.options.inventsIds ? inventedId(event) : undefined;
        return this.change(event, { status: 'CREATE_IN_PROGRESS', physicalId, awaited: event.RequestId });
      }
      case 'Update': {
        const physicalId = event.PhysicalResourceId;
        return this.change(event, { status: 'UPDATE_IN_PROGRESS', physicalId, awaited: event.RequestId });
      }
      default: {
        if (held?.replaced !== undefined && held.physicalId === event.PhysicalResourceId) {
          return this.change(event, { status: 'UPDATE_COMPLETE', physicalId: held.replaced }); // a roll-back
        }
        // A replaced id is deleted beside the one that the resource holds now.
        const isCleanUp = held !== undefined && /_COMPLETE$/.test(held.status) && !/^DELETE/.test(held.status)
          && held.physicalId !== event.PhysicalResourceId;
        if (isCleanUp) this.resources.set(keyOf(event), { ...held, replaced: undefined });
        if (isCleanUp && !this.showsCleanUp) return;
        return this.change(event, {
          status: 'DELETE_IN_PROGRESS',
          physicalId: event.PhysicalResourceId,
          awaited: event.RequestId,
          ...(isCleanUp && { before: held }),
        });
      }
    }
  }

  /** A response has arrived. The first one to the awaited event counts; others are ignored. */
  public end(
    { RequestType, ...event }: ResourceEvent,
    response: { readonly Status: string; readonly PhysicalResourceId: string },
  ): void {
    const held = this.resources.get(keyOf(event));
    if (held?.awaited !== event.RequestId) return;
    const operation = RequestType.toUpperCase();
    if (response.Status !== 'SUCCESS') {
      const physicalId = event.PhysicalResourceId ?? response.PhysicalResourceId;
      return this.change(event, { status: `${operation}_FAILED`, physicalId });
    }
    const { status = 'DELETE_COMPLETE', physicalId } = held.before ?? {};
    if (RequestType === 'Delete' && this.showsCleanUp && !/^DELETE|FAILED$/.test(status)) {
      if (this.options.showsCleanUp === 'until it ends') return this.change(event, { status, physicalId });
      this.change(event, { status: 'DELETE_COMPLETE', physicalId: event.PhysicalResourceId });
      return void this.resources.set(keyOf(event), { status, physicalId, changedAt: this.now() });
    }
    const replaced = event.PhysicalResourceId !== response.PhysicalResourceId ? event.PhysicalResourceId : undefined;
    this.change(event, { status: `${operation}_COMPLETE`, physicalId: response.PhysicalResourceId, replaced });
  }

  /** Forgets all resources, and behaves otherwise. */
  public reset(options: CloudFormationOptions): void {
    this.resources.clear();
    this.history.clear();
    this.instead.clear();
    this.options = { now: this.options.now, ...options };
  }

  /** Whether the response to an event still counts. */
  public awaits(event: Pick<ResourceEvent, 'StackId' | 'LogicalResourceId' | 'RequestId'>): boolean {
    return this.resources.get(keyOf(event))?.awaited === event.RequestId;
  }

  /** Another resource has failed: CloudFormation stops waiting for this one. */
  public cancel(event: StackAndId): void {
    const held = this.resources.get(keyOf(event))!;
    this.change(event, { status: held.status.replace('_IN_PROGRESS', '_FAILED'), physicalId: held.physicalId });
  }

  /** Shows a resource as something that it is not, until this is undefined. */
  public show(event: StackAndId, resource: HeldResource | undefined, changedAt = this.now()): void {
    if (resource) this.instead.set(keyOf(event), { ...resource, changedAt });
    else this.instead.delete(keyOf(event));
  }

  public held(event: StackAndId): HeldResource | undefined {
    return this.resources.get(keyOf(event));
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  private change(event: StackAndId, resource: Omit<Resource, 'changedAt'>): void {
    const key = keyOf(event);
    const { status, physicalId } = this.resources.get(key) ?? { status: '' };
    const changed = { before: { status, physicalId }, ...resource, changedAt: this.now() };
    this.resources.set(key, changed);
    this.history.set(key, [...this.history.get(key) ?? [], changed]);
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = new URLSearchParams(await text(request));
    this.requests.push(this.now());
    const refuse = (code: string, message: string, status = 400) => {
      const error = xml('Error', xml('Type', 'Sender') + xml('Code', code) + xml('Message', message));
      response.writeHead(status, { 'content-type': 'text/xml' })
        .end(xml('ErrorResponse', error + xml('RequestId', 'r')));
    };
    if (!this.admits()) return refuse('Throttling', 'Rate exceeded');
    if (typeof this.fault === 'object') return refuse(this.fault.code, this.fault.message);
    switch (this.fault) {
      case 'hang': return;
      case 'reset': return void request.socket.destroy();
      case 'throttled': return refuse('Throttling', 'Rate exceeded');
      case 'unrecognized': return refuse('InvalidClientTokenId', 'The security token is invalid', 403);
      case 'denied':
        return refuse('AccessDenied', 'not authorized to perform: cloudformation:DescribeStackResource', 403);
    }
    if (parameters.get('Action') !== 'DescribeStackResource' || !request.headers.authorization) {
      return refuse('InvalidAction', 'not imitated here');
    }
    const [stackId, logicalId] = [parameters.get('StackName')!, parameters.get('LogicalResourceId')!];
    const held = this.shown(keyOf({ StackId: stackId, LogicalResourceId: logicalId }));
    const isGone = held?.status === 'DELETE_COMPLETE' && this.options.deleted === 'no such resource';
    if (!held || isGone || this.fault) {
      return refuse('ValidationError', `Resource ${logicalId} does not exist for stack ${stackId}`);
    }
    response.writeHead(200, { 'content-type': 'text/xml' }).end(this.render(stackId, logicalId, held));
  }

  private get showsCleanUp(): boolean {
    return (this.options.showsCleanUp ?? 'no') !== 'no';
  }

  private admits(): boolean {
    const { requestsPerSecond = Infinity } = this.options;
    this.admitted = this.admitted.filter((time) => time > this.now() - 1_000);
    if (this.admitted.length >= requestsPerSecond) return false;
    if (requestsPerSecond < Infinity) this.admitted.push(this.now());
    return true;
  }

  private shown(key: string): Resource | undefined {
    if (this.instead.has(key)) return this.instead.get(key);
    const all = this.history.get(key) ?? [];
    if (all.length > 0 && all[0].changedAt + (this.options.newShownAfterMs ?? 0) > this.now()) return undefined;
    return all.filter(({ changedAt }) => changedAt + (this.options.shownAfterMs ?? 0) <= this.now()).at(-1) ?? all[0];
  }

  private render(stackId: string, logicalId: string, held: Resource): string {
    const { idShownAfterMs = 0, deleted, showsTimes = true } = this.options;
    const isLagging = this.now() < held.changedAt + idShownAfterMs;
    const withoutId = held.status === 'DELETE_COMPLETE' && deleted === 'without an id';
    const id = isLagging ? held.before?.physicalId : withoutId ? undefined : held.physicalId;
    const detail = [
      xml('StackId', stackId),
      xml('StackName', stackId.split('/')[1]),
      xml('LogicalResourceId', logicalId),
      id === undefined ? '' : xml('PhysicalResourceId', id.replace(/&/g, '&amp;').replace(/</g, '&lt;')),
      xml('ResourceType', 'Custom::WafCaptchaApiKey'),
      showsTimes ? xml('LastUpdatedTimestamp', new Date(held.changedAt).toISOString()) : '',
      xml('ResourceStatus', held.status),
      xml('DriftInformation', xml('StackResourceDriftStatus', 'NOT_CHECKED')),
    ].join('');
    return xml(
      'DescribeStackResourceResponse',
      xml('DescribeStackResourceResult', xml('StackResourceDetail', detail))
      + xml('ResponseMetadata', xml('RequestId', 'r')),
    );
  }
}

function xml(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** The physical id that CloudFormation makes up where the function has given none. */
export function inventedId({ StackId, LogicalResourceId }: StackAndId): string {
  return `${StackId.split('/')[1]}-${LogicalResourceId}-1ABCDEFGHIJKL`;
}

function keyOf({ StackId, LogicalResourceId }: StackAndId): string {
  return `${StackId} ${LogicalResourceId}`;
}
