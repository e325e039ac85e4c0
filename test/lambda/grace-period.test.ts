import { NO_LAGS } from './support/scheduler-double';
import { CLOUDFRONT, environmentTest } from './support/test-environment';
import {
  GracePeriodEnvironment, GROUP, NOWHERE, SCHEDULER_ROLE, setting, withScheduler, WITHOUT,
} from './support/with-scheduler';
import type { ResourceEvent } from '../../lambda/events';
import { FUNCTION_ARN } from '../../local/function-process';

const HOUR = 60;
const KEY = CLOUDFRONT;

const schedules = ({ scheduler }: GracePeriodEnvironment) => scheduler.pending(GROUP);
const logged = ({ keys }: GracePeriodEnvironment, outcome: string) =>
  keys.fn.log.filter((line) => line.outcome === outcome);

describe('delete of a key with a grace period', () => {
  environmentTest('keeps the key until that ends, then deletes key and schedule', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId, Data } = await keys.create(KEY);

    expect(await keys.delete(PhysicalResourceId, KEY)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
    expect(env.pending).toEqual([PhysicalResourceId]);

    await env.pass(HOUR - 1);
    expect(keys.liveKeys).toEqual([Data!.APIKey]);

    await env.pass(2);
    expect(keys.liveKeys).toEqual([]);
    expect(schedules(env)).toEqual([]);
    expect(await env.pass(24 * HOUR)).toBe(0);
  }));

  environmentTest('schedules the first whole minute after its end, and each hour', withScheduler(async (env) => {
    const { PhysicalResourceId } = await env.keys.create(KEY);
    env.deploy(setting(1));
    const before = env.keys.now();
    await env.keys.delete(PhysicalResourceId, KEY);
    const after = env.keys.now();

    const [{ next, ScheduleExpression, StartDate, Target }] = schedules(env);
    expect(next % 60_000).toBe(0);
    expect(next).toBeGreaterThanOrEqual(before + 60_000);
    expect(next).toBeLessThan(after + 120_000);
    expect(StartDate * 1_000).toBe(next - 30_000); // not created too late for it, nor too late for the first run
    expect(ScheduleExpression).toBe(`cron(${new Date(next).getUTCMinutes()} * * * ? *)`);
    expect(Target).toMatchObject({ Arn: FUNCTION_ARN, RoleArn: SCHEDULER_ROLE });
    const detail = `the key is deleted at ${new Date(next).toISOString()}`;
    expect(logged(env, 'scheduled')).toMatchObject([{ level: 'INFO', detail }]);
  }));

  environmentTest('is immediate without one, and never calls EventBridge Scheduler', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const first = await keys.create(CLOUDFRONT);
    await keys.delete(first.PhysicalResourceId, CLOUDFRONT);

    expect(keys.liveKeys).toEqual([]);
    expect(scheduler.calls).toEqual([]);
  }, { properties: WITHOUT }));

  environmentTest('uses the setting at its time: shortened, lengthened, switched off', withScheduler(async (env) => {
    const { keys } = env;
    const created = [await keys.create(KEY), await keys.create(KEY), await keys.create(KEY)];
    for (const [index, properties] of [setting(5), setting(3 * HOUR), WITHOUT].entries()) {
      env.deploy(properties);
      await keys.delete(created[index].PhysicalResourceId, KEY);
    }

    const names = created.map(({ Data }) => Data!.APIKey);
    expect(keys.liveKeys).toEqual(names.slice(0, 2));
    await env.pass(6);
    expect(keys.liveKeys).toEqual([names[1]]);
    await env.pass(3 * HOUR);
    expect(keys.liveKeys).toEqual([]);
  }));

  environmentTest('deletes a key that is too long for its id', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    await keys.delete(PhysicalResourceId, KEY);

    await env.pass(HOUR + 1);
    expect(PhysicalResourceId).toContain('sha256:');
    expect(keys.liveKeys).toEqual([]);
    expect(schedules(env)).toEqual([]);
  }, { keyLength: 1372 }));

  environmentTest('schedules once if the event is delivered to two instances', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    const event = keys.deleteEvent(PhysicalResourceId, KEY);

    await Promise.all([keys.send(event), keys.send(event, keys.anotherFunction())]);

    expect(env.pending).toEqual([PhysicalResourceId]);
    expect(keys.liveKeys).toHaveLength(1);
  }));

  environmentTest('keeps the first time if the stack is deleted again', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    await keys.delete(PhysicalResourceId, KEY);
    const [{ next }] = schedules(env);
    env.scheduler.advance(10 * 60_000);

    await keys.delete(PhysicalResourceId, KEY);

    expect(schedules(env)).toMatchObject([{ next }]);
    expect(logged(env, 'scheduled').at(-1)).toMatchObject({ detail: 'the key was scheduled before' });
  }));

  environmentTest.each([
    'Shop-CaptchaKey961B73FD-1ABCDEFGHIJKL',
    'not-created',
  ])('schedules nothing for an id that names no key: %s', (id) => withScheduler(async ({ keys, scheduler }) => {
    expect(await keys.delete(id, KEY)).toMatchObject({ Status: 'SUCCESS' });

    expect(scheduler.calls).toEqual([]);
  })());
});

