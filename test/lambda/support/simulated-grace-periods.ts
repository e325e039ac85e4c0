import { FunctionInProcess } from './function-in-process';
import { SchedulerDouble, SchedulerLags } from './scheduler-double';
import { expectThat } from './simulated-stack';
import { environmentOf, GROUP, setting, WITHOUT } from './with-scheduler';
import { WafEmulator } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/events';
import { CloudFormationEndpoint } from '../../../local/cloudformation-endpoint';
import { ReceivedResponse, ResponseBucket } from '../../../local/response-bucket';
import { VirtualClock } from '../../../local/virtual-clock';
import { GRACE_PERIOD_RESOURCE_TYPE, GracePeriodProperties } from '../../../src/contract/grace-period';

export interface KeySettings {
  readonly Scope: 'CLOUDFRONT';
  readonly TokenDomains: string[];
}

export type RollBack = 'none' | 'delete the new one' | 'swapped update first';

interface Held {
  readonly physicalId: string;
  readonly apiKey: string;
  readonly settings: KeySettings;
}

/** A key whose update has a response, and is not settled yet. */
interface Updated {
  readonly logicalId: string;
  readonly before: Held;
  readonly after: Held;
}

const MINUTE = 60_000;

let requests = 0;

/**
 * The keys of one provider, in its stack and in others: CloudFormation's events, the configuration of the function,
 * schedules that run as time passes, and what must be true.
 */
export class SimulatedGracePeriods {
  public static async start(lags: SchedulerLags): Promise<SimulatedGracePeriods> {
    const clock = new VirtualClock();
    const waf = await WafEmulator.start({ now: clock.now });
    const scheduler = await SchedulerDouble.start(clock.now);
    scheduler.lags = lags;
    const cloudFormation = await CloudFormationEndpoint.start({ now: clock.now });
    const bucket = await ResponseBucket.start(cloudFormation, clock.now);
    return new SimulatedGracePeriods(clock, waf, scheduler, cloudFormation, bucket);
  }

  private readonly held = new Map<string, Held>();
  /** Until when each replaced or removed key must exist, in the clock's milliseconds. */
  private readonly promised = new Map<string, number>();
  /** The keys that a failed Delete has left. */
  private readonly orphaned = new Set<string>();
  private minutes?: number;
  private fn!: FunctionInProcess;

  private constructor(
    private readonly clock: VirtualClock,
    public readonly waf: WafEmulator,
    public readonly scheduler: SchedulerDouble,
    private readonly cloudFormation: CloudFormationEndpoint,
    private readonly bucket: ResponseBucket,
  ) {
    this.configure(undefined);
    this.deletePermissions();
  }

  public get logicalIds(): string[] {
    return [...this.held.keys()];
  }

  public async create(logicalId: string, settings: KeySettings, isRolledBack: boolean): Promise<void> {
    const response = await this.send(logicalId, 'Create', settings);
    const held = heldAfter(response, settings);
    if (isRolledBack) await this.delete(logicalId, held);
    else this.hold(logicalId, held);
  }

  /** A deployment of the stack of a key, which may be another one than the provider's. */
  public async update(logicalId: string, settings: KeySettings, rollBack: RollBack): Promise<void> {
    const updated = await this.sendUpdate(logicalId, settings);
    if (rollBack === 'none') await this.settle(updated);
    else await this.rollBack(updated, rollBack);
  }

  public async remove(logicalId: string): Promise<void> {
    const held = this.held.get(logicalId)!;
    this.held.delete(logicalId);
    await this.delete(logicalId, held);
  }

  /**
   * A deployment of the provider's stack that changes its setting, and perhaps a key in it.
   *
   * @param removed a key of another stack, whose deletion begins just before
   */
  public async deploy(
    minutes: number | undefined, rollBack: RollBack, changed?: { logicalId: string; settings: KeySettings },
    removed?: string,
  ): Promise<void> {
    const before = this.minutes;
    const removal = removed === undefined ? undefined : this.remove(removed);
    if (removal) await this.clock.run(() => this.clock.sleep(1));
    if (minutes && !before) this.createPermissions();
    this.configure(minutes);
    if (minutes && minutes !== before) await this.sendGuard(before ? 'Update' : 'Create', minutes);
    const updated = changed && await this.sendUpdate(changed.logicalId, changed.settings);
    if (rollBack === 'none') {
      if (updated) await this.settle(updated);
      if (before && !minutes) await this.deleteGuard(before);
    } else {
      this.configure(before);
      if (minutes && before && minutes !== before) await this.sendGuard('Update', before);
      if (updated) await this.rollBack(updated, rollBack);
      if (minutes && !before) await this.deleteGuard(minutes);
    }
    await removal;
  }

