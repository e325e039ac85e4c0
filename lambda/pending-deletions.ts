import type { RetryContext } from './aws/retry';
import { CallError } from './aws/retry';
import { Scheduler, SCHEDULER_OPERATION_MS } from './aws/scheduler';
import { UserFacingError } from './errors';
import { keyDigest } from './key/physical-id';
import { poll } from './runtime/poll';
import type { GracePeriodProperties } from '../src/contract/grace-period';

/** What a schedule sends to the function. It has no ResponseURL, for nobody waits for a response. */
export interface ScheduledDeletion {
  readonly RequestType: typeof SCHEDULED_DELETION;
  readonly PhysicalResourceId: string;
}

export const SCHEDULED_DELETION = 'ScheduledDelete';

/** Deletes the key of an id. */
export type DeleteKey = (physicalId: string) => Promise<void>;

const MINUTE = 60_000;

/** What is left of the time for the last key of a sweep: two calls that may each be retried. */
const TIME_FOR_ONE_KEY_MS = 15_000;

const POLL_MS = 1_000;

/** How long it may take until what was created is found, and is in the list. AWS does not document it. */
const SCHEDULE_LAG_MS = 10_000;

/** How long a sweep reads on: a Delete that began before it may create its schedule until then. */
const SWEEP_MS = SCHEDULER_OPERATION_MS + SCHEDULE_LAG_MS;

/** Without a grace period, EventBridge Scheduler may be out of reach for good: a few seconds are enough to tell. */
const WITHOUT_SETTING = { denied: 0, unavailable: 3_000 };

const AFTER_FAILURE = 'Delete the stack again. After an update, delete the keys that the log names.';

export interface PendingDeletionsOptions extends RetryContext {
  /** The setting of the function. */
  readonly setting: GracePeriodProperties;
  /** What the schedules invoke. */
  readonly functionArn: string;
}

/** The keys that wait for the end of their grace period: each has a schedule of the name that its id gives it. */
export class PendingDeletions {
  private readonly scheduler: Scheduler;

  /** @param group the name of the schedule group, if not that of the setting */
  constructor(private readonly options: PendingDeletionsOptions, group = options.setting.ScheduleGroupName) {
    this.scheduler = new Scheduler(group, options);
  }

  /**
   * Proves that the function has the setting, and can do all that it will need.
   *
   * @param name of a schedule that never runs
   * @throws UserFacingError with a remedy
   */
  public async prove(setting: GracePeriodProperties, name: string): Promise<void> {
    const names = Object.keys(this.options.setting) as (keyof GracePeriodProperties)[];
    // Of this instance. It keeps its environment for as long as it runs, so there is nothing to wait for.
    const different = names.filter((key) => this.options.setting[key] !== setting[key]);
    if (different.length > 0) {
      throw new UserFacingError('The function does not have the grace period in its environment: '
        + `${different.join(', ')} differ. Deploy again, and do not overwrite the environment of the function.`);
    }
    try {
      await this.create(name, 'DISABLED', { RequestType: SCHEDULED_DELETION });
      if (!await this.isFound(name)) throw new UserFacingError('a new schedule is not found');
      await this.scheduler.names();
      await this.scheduler.delete(name);
    } catch (error) {
      throw new UserFacingError(`The grace period needs EventBridge Scheduler: ${withoutDot(error)}. Allow the `
        + "provider's role to use it, give a function in a VPC a route to it, or leave gracePeriod out.");
    }
  }

  /**
   * Has a key deleted later.
   *
   * @returns false without a grace period: the key has to be deleted now
   * @throws UserFacingError if it cannot be scheduled: pages may use the key for as long, so it is kept
   */
  public async add(physicalId: string): Promise<boolean> {
    if (!this.options.setting.GracePeriodMinutes) return false;
    const name = keyDigest(physicalId);
    const event: ScheduledDeletion = { RequestType: SCHEDULED_DELETION, PhysicalResourceId: physicalId };
    try {
      const first = await this.create(name, 'ENABLED', event);
      // EventBridge Scheduler also reports a conflict with the state of the group.
      if (!first && !await this.isFound(name)) throw new UserFacingError('CreateSchedule reports a conflict');
      const detail = first ? `the key is deleted at ${first.toISOString()}` : 'the key was scheduled before';
      this.options.log({ outcome: 'scheduled', detail });
      return true;
    } catch (error) {
      throw new UserFacingError('The API key is kept, because its deletion could not be scheduled: '
        + `${withoutDot(error)}. ${AFTER_FAILURE}`);
    }
  }

