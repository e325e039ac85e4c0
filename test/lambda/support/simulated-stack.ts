import type { SchedulerDouble } from './scheduler-double';
import { environmentOf, GROUP, setting, WITHOUT } from './with-scheduler';
import type { WafEmulator } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/events';
import { handle } from '../../../lambda/handler';
import { CloudFormationEndpoint, inventedId } from '../../../local/cloudformation-endpoint';
import { FUNCTION_ARN } from '../../../local/function-process';
import { BucketFault, ReceivedResponse, ResponseBucket } from '../../../local/response-bucket';
import type { VirtualClock } from '../../../local/virtual-clock';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../../../src/contract/grace-period';
import { normalizeTokenDomains } from '../../../src/contract/normal-form';

/** What a stack asks for. */
export interface Wanted {
  readonly Scope: 'CLOUDFRONT' | 'REGIONAL';
  readonly TokenDomains: string[];
  readonly Region?: string;
  readonly RotationId?: string;
}

interface Held {
  physicalId: string;
  properties: Wanted;
  apiKey: string;
  removedByHand: boolean;
}

export type RollBack = 'none' | 'delete the new one' | 'swapped update first';

/** How an event comes to the function and its response to CloudFormation. */
export interface Delivery {
  readonly twice?: boolean;
  /** To another instance of the function as well, at the same time. */
  readonly toTwoInstances?: boolean;
  /** After how many milliseconds CloudFormation cancels the creation or update, because another resource has failed. */
  readonly cancelAfter?: number;
  /** How long the event is on its way. */
  readonly delay?: number;
  readonly bucket?: readonly BucketFault[];
}

/** A grace period in minutes, if there is one. */
export interface GracePeriod {
  readonly minutes?: number;
}

const MINUTE = 60_000;

export const HOME_REGION = 'eu-west-1';
const REMAINING = 900_000;
const SERVICE_TIMEOUT = 780_000;

type Handle = typeof handle;

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1';

let requests = 0;

/**
 * What CloudFormation does with the resources of one stack, with
 * roll-backs in every order that is known, against the handler itself.
 * After each operation, `check` compares what AWS WAF has with what the stack holds.
 */
export class SimulatedStack {
  private readonly resources = new Map<string, Held>();
  /** Requests that CloudFormation has given up before their response. */
  private readonly ignored = new Set<string>();
  /** The ids whose keys are kept without evidence, as the log says. */
  private readonly kept: string[] = [];
  /** Invocations that go on after their response. */
  private readonly running: Promise<void>[] = [];
  /** What each resource asked for before the last update. */
  private readonly wantedBefore = new Map<string, Wanted>();
  private grace: GracePeriod = {};
  /** Until when the keys of removed and replaced resources must exist. */
  private readonly promised = new Map<string, number>();

  /**
   * @param instances two instances of the function, which share no memory
   * @param goesOn whether CloudFormation goes on right after a response, while the function still asks what it holds
   * @param mayKeep whether its view may leave the function without evidence. That of a second delivery always may
   */
  constructor(
    private readonly waf: WafEmulator,
    private readonly bucket: ResponseBucket,
    private readonly cloudFormation: CloudFormationEndpoint,
    private readonly scheduler: SchedulerDouble,
    private readonly clock: VirtualClock,
    private readonly instances: readonly [Handle, Handle],
    private readonly goesOn: boolean,
    private readonly mayKeep: boolean,
  ) {
    this.deletePermissions();
  }

  public get logicalIds(): string[] {
    return [...this.resources.keys()];
  }

  public before(logicalId: string): Wanted | undefined {
    return this.wantedBefore.get(logicalId);
  }

  /** A failed create is followed by a Delete of the id that was given, or of an invented one. */
  public async create(logicalId: string, properties: Wanted, delivery: Delivery = {}): Promise<boolean> {
    let deleted: Promise<void> | undefined;
    const invented = inventedId({ StackId: STACK_ID, LogicalResourceId: logicalId });
    const response = await this.send({
      RequestType: 'Create', LogicalResourceId: logicalId, ResourceProperties: { ...properties },
    }, delivery, () => {
      deleted = this.deleteId(logicalId, properties, invented);
    });
    await deleted;
    if (deleted) return false;
    if (response?.Status === 'SUCCESS') {
      this.hold(logicalId, properties, response);
      return true;
    }
    await this.deleteId(logicalId, properties, response?.PhysicalResourceId ?? invented);
    return false;
  }

