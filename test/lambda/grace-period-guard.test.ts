import { NO_LAGS, SchedulerFault } from './support/scheduler-double';
import { environmentTest } from './support/test-environment';
import { GROUP, NOWHERE, SCHEDULER_ROLE, setting, withScheduler, WITHOUT } from './support/with-scheduler';

const HOUR = 60;

describe('the guard of a provider', () => {
  environmentTest('proves on Create and Update that keys can be scheduled', withScheduler(async (env) => {
    const { keys, scheduler } = env;

    for (const event of [env.guardEvent('Create'), env.guardEvent('Update')]) {
      scheduler.calls = [];
      expect(await keys.send(event)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'grace-period' });
      expect(scheduler.calls).toEqual(['CreateSchedule ok', 'GetSchedule ok', 'ListSchedules ok', 'DeleteSchedule ok']);
    }

    expect(keys.waf.calls).toEqual([]);
    expect(scheduler.all(GROUP)).toEqual([]);
  }));

  environmentTest('creates a schedule that never runs, with the role', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.fail({ kind: 'ValidationException', operation: 'DeleteSchedule' });

    expect(await keys.send(env.guardEvent('Create'))).toMatchObject({ Status: 'FAILED' });

    const Target = { RoleArn: SCHEDULER_ROLE, Input: '{"RequestType":"ScheduledDelete"}' }; // even then of no key
    expect(scheduler.all(GROUP)).toMatchObject([{ State: 'DISABLED', Target }]);
    expect(await env.pass(24 * HOUR)).toBe(0);
  }));

  environmentTest('is created although role, permissions and schedules take effect late', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.fail({ kind: 'AccessDeniedException', times: 2 });
    scheduler.fail({ kind: 'UnrecognizedClientException', times: 1 });
    scheduler.fail({ kind: 'unknown role', operation: 'CreateSchedule', times: 3 });
    scheduler.lags = { ...NO_LAGS, found: 9_000 };

    expect(await keys.send(env.guardEvent('Create'))).toMatchObject({ Status: 'SUCCESS' });
  }));

  environmentTest.each([
    ['without the setting', WITHOUT, 'GracePeriodMinutes, SchedulerRoleArn'],
    ['with the setting before', setting(30), 'GracePeriodMinutes'], // its new configuration reaches it late
    ['with another group', { ...setting(60), ScheduleGroupName: 'Other' }, 'ScheduleGroupName'],
  ])('fails %s of the function, and can be deleted', (_, properties, names) => withScheduler(async (env) => {
    const { keys } = env;

    const { Status, Reason, PhysicalResourceId } = await keys.send(env.guardEvent('Create'));

    expect([Status, Reason]).toEqual(['FAILED', 'The function does not have the grace period in its environment: '
      + `${names} differ. Deploy again, and do not overwrite the environment of the function.`]);
    expect(await env.deleteGuard(undefined, PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
  }, { properties })());

  const denied = ['CreateSchedule', 'GetSchedule', 'ListSchedules', 'DeleteSchedule'].map((operation) =>
    [`does not allow ${operation}`, { kind: 'AccessDeniedException', operation }, 'is not allowed to call scheduler:'
      + operation] as [string, SchedulerFault, string]);
  environmentTest.each<[string, SchedulerFault | 'nowhere', string]>([
    ...denied,
    ['never accepts the role', { kind: 'unknown role' }, 'must allow AWS EventBridge Scheduler to assume the role'],
    ['has no schedule group', { kind: 'ResourceNotFoundException' }, 'ResourceNotFoundException'],
    ['is unreachable', 'nowhere', 'EventBridge Scheduler could not be reached or failed on scheduler:CreateSchedule'],
  ])('fails on Create and Update if EventBridge Scheduler %s, and can be deleted', (_, fault, problem) =>
    withScheduler(async (env) => {
      const { keys, scheduler } = env;
      if (fault === 'nowhere') env.deploy(setting(60), NOWHERE);
      else scheduler.fail(fault);

      for (const type of ['Create', 'Update'] as const) {
        const { Status, Reason } = await keys.send(env.guardEvent(type), keys.fn, 40_000);
        expect(Status).toBe('FAILED');
        expect(Reason).toMatch(/^The grace period needs EventBridge Scheduler: /);
        expect(Reason).toContain(problem);
        expect(Reason).toMatch(/give a function in a VPC a route to it, or leave gracePeriod out\.$/);
      }
      for (const id of ['not-created', 'Shop-Guard-1ABCDEFGHIJKL']) {
        const remaining = fault === 'nowhere' ? 40_000 : undefined;
        expect(await env.deleteGuard(remaining, id)).toMatchObject({ Status: 'SUCCESS' });
      }
    })());

  environmentTest.each([
    'CreateSchedule', 'GetSchedule', 'ListSchedules', 'DeleteSchedule',
  ])('is created although a call of EventBridge Scheduler hangs: %s', (operation) => withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.fail({ kind: 'hang', operation, times: 1 });

    expect(await keys.send(env.guardEvent('Create'))).toMatchObject({ Status: 'SUCCESS' });

    expect(scheduler.calls.filter((call) => call.startsWith(operation))).toEqual(
      [`${operation} hang`, `${operation} ok`],
    );
    expect(scheduler.all(GROUP)).toEqual([]);
  }, { longestWaitMs: 500 })());

  environmentTest('fails if a new schedule is not found in time, and can be deleted', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.lags = { ...NO_LAGS, found: 30_000 };

    expect(await keys.send(env.guardEvent('Create'))).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^The grace period needs EventBridge Scheduler: a new schedule is not found\. A/),
    });
    expect(await env.deleteGuard(undefined, 'not-created')).toMatchObject({ Status: 'SUCCESS' });
  }));
});
