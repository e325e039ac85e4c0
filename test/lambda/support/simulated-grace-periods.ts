import { FunctionInProcess } from './function-in-process';
import { SchedulerDouble } from './scheduler-double';
import { expectThat } from './simulated-stack';
import { WafEmulator } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/events';
import { CloudFormationEndpoint } from '../../../local/cloudformation-endpoint';
import { ReceivedResponse, ResponseBucket } from '../../../local/response-bucket';
import { VirtualClock } from '../../../local/virtual-clock';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../../../src/contract/grace-period';

export interface KeySettings {
  readonly Scope: 'CLOUDFRONT';
  readonly TokenDomains: string[];
  readonly GracePeriod?: string;
}

export type RollBack = 'none' | 'delete the new one' | 'swapped update first';

interface Held {
  readonly physicalId: string;
  readonly apiKey: string;
  readonly settings: KeySettings;
}

const MINUTE = 60_000;
const GROUP = 'Shop-Provider';

let requests = 0;

/** The keys of one provider: CloudFormation's events, schedules that run as time passes, and what must be true. */
export class SimulatedGracePeriods {
  public static async start(): Promise<SimulatedGracePeriods> {
    const clock = new VirtualClock();
    const waf = await WafEmulator.start({ now: clock.now });
    const scheduler = await SchedulerDouble.start(clock.now);
    scheduler.addGroup(GROUP);
    const cloudFormation = await CloudFormationEndpoint.start({ now: clock.now });
    const bucket = await ResponseBucket.start(cloudFormation, clock.now);
    return new SimulatedGracePeriods(clock, waf, scheduler, cloudFormation, bucket);
  }

  private readonly held = new Map<string, Held>();
  /** Until when each replaced or removed key must exist, in the clock's milliseconds. */
  private readonly promised = new Map<string, number>();
  private readonly fn: FunctionInProcess;

  private constructor(
    private readonly clock: VirtualClock,
    public readonly waf: WafEmulator,
    public readonly scheduler: SchedulerDouble,
    private readonly cloudFormation: CloudFormationEndpoint,
    private readonly bucket: ResponseBucket,
  ) {
    this.fn = new FunctionInProcess({
      region: 'eu-west-1',
      wafUrl: waf.url,
      cloudFormationUrl: cloudFormation.url,
      env: { AWS_ENDPOINT_URL_SCHEDULER: scheduler.url, AWS_LAMBDA_FUNCTION_NAME: GROUP },
    }, clock);
  }

  public get logicalIds(): string[] {
    return [...this.held.keys()];
  }

  public async create(logicalId: string, settings: KeySettings, isRolledBack: boolean): Promise<void> {
    const response = await this.send(logicalId, 'Create', settings);
    if (isRolledBack) return this.delete(logicalId, settings, response.PhysicalResourceId, response.Data!.APIKey);
    this.hold(logicalId, settings, response);
  }

  public async update(logicalId: string, settings: KeySettings, rollBack: RollBack): Promise<void> {
    const before = this.held.get(logicalId)!;
    const response = await this.send(logicalId, 'Update', settings, before.physicalId, before.settings);
    const isReplaced = response.PhysicalResourceId !== before.physicalId;
    if (rollBack === 'none') {
      this.hold(logicalId, settings, response);
      if (isReplaced) await this.delete(logicalId, before.settings, before.physicalId, before.apiKey);
    } else if (!isReplaced || rollBack === 'swapped update first') {
      const swapped = await this.send(logicalId, 'Update', before.settings, response.PhysicalResourceId, settings);
      expectThat(swapped.PhysicalResourceId === before.physicalId, 'the first id comes back');
      expectThat(swapped.Data!.APIKey === before.apiKey, 'the first key comes back');
      if (isReplaced) await this.delete(logicalId, settings, response.PhysicalResourceId, response.Data!.APIKey);
    } else {
      await this.delete(logicalId, settings, response.PhysicalResourceId, response.Data!.APIKey);
    }
  }

