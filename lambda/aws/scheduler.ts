import {
  CreateScheduleCommand, CreateScheduleInput, DeleteScheduleCommand, GetScheduleCommand, ListSchedulesCommand,
  SchedulerClient, Target,
} from '@aws-sdk/client-scheduler';
import { isDenied, isUnrecognized, messageOf } from './errors';
import { UserFacingError } from '../errors';
import type { Clock } from '../runtime/clock';
import { callTimeout } from '../runtime/deadlines';
import type { Logger } from '../runtime/log';

const NOT_FOUND = 'ResourceNotFoundException';

/** For one operation with all its attempts. */
const OPERATION_TIMEOUT_MS = 30_000;

/** A new policy takes some seconds to take effect. The client does not retry what is denied. */
const DENIED_INTERVAL_MS = 5_000;

/** With less time than this no attempt starts: its timeout would hide that the call is denied. */
const MIN_ATTEMPT_MS = 1_000;

let client: SchedulerClient | undefined;

/** Every operation here may be repeated, so the client's own retries do: six attempts outlast some ten seconds. */
function getClient(): SchedulerClient {
  return client ??= new SchedulerClient({ maxAttempts: 6, requestHandler: { connectionTimeout: 3_000 } });
}

type Options = { readonly abortSignal: AbortSignal };

/** The operations of EventBridge Scheduler on the schedules of one group. */
export class Scheduler {
  constructor(
    private readonly group: string,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly deadline: number,
  ) {}

  /** @returns false if the group has a schedule of this name */
  public async create(schedule: Omit<CreateScheduleInput, 'GroupName'>): Promise<boolean> {
    const command = new CreateScheduleCommand({ ...schedule, GroupName: this.group });
    const send = (options: Options) => getClient().send(command, options);
    return await this.call('CreateSchedule', 'ConflictException', send) !== undefined;
  }

  /** @returns undefined if the group or the schedule does not exist */
  public async target(name: string): Promise<Target | undefined> {
    const command = new GetScheduleCommand({ GroupName: this.group, Name: name });
    const schedule = await this.call('GetSchedule', NOT_FOUND, (options) => getClient().send(command, options));
    return schedule?.Target;
  }

  /** Succeeds if there is no such schedule. */
  public async delete(name: string): Promise<void> {
    const command = new DeleteScheduleCommand({ GroupName: this.group, Name: name });
    await this.call('DeleteSchedule', NOT_FOUND, (options) => getClient().send(command, options));
  }

  /** The names of all schedules of the group; none if the group does not exist. */
  public async names(): Promise<string[]> {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const command = new ListSchedulesCommand({ GroupName: this.group, MaxResults: 100, NextToken });
      const page = await this.call('ListSchedules', NOT_FOUND, (options) => getClient().send(command, options));
      names.push(...(page?.Schedules ?? []).map(({ Name }) => Name!));
      NextToken = page?.NextToken;
    } while (NextToken);
    return names;
  }

  /** @returns undefined for the one error that is an expected response */
  private async call<T>(
    operation: string, expected: string, send: (options: Options) => Promise<T>,
  ): Promise<T | undefined> {
    const started = this.clock.now();
    const end = started + callTimeout(OPERATION_TIMEOUT_MS, started, this.deadline);
    const left = () => end - this.clock.now();
    const note = (outcome: string, error?: string) =>
      this.log({ operation, duration: this.clock.now() - started, outcome, error });
    for (;;) {
      try {
        const result = await send({ abortSignal: this.clock.timeout(left()) });
        note('ok');
        return result;
      } catch (caught) {
        const error = caught as Error;
        note(error.name === expected ? expected : 'failed', messageOf(error));
        if (error.name === expected) return undefined;
        if (!(isDenied(error) || isUnrecognized(error)) || left() < DENIED_INTERVAL_MS + MIN_ATTEMPT_MS) {
          throw new UserFacingError(`scheduler:${operation} failed: ${messageOf(error)}`);
        }
      }
      await this.clock.sleep(DENIED_INTERVAL_MS);
    }
  }
}
