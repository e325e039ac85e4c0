import { NO_LAGS } from './support/scheduler-double';
import { environmentTest } from './support/test-environment';
import { GROUP, withScheduler } from './support/with-scheduler';
import { keyDigest } from '../../lambda/key/physical-id';

describe('the guard of a provider', () => {
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

  environmentTest('can be deleted with a schedule of the right name that names no key', withScheduler(async (env) => {
    env.scheduler.add(GROUP, keyDigest('theirs'), '{"PhysicalResourceId":"theirs"}');

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.waf.calls).toEqual([]);
  }));
});