  /** While EventBridge Scheduler fails, a key is kept, and CloudFormation goes on without the resource. */
  public async removeWithoutScheduler(logicalId: string): Promise<void> {
    const { physicalId, apiKey, settings } = this.held.get(logicalId)!;
    const unavailable = this.scheduler.fail({ kind: 'InternalServerException' });
    this.held.delete(logicalId);
    const { Status } = await this.send(logicalId, 'Delete', settings, physicalId);
    unavailable.clear();
    expectThat(Status === (this.minutes ? 'FAILED' : 'SUCCESS'), 'a key that cannot be scheduled is not deleted');
    if (this.minutes) this.orphaned.add(apiKey);
  }

  /** Schedules run as time passes; a lost event is one that Lambda drops. */
  public async pass(minutes: number, isLost: (index: number) => boolean = () => false): Promise<void> {
    const end = this.clock.now() + minutes * MINUTE;
    let index = 0;
    while (this.clock.now() < end) {
      await this.clock.sleep(Math.min(30 * MINUTE, end - this.clock.now()));
      for (const event of this.scheduler.takeDue()) if (!isLost(index++)) await this.fn.invoke(event as ResourceEvent);
      this.check();
    }
  }

  /** CloudFormation deletes the stack of the provider, whose keys are removed. */
  public async deleteProvider(): Promise<void> {
    if (this.minutes) await this.deleteGuard(this.minutes);
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
    const known = new Set([...[...this.held.values()].map(({ apiKey }) => apiKey), ...this.orphaned]);
    expectThat(this.waf.keys().every(({ apiKey }) => known.has(apiKey)), 'no key is left that no resource holds');
  }

  public async stop(): Promise<void> {
    await Promise.all([this.waf.stop(), this.scheduler.stop(), this.cloudFormation.stop(), this.bucket.stop()]);
  }

  /** Instances of the function that run go on with the setting before. */
  private configure(minutes: number | undefined): void {
    this.minutes = minutes;
    const properties: GracePeriodProperties = minutes ? setting(minutes) : WITHOUT;
    this.fn = new FunctionInProcess({
      region: 'eu-west-1',
      wafUrl: this.waf.url,
      cloudFormationUrl: this.cloudFormation.url,
      env: environmentOf(properties, this.scheduler.url),
    }, this.clock);
  }

  private createPermissions(): void {
    this.scheduler.clearFaults();
    this.scheduler.addGroup(GROUP);
    // They take effect late.
    this.scheduler.fail({ kind: 'AccessDeniedException', times: 1 });
    this.scheduler.fail({ kind: 'unknown role', operation: 'CreateSchedule', times: 2 });
  }

  private deletePermissions(): void {
    this.scheduler.fail({ kind: 'AccessDeniedException' });
    this.scheduler.removeGroup(GROUP);
  }

  private async sendGuard(type: ResourceEvent['RequestType'], minutes: number): Promise<void> {
    const id = type === 'Create' ? undefined : 'grace-period';
    const response = await this.send('Guard', type, setting(minutes), id, undefined, GRACE_PERIOD_RESOURCE_TYPE);
    expectThat(response.Status === 'SUCCESS', `${type} of the guard succeeds: ${response.Reason}`);
  }

  private async deleteGuard(minutes: number): Promise<void> {
    this.promised.clear();
    await this.sendGuard('Delete', minutes);
    this.promised.clear(); // of keys whose deletion began before
    expectThat(this.scheduler.pending(GROUP).length === 0, 'nothing is pending');
    this.deletePermissions();
  }

  private async sendUpdate(logicalId: string, settings: KeySettings): Promise<Updated> {
    const before = this.held.get(logicalId)!;
    const response = await this.send(logicalId, 'Update', settings, before.physicalId, before.settings);
    return { logicalId, before, after: heldAfter(response, settings) };
  }

  private async settle({ logicalId, before, after }: Updated): Promise<void> {
    this.hold(logicalId, after);
    if (after.physicalId !== before.physicalId) await this.delete(logicalId, before);
  }

  private async rollBack({ logicalId, before, after }: Updated, order: RollBack): Promise<void> {
    const isReplaced = after.physicalId !== before.physicalId;
    if (!isReplaced || order === 'swapped update first') {
      const swapped = await this.send(logicalId, 'Update', before.settings, after.physicalId, after.settings);
      expectThat(swapped.PhysicalResourceId === before.physicalId, 'the first id comes back');
      expectThat(swapped.Data!.APIKey === before.apiKey, 'the first key comes back');
    }
    if (isReplaced) await this.delete(logicalId, after);
  }

  private hold(logicalId: string, held: Held): void {
    expectThat(!this.promised.has(held.apiKey), 'a pending key is not given to a resource');
    this.held.set(logicalId, held);
  }

  private async delete(logicalId: string, { physicalId, apiKey, settings }: Held): Promise<void> {
    if (this.minutes) this.promised.set(apiKey, this.clock.now() + this.minutes * MINUTE);
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

function heldAfter({ PhysicalResourceId, Data, Reason }: ReceivedResponse, settings: KeySettings): Held {
  expectThat(Data !== undefined, `an event succeeds: ${Reason}`);
  return { physicalId: PhysicalResourceId, apiKey: Data!.APIKey, settings };
}