  /**
   * Whether a key is to be deleted. What cannot be found out counts as that.
   *
   * Without a grace period, only an answer counts: the function may have had none before, or none any more.
   */
  public async has(physicalId: string): Promise<boolean> {
    const { ScheduleGroupName, GracePeriodMinutes } = this.options.setting;
    if (!ScheduleGroupName) return false; // not a function of this package's provider
    const limits = GracePeriodMinutes ? undefined : WITHOUT_SETTING;
    try {
      return await this.scheduler.target(keyDigest(physicalId), limits) !== undefined;
    } catch (error) {
      if (limits && error instanceof CallError && error.wasRefused) return false;
      this.options.log({ outcome: 'kept', physicalId, detail: 'whether it is pending is unknown' }, 'WARN');
      return true;
    }
  }

  /** Deletes the key now, and then its schedule: if anything fails, the schedule runs again. */
  public async complete(physicalId: string, deleteKey: DeleteKey): Promise<void> {
    await deleteKey(physicalId);
    await this.scheduler.delete(keyDigest(physicalId));
  }

  /**
   * Deletes all keys that are pending, and those that become so meanwhile.
   *
   * @param wasUsed false if the group may never have been usable: then it is no failure that it is not
   * @throws UserFacingError if keys are left, each of which is logged
   */
  public async sweep(deleteKey: DeleteKey, wasUsed: boolean): Promise<void> {
    const { clock, log, deadline } = this.options;
    const until = clock.now() + SWEEP_MS;
    const handled = new Set<string>();
    /** The ids of keys that are left, as far as they are known, by the names of their schedules. */
    const left = new Map<string, string | undefined>();
    let problem: Error | undefined;
    try {
      for (let started = clock.now(), isEmpty = false; !isEmpty || started < until; started = clock.now()) {
        const names = (await this.scheduler.names()).filter((name) => !handled.has(name));
        isEmpty = names.length === 0;
        // All of them first, so that the log has them if anything fails or the time is up.
        for (const name of names) left.set(name, undefined);
        for (const name of names) left.set(name, await this.idOf(name));
        for (const name of names) {
          if (clock.now() + TIME_FOR_ONE_KEY_MS > deadline) throw new UserFacingError('the function ran out of time');
          const physicalId = left.get(name);
          // What is not found is deleted already, or not found yet: the next list tells.
          if (physicalId !== undefined) handled.add(name);
          try {
            if (physicalId) await deleteKey(physicalId);
            left.delete(name);
            if (physicalId) await this.scheduler.delete(name);
          } catch (error) {
            problem ??= error as Error;
          }
        }
        await clock.sleep(POLL_MS);
      }
    } catch (error) {
      problem ??= error as Error; // after another problem, that there is no time left is not the cause
    }
    for (const [schedule, physicalId] of left) {
      log({ outcome: 'orphaned', physicalId, schedule, error: problem?.message }, 'ERROR');
    }
    const isKeyLeft = [...left.values()].some(Boolean);
    const isFailure = wasUsed || isKeyLeft || !(problem instanceof CallError && problem.wasRefused);
    if (problem && isFailure) {
      throw new UserFacingError(`${left.size || 'The'} API keys in their grace period could not be deleted: `
        + `${withoutDot(problem)}. ${AFTER_FAILURE}`);
    }
  }

  /** @returns when the schedule runs first, undefined if there is one of this name */
  private async create(
    name: string, State: 'ENABLED' | 'DISABLED', event: Partial<ScheduledDeletion>,
  ): Promise<Date | undefined> {
    const { clock, functionArn, setting: { GracePeriodMinutes: minutes, SchedulerRoleArn: RoleArn } } = this.options;
    const first = new Date(Math.ceil((clock.now() + Number(minutes) * MINUTE) / MINUTE) * MINUTE);
    const isNew = await this.scheduler.create({
      Name: name,
      State,
      // Each hour until the key is deleted, and then the schedule: no failed call or lost event leaves a key behind.
      ScheduleExpression: `cron(${first.getUTCMinutes()} * * * ? *)`,
      StartDate: new Date(first.getTime() - MINUTE / 2), // after the last attempt to create it
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: functionArn, RoleArn, Input: JSON.stringify(event) },
    });
    return isNew ? first : undefined;
  }

  /** Whether there is a schedule, which may be found some seconds after its creation. */
  private async isFound(name: string): Promise<boolean> {
    const target = await poll(this.options.clock, { every: POLL_MS, atMost: SCHEDULE_LAG_MS },
      () => this.scheduler.target(name));
    return target !== undefined;
  }

  /** The id of the key that a schedule deletes: undefined if the schedule is not found, empty if it deletes no key. */
  private async idOf(name: string): Promise<string | undefined> {
    const target = await this.scheduler.target(name);
    if (!target) return undefined;
    try {
      const { PhysicalResourceId: id } = JSON.parse(target.Input!) as ScheduledDeletion;
      if (keyDigest(id) === name) return id;
    } catch {
      // as below
    }
    this.options.log({ outcome: 'ignored', schedule: name, detail: 'the schedule deletes no key' });
    return '';
  }
}

function withoutDot(error: unknown): string {
  return (error as Error).message.replace(/\.$/, '');
}
