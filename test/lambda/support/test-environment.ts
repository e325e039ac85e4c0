import { FunctionInProcess } from './function-in-process';
import { WafEmulator, WafEmulatorOptions } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/events';
import { systemClock } from '../../../lambda/runtime/clock';
import { CloudFormationEndpoint, CloudFormationOptions, inventedId } from '../../../local/cloudformation-endpoint';
import { FunctionInstance, FunctionOptions, FunctionProcess } from '../../../local/function-process';
import { ReceivedResponse, ResponseBucket } from '../../../local/response-bucket';
import { VirtualClock } from '../../../local/virtual-clock';

export interface Properties {
  readonly Scope?: unknown;
  readonly TokenDomains?: unknown;
  readonly [name: string]: unknown;
}

export const CLOUDFRONT: Properties = {
  FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: ['example.com', 'www.example.com'],
};
export const REGIONAL: Properties = { FormatVersion: '1', Scope: 'REGIONAL', TokenDomains: ['app.example.com'] };
/** After a cancelled creation, role and function are gone this long after the last response to a Delete. */
export const ROLE_LASTS_MS = 1_500;
/** The stack's region, and so the function's. */
export const HOME = 'eu-west-1';

/**
 * The full matrix on the bundle takes minutes of real time, so by default most tests run the source in virtual time.
 */
export const ALL_ON_BUNDLE = process.env.HANDLER === 'bundle';

export interface EnvironmentOptions extends WafEmulatorOptions {
  readonly fn?: Partial<FunctionOptions>;
  readonly cloudFormation?: CloudFormationOptions;
  /** `bundle`: what is shipped, in a process of its own and in real time. @default - the source in virtual time */
  readonly handler?: 'bundle' | 'source';
  /** In virtual time: how many real milliseconds a service may take. @default 10,000 */
  readonly longestWaitMs?: number;
}

// How fast the machine is, no test asserts: on the bundle, many functions share it.
jest.setTimeout(ALL_ON_BUNDLE ? 600_000 : 120_000);

/** Jest's `test`, for tests with an environment: on the bundle, where much is waiting, they run side by side. */
export const environmentTest = ALL_ON_BUNDLE ? test.concurrent : test;

/** Waits in real time, for a call that a service has not finished yet. Virtual time stands still meanwhile. */
export async function untilInRealTime(condition: () => unknown): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within a minute: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A test that is left out on the bundle, where it would take `minutes` in real time. The output names it. */
export function virtualTimeTest(title: string, minutes: number, body: () => Promise<void>): void {
  if (!ALL_ON_BUNDLE) return test(title, body);
  const reason = `in virtual time only, for it takes ${minutes} minutes`;
  process.stderr.write(`${reason}: ${title}\n`);
  test.skip(`${title} (${reason})`, body);
}

let requests = 0;

/** AWS WAF, CloudFormation and a warm function, for one test. */
export class TestEnvironment {
  public static async start(
    { fn = {}, cloudFormation, handler, longestWaitMs, ...options }: EnvironmentOptions = {},
  ): Promise<TestEnvironment> {
    const isBundle = handler ? handler === 'bundle' : ALL_ON_BUNDLE;
    const clock = isBundle ? undefined : new VirtualClock(longestWaitMs);
    const waf = await WafEmulator.start({ now: clock?.now, ...options });
    const endpoint = await CloudFormationEndpoint.start({ now: clock?.now, ...cloudFormation });
    return new TestEnvironment(waf, endpoint, await ResponseBucket.start(endpoint, clock?.now), fn, clock);
  }

  public fn: FunctionInstance;
  private readonly functions: FunctionInstance[] = [];

  private constructor(
    public readonly waf: WafEmulator,
    public readonly cloudFormation: CloudFormationEndpoint,
    public readonly bucket: ResponseBucket,
    private readonly functionOptions: Partial<FunctionOptions>,
    private readonly clock?: VirtualClock,
  ) {
    this.fn = this.anotherFunction();
  }

  /** The time by the environment's clock, which may be a virtual one. */
  public now(): number {
    return this.clock?.now() ?? Date.now();
  }

  /** Waits for a condition by the environment's clock, for twenty minutes at most. */
  public async until(condition: () => unknown): Promise<void> {
    const end = this.now() + 1_200_000;
    while (!condition()) {
      if (this.now() > end) throw new Error(`not within twenty minutes: ${condition}`);
      await this.sleep(50);
    }
  }