describe('without EventBridge Scheduler the Delete fails, and the key is kept', () => {
  const operation = 'CreateSchedule';
  const ways: [string, string, (env: GracePeriodEnvironment) => unknown][] = [
    ['denied', 'is not allowed to call', ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException' })],
    ['denied to create', 'is not allowed to call scheduler:CreateSchedule. Check its policies',
      ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException', operation })],
    ['no schedule group', `ResourceNotFoundException: Schedule group ${GROUP} does not exist. Delete the stack`,
      ({ scheduler }) => scheduler.removeGroup(GROUP)],
    ['conflict with the state of the group', 'reports a conflict',
      ({ scheduler }) => scheduler.fail({ kind: 'ConflictException', operation })],
    ['invalid request', 'rejected', ({ scheduler }) => scheduler.fail({ kind: 'ValidationException', operation })],
    ['throttled for good', 'throttled', ({ scheduler }) => scheduler.fail({ kind: 'ThrottlingException' })],
    ['unavailable for good', 'failed on scheduler:CreateSchedule',
      ({ scheduler }) => scheduler.fail({ kind: 'InternalServerException', operation })],
    ['unreachable', 'could not be reached', (env) => env.deploy(setting(HOUR), NOWHERE)],
  ];
  environmentTest.each(ways)('%s', (_, cause, breakScheduler) => withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId, Data } = await keys.create(KEY);
    await breakScheduler(env);

    const { Status, Reason } = await keys.delete(PhysicalResourceId, KEY);

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/^The API key is kept, because its deletion could not be scheduled: /);
    expect(Reason).toContain(cause);
    expect(Reason).toMatch(/[^.]\. Delete the stack again\. After an update, delete the keys that the log names\.$/);
    expect(keys.liveKeys).toEqual([Data!.APIKey]);
    expect(logged(env, 'orphaned')).toMatchObject([{ level: 'ERROR', physicalId: PhysicalResourceId, error: Reason }]);
  })());

  environmentTest('until a later Delete finds it again', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.fail({ kind: 'AccessDeniedException' });
    await keys.delete(PhysicalResourceId, KEY);
    scheduler.clearFaults();

    expect(await keys.delete(PhysicalResourceId, KEY)).toMatchObject({ Status: 'SUCCESS' });

    expect(env.pending).toEqual([PhysicalResourceId]);
  }));

  environmentTest('or until the setting is taken away', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.fail({ kind: 'AccessDeniedException' });
    await keys.delete(PhysicalResourceId, KEY);
    env.deploy(WITHOUT);

    expect(await keys.delete(PhysicalResourceId, KEY)).toMatchObject({ Status: 'SUCCESS' });

    expect(keys.liveKeys).toEqual([]);
  }));

  environmentTest('except after a temporary failure, which is retried', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.fail({ kind: 'ThrottlingException', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'AccessDeniedException', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'UnrecognizedClientException', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'unknown role', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'InternalServerException', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'reset-after', operation: 'CreateSchedule', times: 1 });

    await keys.delete(PhysicalResourceId, KEY);

    expect(env.pending).toEqual([PhysicalResourceId]);
    expect(keys.liveKeys).toHaveLength(1);
  }));

  environmentTest('except in a conflict with its own schedule, found late', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.lags = { ...NO_LAGS, found: 9_500 };
    scheduler.fail({ kind: 'reset-after', operation: 'CreateSchedule', times: 1 });

    await keys.delete(PhysicalResourceId, KEY);

    expect(keys.liveKeys).toHaveLength(1);
    expect(env.pending).toEqual([PhysicalResourceId]);
    expect(logged(env, 'scheduled')).toHaveLength(1);
  }));

  environmentTest('until the end, if the schedule was created nevertheless', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.fail({ kind: 'reset-after', operation: 'CreateSchedule', times: 1 });
    scheduler.fail({ kind: 'AccessDeniedException', operation: 'CreateSchedule' });
    expect(await keys.delete(PhysicalResourceId, KEY)).toMatchObject({ Status: 'FAILED' });
    expect(keys.liveKeys).toHaveLength(1);

    await env.pass(HOUR + 1);

    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  }));
});

