import { FunctionInProcess } from './function-in-process';
import { WafEmulator, WafEmulatorOptions } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/cloudformation';
import { FunctionInstance, FunctionOptions, FunctionProcess } from '../../../local/function-process';
import { ReceivedAnswer, ResponseBucket } from '../../../local/response-bucket';
import { VirtualClock } from '../../../local/virtual-clock';

export interface Properties {
  readonly Scope?: unknown;
  readonly TokenDomains?: unknown;
  readonly [name: string]: unknown;
}

export const CLOUDFRONT: Properties = { FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: ['example.com', 'www.example.com'] };
export const REGIONAL: Properties = { FormatVersion: '1', Scope: 'REGIONAL', TokenDomains: ['app.example.com'] };
/** The stack's region, and so the function's. */
export const HOME = 'eu-west-1';

/** The tests run against the bundle that is shipped; mutation testing needs the source. */
const FROM_SOURCE = process.env.HANDLER === 'source';

let requests = 0;

/** A WAF, CloudFormation's bucket and a warm function, for one test; stop it in the end. */
export class World {
  public static async start(options: WafEmulatorOptions = {}, functionOptions: Partial<FunctionOptions> = {}): Promise<World> {
    const clock = FROM_SOURCE ? new VirtualClock(300) : undefined;
    return new World(await WafEmulator.start({ now: clock?.now, ...options }), await ResponseBucket.start(), functionOptions, clock);
  }

  public fn: FunctionInstance;
  private readonly functions: FunctionInstance[] = [];

  private constructor(
    public readonly waf: WafEmulator,
    public readonly bucket: ResponseBucket,
    private readonly functionOptions: Partial<FunctionOptions>,
    private readonly clock?: VirtualClock,
  ) {
    this.fn = this.anotherFunction();
  }

  /** The time by the clock of the world, which may be a virtual one. */
  public now(): number {
    return this.clock?.now() ?? Date.now();
  }

  /** Another instance of the function, which knows nothing of what the first has done. */
  public anotherFunction(options: Partial<FunctionOptions> = {}): FunctionInstance {
    const all = { region: HOME, wafUrl: this.waf.url, ...this.functionOptions, ...options };
    const fn = this.clock ? new FunctionInProcess(all, this.clock) : new FunctionProcess(all);
    this.functions.push(fn);
    return fn;
  }

  public event(event: Pick<ResourceEvent, 'RequestType'> & Partial<ResourceEvent> & { OldResourceProperties?: Properties }): ResourceEvent {
    return this.bucket.expect({
      RequestId: `request-${++requests}`,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/6a5b4c3d',
      LogicalResourceId: 'CaptchaKey961B73FDD536703D',
      ResourceProperties: {},
      ...event,
    });
  }

  /** Sends an event and returns the answer that CloudFormation got. */
  public async send(event: ResourceEvent, fn = this.fn, remaining?: number): Promise<ReceivedAnswer> {
    await fn.invoke(event, remaining);
    const answer = this.bucket.answerTo(event.RequestId);
    if (!answer) throw new Error(`no answer to ${event.RequestType}; the log says:\n${fn.output}`);
    return answer;
  }

  public async create(properties: Properties = CLOUDFRONT, fn?: FunctionInstance): Promise<ReceivedAnswer> {
    return this.send(this.event({ RequestType: 'Create', ResourceProperties: properties }), fn);
  }

  public async update(physicalId: string, properties: Properties, before: Properties, fn?: FunctionInstance): Promise<ReceivedAnswer> {
    return this.send(this.event({
      RequestType: 'Update', PhysicalResourceId: physicalId, ResourceProperties: properties, OldResourceProperties: before,
    }), fn);
  }

  public async delete(physicalId: string, properties: Properties = CLOUDFRONT, fn?: FunctionInstance): Promise<ReceivedAnswer> {
    return this.send(this.event({ RequestType: 'Delete', PhysicalResourceId: physicalId, ResourceProperties: properties }), fn);
  }

  /** The keys that exist, in the order of their making. */
  public get liveKeys(): string[] {
    return this.waf.keys().map((key) => key.apiKey);
  }

  /** What was asked of AWS WAF that changes something, and how it went. */
  public get changes(): string[] {
    return this.waf.calls.filter((call) => /^(Create|Delete)/.test(call.operation)).map((call) => `${call.operation} ${call.region} ${call.outcome}`);
  }

  public async stop(): Promise<void> {
    await Promise.all([...this.functions.map((fn) => fn.stop()), this.bucket.stop(), this.waf.stop()]);
  }
}

/** Runs a test in a world of its own, so that slow ones can run side by side. */
export function inWorld(options: WafEmulatorOptions & { fn?: Partial<FunctionOptions> }, body: (world: World) => Promise<void>): () => Promise<void> {
  const { fn, ...waf } = options;
  return async () => {
    const world = await World.start(waf, fn);
    try {
      await body(world);
    } finally {
      await world.stop();
    }
  };
}