  /** @param grace the grace period, if the same deployment changes it */
  public async update(
    logicalId: string, properties: Wanted, rollBack: RollBack, delivery: Delivery = {}, grace = this.grace,
  ): Promise<void> {
    const graceBefore = this.grace;
    await this.changeGracePeriod(grace);
    const isComplete = await this.updateKey(logicalId, properties, rollBack, delivery, () => {
      this.grace = graceBefore; // the function's configuration comes before the clean-up
    });
    if (isComplete) {
      if (graceBefore.minutes && !grace.minutes) await this.deleteGuard(graceBefore);
    } else if (grace.minutes && !graceBefore.minutes) {
      await this.deleteGuard(grace);
    } else if (grace.minutes && graceBefore.minutes !== grace.minutes) {
      await this.sendGuard('Update', graceBefore);
    }
  }

  /** @returns false if it was rolled back */
  private async updateKey(
    logicalId: string, properties: Wanted, rollBack: RollBack, delivery: Delivery, onRollBack: () => void,
  ): Promise<boolean> {
    const before = { ...this.resources.get(logicalId)! };
    let rolledBack: Promise<ReceivedResponse | undefined> | undefined;
    const cancel = () => {
      onRollBack();
      rolledBack = this.sendUpdate(logicalId, before.physicalId, before.properties, properties);
    };
    const { physicalId } = before;
    const response = await this.sendUpdate(logicalId, physicalId, properties, before.properties, delivery, cancel);
    if (rolledBack) {
      await this.settle(logicalId, before.properties, before.physicalId, await rolledBack);
      return false;
    }
    if (response?.Status === 'SUCCESS' && rollBack === 'none') {
      await this.settle(logicalId, properties, before.physicalId, response);
      return true;
    }
    onRollBack();
    if (response?.Status !== 'SUCCESS') {
      const swapped = await this.sendUpdate(logicalId, before.physicalId, before.properties, properties);
      await this.settle(logicalId, before.properties, before.physicalId, swapped);
    } else if (response.PhysicalResourceId === before.physicalId) {
      const swapped = await this.sendUpdate(logicalId, before.physicalId, before.properties, properties);
      await this.settle(logicalId, before.properties, before.physicalId, swapped);
    } else {
      if (rollBack === 'swapped update first' && !before.removedByHand) {
        const swapped = await this.sendUpdate(logicalId, response.PhysicalResourceId, before.properties, properties);
        expectThat(swapped?.PhysicalResourceId === before.physicalId, 'the first id comes back');
        expectThat(swapped?.Data?.APIKey === before.apiKey, 'the first key comes back');
      }
      await this.deleteId(logicalId, properties, response.PhysicalResourceId);
    }
    return false;
  }

  public async delete(logicalId: string, delivery: Delivery = {}): Promise<void> {
    const held = this.resources.get(logicalId)!;
    this.resources.delete(logicalId);
    await this.deleteHeld(logicalId, held, delivery);
  }

  /** A deployment of the provider's stack that changes its setting. */
  public async setGracePeriod(grace: GracePeriod): Promise<void> {
    const before = this.grace;
    await this.changeGracePeriod(grace);
    if (before.minutes && !grace.minutes) await this.deleteGuard(before);
  }

  /** Schedules run as time passes. */
  public async pass(minutes: number): Promise<void> {
    const end = this.clock.now() + minutes * MINUTE;
    while (this.clock.now() < end) {
      await this.clock.run(() => this.clock.sleep(Math.min(30 * MINUTE, end - this.clock.now())));
      for (const event of this.scheduler.takeDue() as ResourceEvent[]) {
        await this.invoke(this.instances[0], event, false);
      }
      this.checkHeld();
    }
  }

  public removeByHand(logicalId: string): void {
    const held = this.resources.get(logicalId)!;
    this.waf.removeKey(held.apiKey);
    held.removedByHand = true;
  }

  /** While the function may still run: no key is lost that a resource holds. */
  public checkHeld(): void {
    const live = new Set(this.waf.keys().map(({ apiKey }) => apiKey));
    for (const [logicalId, { apiKey, removedByHand }] of this.resources) {
      expectThat(removedByHand || live.has(apiKey), `the key of ${logicalId} is live`);
    }
  }

  /** The ids of keys that are deleted later. */
  private get pending(): string[] {
    return this.scheduler.pending(GROUP).map(({ Target }) => JSON.parse(Target.Input!).PhysicalResourceId);
  }

