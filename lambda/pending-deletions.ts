import { Scheduler } from './aws/scheduler';
import { UserFacingError } from './errors';
import { keyDigest } from './key/physical-id';
import type { Clock } from './runtime/clock';
import type { Logger } from './runtime/log';

/** What a schedule sends to the function. It has no ResponseURL, for nobody waits for a response. */
export interface ScheduledDeletion {
  readonly RequestType: typeof SCHEDULED_DELETION;
  readonly PhysicalResourceId: string;
}

export const SCHEDULED_DELETION = 'ScheduledDelete';

const MINUTE = 60_000;

/** What is left of the time for the last key of a sweep: two calls that may each be retried. */
const TIME_FOR_ONE_KEY = 15_000;

/** Before EventBridge Scheduler is asked again. */
const POLL_MS = 1_000;

/** How long it may take until what was created is found, and is in the list. AWS does not document it. */
const LAG_MS = 10_000;

/** The keys that wait for the end of their grace period: each has a schedule of the name that its id gives it. */
export class PendingDeletions {
  private readonly scheduler: Scheduler;

  /**
   * @param group the name of the schedule group
   * @param deadline when all calls have to end
   */
  constructor(
    private readonly group: string,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly deadline: number,
  ) {
    this.scheduler = new Scheduler(group, clock, log, deadline);
  }

  /**
   * Checks that keys can be scheduled at all.
   *
   * @throws UserFacingError with a remedy if they cannot
   */
  public async check(): Promise<void> {
    try {
      if (!await this.isFound(this.group)) throw new UserFacingError(`there is no schedule '${this.group}'`);
      await this.scheduler.names();
    } catch (error) {
      const problem = (error as Error).message.replace(/\.$/, '');
      throw new UserFacingError(`The grace period needs EventBridge Scheduler: ${problem}. Allow the provider's role `
        + 'to use it, give a function in a VPC a route to it, or leave gracePeriod out.');
    }
  }

  /**
   * Has the key deleted later.
   *
   * @returns false if that is not possible: the key has to be deleted at once
   */
  public async add(physicalId: string, minutes: number): Promise<boolean> {
    const unavailable = (error?: string) => {
      const detail = 'the key cannot be scheduled for deletion and is deleted at once';
      this.log({ outcome: 'no grace period', detail, error });
      return false;
    };
    try {
      const template = await this.scheduler.target(this.group);
      if (!template) return unavailable(`no schedule '${this.group}' in the schedule group of that name`);

      const name = keyDigest(physicalId);
      const first = new Date(Math.ceil((this.clock.now() + minutes * MINUTE) / MINUTE) * MINUTE);
      const event: ScheduledDeletion = { RequestType: SCHEDULED_DELETION, PhysicalResourceId: physicalId };
      const isNew = await this.scheduler.create({
        Name: name,
        // Each hour until the key is deleted, and then the schedule: no failed call or lost event leaves a key behind.
        ScheduleExpression: `cron(${first.getUTCMinutes()} * * * ? *)`,
        StartDate: new Date(first.getTime() - MINUTE / 2),
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { ...template, Input: JSON.stringify(event) },
      });
      // EventBridge Scheduler also reports a conflict with the state of the group.
      if (!isNew && !await this.isFound(name)) return unavailable('CreateSchedule reports a conflict');
      const detail = isNew ? `the key is deleted at ${first.toISOString()}` : 'the key was scheduled before';
      this.log({ outcome: 'scheduled', detail });
      return true;
    } catch (error) {
      return unavailable((error as Error).message);
    }
  }

  /** Whether the key is to be deleted; true also if that cannot be found out. */
  public async has(physicalId: string): Promise<boolean> {
    try {
      return await this.scheduler.target(keyDigest(physicalId)) !== undefined;
    } catch {
      return true;
    }
  }

  /** Deletes the key now, and then its schedule: if anything fails, the schedule runs again. */
  public async complete(physicalId: string, deleteKey: (physicalId: string) => Promise<void>): Promise<void> {
    await deleteKey(physicalId);
    await this.scheduler.delete(keyDigest(physicalId));
  }

  /**
   * Deletes all keys that are pending.
   *
   * @throws UserFacingError if some are left
   */
  public async sweep(deleteKey: (physicalId: string) => Promise<void>): Promise<void> {
    // From here on, a Delete that is still under way finds no template and deletes its key at once.
    await this.scheduler.delete(this.group);
    let emptySince: number | undefined;
    while (emptySince === undefined || this.clock.now() - emptySince <= LAG_MS) {
      const names = await this.scheduler.names();
      emptySince = names.length > 0 ? undefined : emptySince ?? this.clock.now();
      let done = 0;
      let problem = 'the function ran out of time';
      for (const name of names) {
        if (this.clock.now() + TIME_FOR_ONE_KEY > this.deadline) break;
        try {
          await this.completeNow(name, deleteKey);
          done++;
        } catch (error) {
          problem = (error as Error).message.replace(/\.$/, '');
        }
      }
      if (done < names.length) {
        throw new UserFacingError(`${names.length - done} of ${names.length} API keys in their grace period `
          + `could not be deleted: ${problem}. Delete the stack again.`);
      }
      await this.clock.sleep(POLL_MS);
    }
  }

  /** Whether there is a schedule, which may be found some seconds after its creation. */
  private async isFound(name: string): Promise<boolean> {
    for (let waited = 0; !await this.scheduler.target(name); waited += POLL_MS) {
      if (waited >= LAG_MS) return false;
      await this.clock.sleep(POLL_MS);
    }
    return true;
  }

  private async completeNow(name: string, deleteKey: (physicalId: string) => Promise<void>): Promise<void> {
    const target = await this.scheduler.target(name);
    // Deleted already, or not found yet: then deleting it would lose its key, so the list is read again.
    if (!target) return;
    const physicalId = target.Input && (JSON.parse(target.Input) as ScheduledDeletion).PhysicalResourceId;
    try {
      if (physicalId) await deleteKey(physicalId);
    } catch (error) {
      this.log({ outcome: 'pending', physicalId, error: (error as Error).message });
      throw error;
    }
    await this.scheduler.delete(name);
  }
}