  public async remove(logicalId: string): Promise<void> {
    const { settings, physicalId, apiKey } = this.held.get(logicalId)!;
    this.held.delete(logicalId);
    await this.delete(logicalId, settings, physicalId, apiKey);
  }

  /** From here on, EventBridge Scheduler keeps no promise for the keys that are deleted. */
  public withoutPromise(): void {
    this.promised.clear();
  }

  /** Schedules run as time passes; a lost event is one that Lambda drops. */
  public async pass(minutes: number, isLost: (index: number) => boolean = () => false): Promise<void> {
    const end = this.clock.now() + minutes * MINUTE;
    let index = 0;
    while (this.clock.now() < end) {
      await this.clock.sleep(Math.min(30 * MINUTE, end - this.clock.now()));
      for (const event of this.scheduler.takeDue()) {
        if (!isLost(index++)) await this.fn.invoke(event as ResourceEvent);
      }
      this.check();
    }
  }

  /** CloudFormation deletes the guard. */
  public async deleteGuard(): Promise<void> {
    this.promised.clear();
    const response = await this.send('Guard', 'Delete', {}, 'grace-period', undefined, GRACE_PERIOD_RESOURCE_TYPE);
    expectThat(response.Status === 'SUCCESS', `the sweep succeeds: ${response.Reason}`);
    expectThat(this.scheduler.pending(GROUP).length === 0, 'nothing is pending');
  }

  /** What resources hold exists, and so does what was promised. */
  public check(): void {
    const live = new Set(this.waf.keys().map(({ apiKey }) => apiKey));
    for (const [logicalId, { apiKey }] of this.held) expectThat(live.has(apiKey), `the key of ${logicalId} exists`);
    for (const [apiKey, until] of this.promised) {
      expectThat(live.has(apiKey) || this.clock.now() >= until, 'a key exists until its grace period ends');
    }
  }

  /** No key exists that no resource holds. */
  public checkNothingLeft(): void {
    const held = new Set([...this.held.values()].map(({ apiKey }) => apiKey));
    expectThat(this.waf.keys().every(({ apiKey }) => held.has(apiKey)), 'no key is left that no resource holds');
  }

  public async stop(): Promise<void> {
    await Promise.all([this.waf.stop(), this.scheduler.stop(), this.cloudFormation.stop(), this.bucket.stop()]);
  }

  private hold(logicalId: string, settings: KeySettings, { PhysicalResourceId, Data }: ReceivedResponse): void {
    expectThat(!this.promised.has(Data!.APIKey), 'a pending key is not given to a resource');
    this.held.set(logicalId, { physicalId: PhysicalResourceId, apiKey: Data!.APIKey, settings });
  }

  private async delete(logicalId: string, settings: KeySettings, physicalId: string, apiKey: string): Promise<void> {
    if (settings.GracePeriod) this.promised.set(apiKey, this.clock.now() + Number(settings.GracePeriod) * MINUTE);
    const response = await this.send(logicalId, 'Delete', settings, physicalId);
    expectThat(response.Status === 'SUCCESS', `a delete succeeds: ${response.Reason}`);
  }

  private async send(
    LogicalResourceId: string, RequestType: ResourceEvent['RequestType'], settings: object,
    PhysicalResourceId?: string, oldSettings?: object, ResourceType?: string,
  ): Promise<ReceivedResponse> {
    const event = this.bucket.expect({
      RequestType,
      LogicalResourceId,
      PhysicalResourceId,
      ResourceType,
      ResourceProperties: { ...settings },
      OldResourceProperties: oldSettings && { ...oldSettings },
      RequestId: `request-${++requests}`,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1',
    });
    await this.fn.invoke(event);
    const response = this.bucket.responseTo(event.RequestId);
    expectThat(response !== undefined, `${RequestType} gets a response`);
    return response!;
  }
}
