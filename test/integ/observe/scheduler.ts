import {
  CreateScheduleCommand, DeleteScheduleCommand, GetScheduleCommand, ListSchedulesCommand, ResourceNotFoundException,
  SchedulerClient, ValidationException,
} from '@aws-sdk/client-scheduler';
import type { Observations } from './assumptions';
import { BaseOutputs, PREFIX } from './stacks';
import { describeError, seconds, timeUntil } from './timing';

const SCHEDULES = 3;

/** Creates schedules for tomorrow, and deletes them. What is left of them is deleted with their group. */
export async function observeScheduler(
  region: string, { Role, QueueArn }: BaseOutputs, observations: Observations, signal: AbortSignal,
): Promise<void> {
  const client = new SchedulerClient({ region });
  const group = { GroupName: PREFIX };
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString().slice(0, 19);
  const found: string[] = [];
  const gone: string[] = [];
  for (let index = 0; index < SCHEDULES; index++) {
    const Name = `observed-${index}`;
    const isFound = () => client.send(new GetScheduleCommand({ Name, ...group })).then(() => true, (error) => {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    });
    const isListed = async () => {
      const { Schedules } = await client.send(new ListSchedulesCommand(group));
      return Schedules!.some((schedule) => schedule.Name === Name);
    };
    const times = (wanted: boolean) => Promise.all([isFound, isListed].map((ask) =>
      timeUntil(async () => await ask() === wanted, signal)));
    await Promise.all([isFound(), isListed()]); // in case that an answer is kept
    const refused: unknown[] = [];
    const accepted = await timeUntil(async () => {
      try {
        await client.send(new CreateScheduleCommand({
          Name,
          ...group,
          ScheduleExpression: `at(${tomorrow})`,
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: { Arn: QueueArn, RoleArn: Role, Input: '{}' },
        }));
        return true;
      } catch (error) {
        if (!(error instanceof ValidationException)) throw error;
        refused.push(error);
        return false;
      }
    }, signal);
    if (!index) {
      const [refusal] = refused.map(describeError);
      observations.note('new role', refusal ? `for ${seconds(accepted)}: ${refusal}` : 'it does not');
    }
    found.push((await times(true)).map(seconds).join(' and '));
    await client.send(new DeleteScheduleCommand({ Name, ...group }));
    gone.push((await times(false)).map(seconds).join(' and '));
  }
  observations.note('new schedule found', `found and listed after ${found.join(', ')}`);
  observations.note('deleted schedule found', `found and listed for ${gone.join(', ')}`);
}