  /** Waits by the environment's clock. In virtual time, functions that are running wait with it. */
  public async sleep(milliseconds: number): Promise<void> {
    await (this.clock ? this.clock.run(() => this.clock!.sleep(milliseconds)) : systemClock.sleep(milliseconds));
  }

  /** Another instance of the function, which knows nothing of what the first has done. */
  public anotherFunction(options: Partial<FunctionOptions> = {}): FunctionInstance {
    const all = {
      region: HOME,
      wafUrl: this.waf.url,
      cloudFormationUrl: this.cloudFormation.url,
      ...this.functionOptions,
      ...options,
    };
    const fn = this.clock ? new FunctionInProcess(all, this.clock) : new FunctionProcess(all);
    this.functions.push(fn);
    return fn;
  }

  public event(
    event: Pick<ResourceEvent, 'RequestType'> & Partial<ResourceEvent> & { OldResourceProperties?: Properties },
  ): ResourceEvent {
    return this.bucket.expect({
      RequestId: `request-${++requests}`,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/6a5b4c3d',
      LogicalResourceId: 'CaptchaKey961B73FDD536703D',
      ResourceProperties: {},
      ...event,
    });
  }

  /** Sends an event and returns the response that CloudFormation got. */
  public async send(event: ResourceEvent, fn = this.fn, remaining?: number): Promise<ReceivedResponse> {
    await fn.invoke(event, remaining);
    const response = this.bucket.responseTo(event.RequestId);
    if (!response) throw new Error(`no response to ${event.RequestType}; the log says:\n${fn.output}`);
    return response;
  }

  public createEvent(properties: Properties = CLOUDFRONT): ResourceEvent {
    return this.event({ RequestType: 'Create', ResourceProperties: properties });
  }

  public updateEvent(physicalId: string, properties: Properties, before: Properties): ResourceEvent {
    return this.event({
      RequestType: 'Update',
      PhysicalResourceId: physicalId,
      ResourceProperties: properties,
      OldResourceProperties: before,
    });
  }

  public deleteEvent(physicalId: string, properties: Properties = CLOUDFRONT): ResourceEvent {
    return this.event({ RequestType: 'Delete', PhysicalResourceId: physicalId, ResourceProperties: properties });
  }

  public async create(properties?: Properties, fn?: FunctionInstance): Promise<ReceivedResponse> {
    return this.send(this.createEvent(properties), fn);
  }

  public async update(
    physicalId: string, properties: Properties, before: Properties, fn?: FunctionInstance,
  ): Promise<ReceivedResponse> {
    return this.send(this.updateEvent(physicalId, properties, before), fn);
  }

  public async delete(
    physicalId: string, properties?: Properties, fn?: FunctionInstance,
  ): Promise<ReceivedResponse> {
    return this.send(this.deleteEvent(physicalId, properties), fn);
  }

  /** Another resource fails: CloudFormation gives this one up, and has it deleted by an id of its own making. */
  public async cancelCreate(event: ResourceEvent): Promise<void> {
    this.cloudFormation.cancel(event);
    const deleted = await this.send(this.deleteEvent(inventedId(event)), this.anotherFunction());
    expect(deleted.Status).toBe('SUCCESS');
    await this.sleep(ROLE_LASTS_MS);
    this.waf.fail({ kind: 'AccessDeniedException', times: 1_000_000 });
  }

  /** The keys that exist, in the order of their making. */
  public get liveKeys(): string[] {
    return this.waf.keys().map((key) => key.apiKey);
  }

  /** What was asked of AWS WAF that changes something, and how it went. */
  public get changes(): string[] {
    return this.waf.calls.filter((call) => /^(Create|Delete)/.test(call.operation)).map(
      (call) => `${call.operation} ${call.region} ${call.outcome}`,
    );
  }

  public async stop(): Promise<void> {
    await Promise.all([
      ...this.functions.map((fn) => fn.stop()), this.bucket.stop(), this.cloudFormation.stop(), this.waf.stop(),
    ]);
  }
}

/** Runs a test in an environment of its own. */
export function withEnvironment(
  options: EnvironmentOptions, body: (environment: TestEnvironment) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const environment = await TestEnvironment.start(options);
    try {
      await body(environment);
    } finally {
      await environment.stop();
    }
  };
}
