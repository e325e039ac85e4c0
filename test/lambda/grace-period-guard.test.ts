import { NO_LAGS } from './support/scheduler-double';
import { CLOUDFRONT, environmentTest } from './support/test-environment';
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

  environmentTest('names what has kept a key until its time was up, not the time', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId } = await keys.create(CLOUDFRONT);
    await keys.delete(PhysicalResourceId);
    keys.waf.fail({ kind: 'WAFInternalErrorException', operation: 'DeleteAPIKey', times: 1_000 });

    const { Status, Reason } = await env.deleteGuard(60_000);

    expect(Status).toBe('FAILED');
    expect(Reason).toContain('1 API keys in their grace period could not be deleted: AWS WAF could not be reached or '
      + 'failed on wafv2:DeleteAPIKey');
    expect(Reason).not.toContain('Try again'); // the stack is deleted again, as it says
    expect(Reason).toMatch(/\(WAFInternalErrorException: [^)]*\)\. Delete the stack again\./);
    expect(keys.fn.log.filter(({ outcome }) => outcome === 'orphaned')).toMatchObject([
      { level: 'ERROR', physicalId: PhysicalResourceId, error: expect.stringContaining('wafv2:DeleteAPIKey') },
    ]);
  }));
});
