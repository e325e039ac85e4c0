import type { Clock } from './clock';
import { UserFacingError } from './errors';
import type { Logger } from './log';
import { keyDigest } from './physical-id';
import { Scheduler } from './scheduler';

/** What a schedule sends to the function. It has no ResponseURL, for nobody waits for a response. */
export interface ScheduledDeletion {
  readonly RequestType: typeof SCHEDULED_DELETION;
  readonly PhysicalResourceId: string;
}

export const SCHEDULED_DELETION = 'ScheduledDelete';

const MINUTE = 60_000;

/** What is left of the time for the last key of a sweep: two calls that may each be retried. */
const TIME_FOR_ONE_KEY = 15_000;

/** Before the list is read again, to see that nothing is left. */
const LIST_INTERVAL_MS = 500;

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

      const first = new Date(Math.ceil((this.clock.now() + minutes * MINUTE) / MINUTE) * MINUTE);
      const event: ScheduledDeletion = { RequestType: SCHEDULED_DELETION, PhysicalResourceId: physicalId };
      const isNew = await this.scheduler.create({
        Name: keyDigest(physicalId),
        // Each hour until the key is deleted, and then the schedule: no failed call or lost event leaves a key behind.
        ScheduleExpression: `cron(${first.getUTCMinutes()} * * * ? *)`,
        StartDate: new Date(first.getTime() - MINUTE / 2),
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { ...template, Input: JSON.stringify(event) },
      });
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
    for (let names = await this.scheduler.names(); names.length > 0; names = await this.scheduler.names()) {
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
      await this.clock.sleep(LIST_INTERVAL_MS);
    }
  }

  private async completeNow(name: string, deleteKey: (physicalId: string) => Promise<void>): Promise<void> {
    const target = await this.scheduler.target(name);
    const physicalId = target?.Input && (JSON.parse(target.Input) as ScheduledDeletion).PhysicalResourceId;
    try {
      if (physicalId) await deleteKey(physicalId);
    } catch (error) {
      this.log({ outcome: 'pending', physicalId, error: (error as Error).message });
      throw error;
    }
    await this.scheduler.delete(name);
  }
}
