import { NO_LAGS } from './support/scheduler-double';
import { CLOUDFRONT, environmentTest, untilInRealTime } from './support/test-environment';
import {
  expectRestored, GracePeriodEnvironment, GROUP, NOWHERE, setting, withScheduler, WITHOUT,
} from './support/with-scheduler';
import type { ResourceEvent } from '../../lambda/events';
import { inventedId } from '../../local/cloudformation-endpoint';
import type { ReceivedResponse } from '../../local/response-bucket';

const HOUR = 60;
const A = CLOUDFRONT;
const B = { ...A, TokenDomains: ['example.org'] };

/** Values that are known only at deploy time have changed from A to B and the deployment is complete: A is pending. */
async function replaced({ keys }: GracePeriodEnvironment) {
  const first = await keys.create(A);
  const second = await keys.update(first.PhysicalResourceId, B, A);
  await keys.delete(first.PhysicalResourceId, A);
  return { first, second };
}

describe('roll-back of a replacement', () => {
  environmentTest('by a Delete of the new id deletes only the new key later', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    const second = await keys.update(first.PhysicalResourceId, B, A);

    await keys.delete(second.PhysicalResourceId, B);
    expect(env.pending).toEqual([second.PhysicalResourceId]);

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  const [hour, day] = [setting(HOUR), setting(24 * HOUR)];
  environmentTest.each([
    ['with the setting in both', hour, hour],
    ['that switches it on', WITHOUT, hour],
    ['that switches it off', hour, WITHOUT],
    ['that lengthens it', hour, day],
  ])('by an Update of the new id first restores the old key: %s', (_, before, after) => withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    env.deploy(after);
    const second = await keys.update(first.PhysicalResourceId, B, A);

    env.deploy(before);
    const restored = await keys.update(second.PhysicalResourceId, A, B);
    expect(restored).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
    await keys.delete(second.PhysicalResourceId, B);

    await env.pass(24 * HOUR + 1);
    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }, { properties: before })());

  environmentTest.each<[string, (env: GracePeriodEnvironment) => unknown, number]>([
    ['the group is gone', ({ scheduler }) => scheduler.removeGroup(GROUP), 1],
    ['the permissions are gone', ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException' }), 1],
    ['there is no connection', (env) => env.deploy(WITHOUT, NOWHERE), 4],
    ['no credentials are recognized', ({ scheduler }) => scheduler.fail({ kind: 'UnrecognizedClientException' }), 15],
  ])('restores the old key without the setting if %s', (_, breakScheduler, attempts) => withScheduler(
    (env) => expectRestored(env, breakScheduler, attempts), { properties: WITHOUT },
  )());

  environmentTest('of a later replacement restores the second key, not the first', withScheduler(async (env) => {
    const { keys } = env;
    const { second } = await replaced(env);
    const C = { ...A, TokenDomains: ['example.net'] };
    const third = await keys.update(second.PhysicalResourceId, C, B);

    const restored = await keys.update(third.PhysicalResourceId, B, C);
    expect(restored).toMatchObject({ PhysicalResourceId: second.PhysicalResourceId, Data: second.Data });
    await keys.delete(third.PhysicalResourceId, C);

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([second.Data!.APIKey]);
  }));

  environmentTest('of a create deletes the key when the guard is deleted', withScheduler(async (env) => {
    const { keys } = env;
    const { PhysicalResourceId } = await keys.create(A);
    await keys.delete(PhysicalResourceId, A);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(keys.liveKeys).toEqual([]);
  }));
});

describe('the key of a cancelled operation is deleted at once, whatever its grace period', () => {
  /** CloudFormation cancels the operation while AWS WAF creates its key, and rolls it back. */
  async function cancelled(
    { keys }: GracePeriodEnvironment, event: ResourceEvent, rollBack: () => Promise<ReceivedResponse>,
  ): Promise<void> {
    const creates = () => keys.waf.calls.filter((call) => call.operation === 'CreateAPIKey').length;
    const before = creates();
    keys.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: 300 });
    const invocation = keys.fn.invoke(event);
    await untilInRealTime(() => creates() > before);
    keys.cloudFormation.cancel(event);
    const [rolledBack] = await Promise.all([rollBack(), invocation]);
    expect(rolledBack).toMatchObject({ Status: 'SUCCESS' });
  }

  environmentTest('Create', withScheduler(async (env) => {
    const { keys } = env;
    const event = keys.createEvent(A);

    await cancelled(env, event, () => keys.delete(inventedId(event), A, keys.anotherFunction()));

    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  }));

  environmentTest('Update', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    const event = keys.updateEvent(first.PhysicalResourceId, B, A);

    await cancelled(env, event, () => keys.update(first.PhysicalResourceId, A, B, keys.anotherFunction()));

    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }));
});