  /** When the function has nothing left to do: nothing leaked, nothing lost, nothing of others touched. */
  public async check(foreignKeys: readonly string[]): Promise<void> {
    await Promise.all(this.running.splice(0));
    const live = new Map(this.waf.keys().map((key) => [key.apiKey, key]));
    for (const key of foreignKeys) expectThat(live.delete(key), 'keys of others are not touched');
    for (const [logicalId, { properties, apiKey, removedByHand }] of this.resources) {
      const key = live.get(apiKey);
      live.delete(apiKey);
      if (removedByHand) continue;
      expectThat(key !== undefined, `the key of ${logicalId} is live and its own`);
      const region = properties.Scope === 'CLOUDFRONT' ? 'us-east-1' : properties.Region ?? HOME_REGION;
      expectThat(key!.scope === properties.Scope && key!.region === region, `the key of ${logicalId} is in its place`);
      expectThat(
        String(normalizeTokenDomains(key!.tokenDomains)) === String(normalizeTokenDomains(properties.TokenDomains)),
        `${logicalId} has its domains`,
      );
    }
    for (const [apiKey, until] of this.promised) {
      expectThat(live.has(apiKey) || this.clock.now() >= until, 'a key exists until its grace period ends');
    }
    for (const id of [...this.kept, ...this.pending]) {
      live.delete([...live.keys()].find((apiKey) => id.endsWith(apiKey)) ?? '');
    }
    // A create whose response was lost on the way may have left a key; nothing else may.
    const unknown = this.waf.calls.filter(
      (call) => call.operation === 'CreateAPIKey' && call.outcome === 'reset-after',
    ).length;
    expectThat(
      live.size <= unknown, `${live.size} keys are orphaned, ${unknown} creates have an unknown result`,
    );
  }

  private async changeGracePeriod({ minutes }: GracePeriod): Promise<void> {
    const { minutes: before } = this.grace;
    if (minutes === before) return;
    if (minutes && !before) this.createPermissions();
    this.grace = { minutes };
    if (minutes) await this.sendGuard(before ? 'Update' : 'Create', this.grace);
  }

  private createPermissions(): void {
    this.scheduler.clearFaults();
    this.scheduler.addGroup(GROUP);
    // They take effect late.
    this.scheduler.fail({ kind: 'AccessDeniedException', times: 1 });
    this.scheduler.fail({ kind: 'unknown role', operation: 'CreateSchedule', times: 2 });
  }

  private deletePermissions(): void {
    this.scheduler.clearFaults();
    this.scheduler.removeGroup(GROUP);
    this.scheduler.fail({ kind: 'AccessDeniedException' });
  }

  private async deleteGuard(grace: GracePeriod): Promise<void> {
    this.promised.clear();
    await this.sendGuard('Delete', grace);
    expectThat(this.scheduler.pending(GROUP).length === 0, 'nothing is pending');
    this.deletePermissions();
  }

  private async sendGuard(RequestType: ResourceEvent['RequestType'], { minutes }: GracePeriod): Promise<void> {
    const response = await this.send({
      RequestType,
      ResourceType: GRACE_PERIOD_RESOURCE_TYPE,
      LogicalResourceId: 'Guard',
      PhysicalResourceId: RequestType === 'Create' ? undefined : 'grace-period',
      ResourceProperties: { ...setting(minutes!) },
    });
    expectThat(response?.Status === 'SUCCESS', `${RequestType} of the guard succeeds: ${response?.Reason}`);
  }

  /** The key of a resource that is removed or replaced has its grace period. */
  private async deleteHeld(
    logicalId: string, { physicalId, properties, apiKey, removedByHand }: Held, delivery: Delivery = {},
  ): Promise<void> {
    const { minutes } = this.grace;
    // While the function still asks what a resource holds, it may see that the key is deleted.
    if (minutes && !removedByHand && !this.goesOn) this.promised.set(apiKey, this.clock.now() + minutes * MINUTE);
    await this.deleteId(logicalId, properties, physicalId, delivery);
  }

  private hold(logicalId: string, properties: Wanted, response: ReceivedResponse): void {
    expectThat(!this.promised.has(response.Data!.APIKey), 'a pending key is not given to a resource');
    const before = this.resources.get(logicalId);
    const removedByHand = before?.apiKey === response.Data!.APIKey && before.removedByHand;
    this.resources.set(
      logicalId, { physicalId: response.PhysicalResourceId, properties, apiKey: response.Data!.APIKey, removedByHand },
    );
  }

  /** The clean-up after an update: what has another id now is deleted under the one before. */
  private async settle(
    logicalId: string, properties: Wanted, idBefore: string, response: ReceivedResponse | undefined,
  ): Promise<void> {
    expectThat(response?.Status === 'SUCCESS', `an update that can succeed does: ${response?.Reason}`);
    const before = this.resources.get(logicalId)!;
    this.wantedBefore.set(logicalId, before.properties);
    this.hold(logicalId, properties, response!);
    if (response!.PhysicalResourceId !== idBefore) await this.deleteHeld(logicalId, before);
  }