describe('scheduled deletion', () => {
  async function pendingKey({ keys }: GracePeriodEnvironment) {
    const response = await keys.create(KEY);
    await keys.delete(response.PhysicalResourceId, KEY);
    return response;
  }

  environmentTest('succeeds for a key that was deleted by hand', withScheduler(async (env) => {
    const { Data } = await pendingKey(env);
    env.keys.waf.removeKey(Data!.APIKey);

    await env.pass(HOUR + 1);

    expect(env.pending).toEqual([]);
  }));

  environmentTest('changes nothing if it runs twice, or after the key is deleted', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await pendingKey(env);
    const others = await keys.create(CLOUDFRONT);
    scheduler.advance((HOUR + 1) * 60_000);
    const [event] = scheduler.takeDue() as ResourceEvent[];

    await Promise.all([keys.fn.invoke(event), keys.anotherFunction().invoke(event)]);
    await keys.fn.invoke(event);

    expect(event).toEqual({ RequestType: 'ScheduledDelete', PhysicalResourceId });
    expect(keys.liveKeys).toEqual([others.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }));

  environmentTest('runs again an hour later if the key could not be deleted', withScheduler(async (env) => {
    const { keys } = env;
    const { Data, PhysicalResourceId: physicalId } = await pendingKey(env);
    keys.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([Data!.APIKey]);
    expect(env.pending).toHaveLength(1);
    const reason = expect.stringContaining('wafv2:DeleteAPIKey');
    const scheduled = { operation: 'ScheduledDelete', physicalId };
    expect(keys.fn.log.at(-1)).toMatchObject({ ...scheduled, level: 'ERROR', outcome: 'FAILED', reason });

    await env.pass(HOUR);
    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
    expect(keys.fn.log.at(-1)).toMatchObject({ ...scheduled, level: 'INFO', outcome: 'SUCCESS' });
    expect(keys.fn.log.at(-1)!.duration).toBeLessThan(600_000); // by virtual time
  }));

  environmentTest('runs again an hour later if its event or the deletion is lost', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    await pendingKey(env);
    scheduler.advance((HOUR + 1) * 60_000);
    expect(scheduler.takeDue()).toHaveLength(1); // and never invokes the function

    scheduler.fail({ kind: 'ValidationException', operation: 'DeleteSchedule', times: 1 });
    await env.pass(HOUR);
    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toHaveLength(1);

    await env.pass(HOUR);
    expect(env.pending).toEqual([]);
  }));

  environmentTest.each([
    ['of an id that names no key', { RequestType: 'ScheduledDelete', PhysicalResourceId: 'arn:aws:x' }, 'names no key'],
    ['without an id', { RequestType: 'ScheduledDelete' }, 'names no key'],
    ['of a schedule of somebody else', { version: '0', source: 'aws.scheduler', detail: '{}' }, 'no ResponseURL'],
  ])('deletes nothing for an event %s', (_, event, detail) => withScheduler(async (env) => {
    const { keys } = env;
    await pendingKey(env);

    await keys.fn.invoke(event as unknown as ResourceEvent);

    expect(keys.liveKeys).toHaveLength(1);
    expect(env.pending).toHaveLength(1);
    expect(logged(env, 'ignored')).toMatchObject([{ detail: expect.stringContaining(detail) }]);
  })());
});