describe('a pending key is never reused by a resource', () => {
  const PENDING = {
    level: 'INFO', detail: 'the previous key is, or may be, in its grace period; creating another',
  };

  async function expectAnotherKey(env: GracePeriodEnvironment, change: () => unknown): Promise<void> {
    const { keys } = env;
    const { first, second } = await replaced(env);
    await change();

    const third = await keys.update(second.PhysicalResourceId, A, B);
    expect(third.Status).toBe('SUCCESS');
    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
    expect(keys.fn.log.filter(({ outcome }) => outcome === 'pending')).toMatchObject([PENDING]);
    env.scheduler.clearFaults();
    await keys.delete(second.PhysicalResourceId, B);
    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([third.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }

  environmentTest('when the value changes back', withScheduler((env) => expectAnotherKey(env, () => {})));

  environmentTest('when its schedule is found ten seconds late', withScheduler((env) =>
    expectAnotherKey(env, () => { env.scheduler.lags = { ...NO_LAGS, found: 9_500 }; })));

  environmentTest.each([
    20_000, 100_000,
  ])('when its schedule is found late, and there is little time: %d ms', (remaining) => withScheduler(async (env) => {
    const { keys } = env;
    const { first, second } = await replaced(env);
    env.scheduler.lags = { ...NO_LAGS, found: 9_500 };
    const event = keys.updateEvent(second.PhysicalResourceId, A, B);

    const third = await keys.send(event, keys.fn, remaining);

    expect(third.Status).toBe('SUCCESS');
    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
    const detail = 'there is no time to find out whether the previous key is deleted; creating another';
    expect(keys.fn.log).toContainEqual(expect.objectContaining({ level: 'WARN', outcome: 'pending', detail }));
  })());

  environmentTest('when it is deleted during the Update, and listed for some seconds more', withScheduler(async (
    env,
  ) => {
    const { keys, scheduler } = env;
    const { second } = await replaced(env);
    scheduler.advance((HOUR + 1) * 60_000);
    const [scheduled] = scheduler.takeDue() as ResourceEvent[];

    const update = keys.update(second.PhysicalResourceId, A, B);
    await keys.sleep(5_000);
    await keys.anotherFunction().invoke(scheduled);
    const third = await update;

    expect(keys.liveKeys).toContain(third.Data!.APIKey);
  }, { deletedKeyListedForMs: 9_500 }));

  environmentTest.each([
    ['off', WITHOUT], ['to another length', setting(5)],
  ])('when the value changes back in a deployment that switches the setting %s', (_, after) => withScheduler((env) =>
    expectAnotherKey(env, () => env.deploy(after)))());

  environmentTest('when the replacing deployment has switched it on', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    env.deploy(setting(HOUR));
    const second = await keys.update(first.PhysicalResourceId, B, A);
    await keys.delete(first.PhysicalResourceId, A);

    const third = await keys.update(second.PhysicalResourceId, A, B);

    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
  }, { properties: WITHOUT }));

  environmentTest('also without the setting, when the credentials are recognized late', withScheduler((env) =>
    expectAnotherKey(env, () => {
      env.deploy(WITHOUT);
      env.scheduler.fail({ kind: 'UnrecognizedClientException', operation: 'GetSchedule', times: 1 });
    })));

  environmentTest('nor deleted by the sweep of the deployment that switches it off', withScheduler(async (env) => {
    const { keys } = env;
    const { second } = await replaced(env);
    env.deploy(WITHOUT);

    const third = await keys.update(second.PhysicalResourceId, A, B);
    await keys.delete(second.PhysicalResourceId, B); // the clean-up
    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(keys.liveKeys).toEqual([third.Data!.APIKey]);
  }));

  const unknown = ['AccessDeniedException', 'ThrottlingException', 'InternalServerException'] as const;
  const KEPT = expect.objectContaining({
    level: 'WARN',
    outcome: 'kept',
    physicalId: expect.stringMatching(/^waf-captcha-api-key\//),
    detail: 'whether it is pending is unknown',
  });
  environmentTest.each(unknown)('not even if the schedule cannot be read: %s', (kind) => withScheduler(async (env) => {
    await expectAnotherKey(env, () => env.scheduler.fail({ kind, operation: 'GetSchedule' }));
    expect(env.keys.fn.log).toContainEqual(KEPT);
  })());

  environmentTest.each(unknown.slice(1))('also without the setting, if the schedule cannot be read: %s', (kind) =>
    withScheduler(async (env) => {
      await expectAnotherKey(env, () => {
        env.deploy(WITHOUT);
        env.scheduler.fail({ kind, operation: 'GetSchedule' });
      });
      expect(env.keys.fn.log).toContainEqual(KEPT);
    })());
});