  private sendUpdate(
    logicalId: string,
    physicalId: string,
    properties: Wanted,
    before: Wanted,
    delivery: Delivery = {},
    onCancelled?: () => void,
  ) {
    return this.send({
      RequestType: 'Update',
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceProperties: { ...properties },
      OldResourceProperties: { ...before },
    }, delivery, onCancelled);
  }

  /** A Delete whose response is lost is sent again, as people do with a stack in DELETE_FAILED. */
  private async deleteId(
    logicalId: string, properties: Wanted, physicalId: string, delivery: Delivery = {},
  ): Promise<void> {
    const event = {
      RequestType: 'Delete' as const,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceProperties: { ...properties },
    };
    const response = await this.send(event, delivery) ?? await this.send(event);
    expectThat(response?.Status === 'SUCCESS', `a delete succeeds: ${response?.Reason}`);
  }

  private async send(
    event: Omit<ResourceEvent, 'ResponseURL' | 'RequestId' | 'StackId'> & { OldResourceProperties?: object },
    { twice, toTwoInstances, bucket = [], cancelAfter, delay = 0 }: Delivery = {},
    onCancelled?: () => void,
  ): Promise<ReceivedResponse | undefined> {
    const complete = this.bucket.expect({ ...event, RequestId: `request-${++requests}`, StackId: STACK_ID });
    this.bucket.fail(...bucket);
    this.bucket.firstCounts = true;
    const isLost = bucket.length > 0;
    // CloudFormation does not wait forever for a response that is lost.
    const giveUpAfter = cancelAfter ?? (isLost ? SERVICE_TIMEOUT : undefined);
    const cancellation = giveUpAfter !== undefined && event.RequestType !== 'Delete'
      ? this.clock.run(() => this.clock.sleep(giveUpAfter)).then(
        () => this.cancel(complete, cancelAfter === undefined ? undefined : onCancelled),
      )
      : undefined;
    await this.clock.run(() => this.clock.sleep(delay));
    const invocations = this.invokeAll(complete, twice ? 2 : 1, toTwoInstances ? 2 : 1);
    if (this.goesOn && !isLost) {
      this.running.push(invocations);
      await this.untilEnded(complete);
    } else {
      await invocations;
      await cancellation;
    }
    this.bucket.clearFaults();
    const response = this.bucket.responseTo(complete.RequestId);
    const isIgnored = this.ignored.has(complete.RequestId);
    expectThat(isLost || isIgnored || response !== undefined, `${event.RequestType} has a response`);
    return isIgnored ? undefined : response;
  }

  private async invokeAll(event: ResourceEvent, times: number, instances: number): Promise<void> {
    for (let delivered = 0; delivered < times; delivered++) {
      const chosen = this.instances.slice(0, instances);
      await Promise.all(chosen.map((instance) => this.invoke(instance, event, this.mayKeep || times * instances > 1)));
    }
  }

  private async untilEnded({ RequestId }: ResourceEvent): Promise<void> {
    const end = this.clock.now() + REMAINING;
    while (!this.bucket.responseTo(RequestId) && !this.ignored.has(RequestId) && this.clock.now() < end) {
      await this.clock.run(() => this.clock.sleep(50));
    }
  }

  private async invoke(instance: Handle, event: ResourceEvent, mayBeKept: boolean): Promise<void> {
    const end = this.clock.now() + REMAINING;
    const { minutes } = this.grace;
    // Of an instance that runs, it does not change.
    const environment = environmentOf(minutes ? setting(minutes) : WITHOUT, this.scheduler.url);
    const context = {
      awsRequestId: 'invocation',
      invokedFunctionArn: FUNCTION_ARN,
      getRemainingTimeInMillis: () => end - this.clock.now(),
    };
    await this.clock.run(
      () => instance(event, context, {
        clock: this.clock,
        functionRegion: HOME_REGION,
        environment,
        writeLog: (line) => {
          const { outcome, physicalId } = JSON.parse(line);
          if (outcome === 'kept' && mayBeKept) this.kept.push(physicalId);
        },
      }),
    );
    expectThat(this.clock.now() <= end, 'the function ends in time');
  }

  private cancel(event: ResourceEvent, onCancelled?: () => void): void {
    if (!this.cloudFormation.awaits(event)) return;
    this.cloudFormation.cancel(event);
    this.ignored.add(event.RequestId);
    this.bucket.clearFaults();
    onCancelled?.();
  }
}

export function expectThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
}
