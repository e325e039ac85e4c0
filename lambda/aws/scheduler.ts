import {
  CreateScheduleCommand, CreateScheduleInput, DeleteScheduleCommand, GetScheduleCommand, ListSchedulesCommand,
  SchedulerClient, Target,
} from '@aws-sdk/client-scheduler';
import { RetryContext, RetryLimits, withRetries } from './retry';
import { callTimeout } from '../runtime/deadlines';

/** For one operation with all its attempts. */
export const SCHEDULER_OPERATION_MS = 30_000;

const NOT_FOUND = 'ResourceNotFoundException';

const SERVICE = { name: 'EventBridge Scheduler', prefix: 'scheduler' };

let client: SchedulerClient | undefined;

/** Retries are ours, as for AWS WAF: a new role or policy takes some seconds to take effect. */
function getClient(): SchedulerClient {
  return client ??= new SchedulerClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 3_000 } });
}

/** The operations of EventBridge Scheduler on the schedules of one group. */
export class Scheduler {
  constructor(private readonly group: string, private readonly context: RetryContext) {}

  /** @returns false if the group has a schedule of this name */
  public async create(schedule: Omit<CreateScheduleInput, 'GroupName'>): Promise<boolean> {
    const command = new CreateScheduleCommand({ ...schedule, GroupName: this.group });
    const created = await this.call('CreateSchedule', 'ConflictException',
      (abortSignal) => getClient().send(command, { abortSignal }));
    return created !== undefined;
  }

  /** @returns undefined if the group or the schedule does not exist */
  public async target(name: string, limits?: RetryLimits): Promise<Target | undefined> {
    const command = new GetScheduleCommand({ GroupName: this.group, Name: name });
    const schedule = await this.call('GetSchedule', NOT_FOUND,
      (abortSignal) => getClient().send(command, { abortSignal }), limits);
    return schedule && (schedule.Target ?? { Arn: undefined, RoleArn: undefined });
  }

  /** Succeeds if there is no such schedule. */
  public async delete(name: string): Promise<void> {
    const command = new DeleteScheduleCommand({ GroupName: this.group, Name: name });
    await this.call('DeleteSchedule', NOT_FOUND,
      (abortSignal) => getClient().send(command, { abortSignal }));
  }

  /** The names of all schedules of the group; none if the group does not exist. */
  public async names(): Promise<string[]> {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const command = new ListSchedulesCommand({ GroupName: this.group, MaxResults: 100, NextToken });
      const page = await this.call('ListSchedules', NOT_FOUND,
        (abortSignal) => getClient().send(command, { abortSignal }));
      names.push(...(page?.Schedules ?? []).map(({ Name }) => Name!));
      NextToken = page?.NextToken;
    } while (NextToken);
    return names;
  }

  /** @returns undefined for the one error that is an expected response */
  private async call<T>(
    operation: string, expected: string, send: (signal: AbortSignal) => Promise<T>, limits?: RetryLimits,
  ): Promise<T | undefined> {
    const now = this.context.clock.now();
    const deadline = now + callTimeout(SCHEDULER_OPERATION_MS, now, this.context.deadline);
    const context = { ...this.context, service: SERVICE, deadline, limits };
    return withRetries(operation, context, (signal) => send(signal).catch((error) => {
      if ((error as Error).name === expected) return undefined;
      throw error;
    }));
  }
}
