import { CLOUDFRONT, REGIONAL, untilInRealTime } from './support/test-environment';
import { GracePeriodEnvironment, FUNCTION_NAME, withGracePeriod, withScheduler } from './support/with-scheduler';

jest.setTimeout(300_000);

const HOUR = 60;
const KEY = withGracePeriod(CLOUDFRONT, HOUR);

async function addPending({ keys }: GracePeriodEnvironment, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, index) => {
    const resource = { LogicalResourceId: `Pending${index}`, ResourceProperties: KEY };
    const { PhysicalResourceId } = await keys.send(keys.event({ ...resource, RequestType: 'Create' }));
    await keys.send(keys.event({ ...resource, RequestType: 'Delete', PhysicalResourceId }));
  }));
}

describe('the guard', () => {
  test.concurrent('checks EventBridge Scheduler on Create, and keeps its id', withScheduler(async (env) => {
    const { keys, scheduler } = env;

    for (const event of [env.guardEvent('Create'), env.guardEvent('Update')]) {
      expect(await keys.send(event)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'grace-period' });
    }

    expect(keys.waf.calls).toEqual([]);
    expect(scheduler.calls).toEqual(['GetSchedule ok', 'ListSchedules ok']);
  }));

  test.concurrent('is created although permissions and schedules take effect late', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.fail({ kind: 'AccessDeniedException', times: 2 });
    scheduler.removeGroup(FUNCTION_NAME);
    const response = keys.send(env.guardEvent('Create'));
    await untilInRealTime(() => scheduler.calls.includes('GetSchedule ResourceNotFoundException'));
    scheduler.addGroup(FUNCTION_NAME);

    expect(await response).toMatchObject({ Status: 'SUCCESS' });
  }));

  test.concurrent.each<[string, (env: GracePeriodEnvironment) => unknown, string]>([
    ['is denied', ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException' }),
      'scheduler:GetSchedule failed: AccessDeniedException: AccessDeniedException as asked for'],
    ['does not list', ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException', operation: 'ListSchedules' }),
      'scheduler:ListSchedules failed: .*'],
    ['is unreachable', ({ scheduler }) => scheduler.stop(), 'scheduler:GetSchedule failed: .*'],
    ['has no schedule group', ({ scheduler }) => scheduler.removeGroup(FUNCTION_NAME),
      `there is no schedule '${FUNCTION_NAME}'`],
  ])('fails on Create if EventBridge Scheduler %s, and can be deleted', (_, breakScheduler, problem) =>
    withScheduler(async (env) => {
      const { keys, scheduler } = env;
      await breakScheduler(env);

      const response = await keys.send(env.guardEvent('Create'));
      expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'not-created' });
      expect(response.Reason).toMatch(new RegExp(`^The grace period needs EventBridge Scheduler: ${problem}\\. Allow `
        + "the provider's role to use it, give a function in a VPC a route to it, or leave gracePeriod out\\.$"));

      const calls = scheduler.calls.length;
      const deletion = env.guardEvent('Delete', response.PhysicalResourceId);
      expect(await keys.send(deletion)).toMatchObject({ Status: 'SUCCESS' });
      expect(scheduler.calls).toHaveLength(calls);
    })());

  test.concurrent('fails with the denial if there is no time for another attempt', withScheduler(async (env) => {
    env.scheduler.fail({ kind: 'AccessDeniedException', times: 1 });
    env.scheduler.fail({ kind: 'hang' });

    const { Reason } = await env.keys.send(env.guardEvent('Create'), env.keys.fn, 33_000);
    expect(Reason).toContain('scheduler:GetSchedule failed: AccessDeniedException');
  }));

  test.concurrent.each<[string, (env: GracePeriodEnvironment) => Promise<void>]>([
    ['that are in the list some seconds later', async (env) => {
      env.scheduler.listLag = 6_000;
      await addPending(env, 2);
    }],
    ['that come into the list while another deletion takes long', async (env) => {
      const { keys, scheduler } = env;
      await addPending(env, 1);
      scheduler.listLag = 6_000;
      scheduler.advance(scheduler.listLag);
      await addPending(env, 1);
      keys.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1 });
    }],
    ['whose schedule is listed before it is found', async (env) => {
      await addPending(env, 1);
      env.scheduler.fail({ kind: 'ResourceNotFoundException', operation: 'GetSchedule', times: 1 });
    }],
  ])('deletes pending keys %s', (_, prepare) => withScheduler(async (env) => {
    await prepare(env);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  })());

  test.concurrent('deletes all pending keys on Delete, and no key of a resource', withScheduler(async (env) => {
    const { keys } = env;
    const live = [await keys.create(KEY), await keys.create(CLOUDFRONT)].map(({ Data }) => Data!.APIKey);
    const regional = withGracePeriod({ ...REGIONAL, Region: 'ap-southeast-2' }, HOUR);
    const { PhysicalResourceId } = await keys.create(regional);
    await keys.delete(PhysicalResourceId, regional);
    await addPending(env, 3);
    expect(keys.liveKeys).toHaveLength(6);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'grace-period' });

    expect(keys.liveKeys).toEqual(live);
    expect(env.pending).toEqual([]);
  }));

  test.concurrent.each<[string, (env: GracePeriodEnvironment) => void]>([
    ['nothing pending', () => {}],
    ['no schedule group', ({ scheduler }) => scheduler.removeGroup(FUNCTION_NAME)],
  ])('succeeds on Delete with %s', (_, prepare) => withScheduler(async (env) => {
    prepare(env);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.waf.calls).toEqual([]);
  })());

  test.concurrent('does not touch pending keys of another provider', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.addGroup('Other-Provider');
    await addPending(env, 1);
    const other = keys.anotherFunction({
      env: { AWS_ENDPOINT_URL_SCHEDULER: scheduler.url, AWS_LAMBDA_FUNCTION_NAME: 'Other-Provider' },
    });

    await env.deleteGuard(undefined, other);

    expect(env.pending).toHaveLength(1);
    expect(keys.liveKeys).toHaveLength(1);
  }));

  test.concurrent('ends the use of grace periods on Delete, in any order of events', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    await env.deleteGuard();

    expect(scheduler.calls.slice(0, 2)).toEqual(['DeleteSchedule ok', 'ListSchedules ok']);
    await keys.delete(PhysicalResourceId, KEY);

    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  }));

  test.concurrent('deletes what a schedule deletes at the same time', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 5);

    const [response] = await Promise.all([env.deleteGuard(), env.pass(HOUR + 1, keys.anotherFunction())]);

    expect(response).toMatchObject({ Status: 'SUCCESS' });
    expect(keys.liveKeys).toEqual([]);
  }));
});

describe('a sweep that fails', () => {
  test.concurrent('reports how many keys remain, and succeeds the next time', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 4);
    keys.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });

    expect(await env.deleteGuard()).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'grace-period',
      Reason: expect.stringMatching(
        /^1 of 4 API keys in their grace period could not be deleted: .*wafv2:DeleteAPIKey.* Delete the stack again\.$/,
      ),
    });
    expect(keys.liveKeys).toHaveLength(1);
    expect(env.pending).toHaveLength(1);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });
    expect(keys.liveKeys).toEqual([]);
  }));

  const denied = ['ListSchedules', 'DeleteSchedule', 'GetSchedule'];
  test.concurrent.each(denied)('names %s if it is denied, and loses nothing', (operation) =>
    withScheduler(async (env) => {
      const { keys, scheduler } = env;
      await addPending(env, 1);
      scheduler.fail({ kind: 'AccessDeniedException', operation });

      const { Status, Reason } = await env.deleteGuard();
      expect([Status, Reason]).toEqual(['FAILED', expect.stringContaining(`scheduler:${operation}`)]);
      scheduler.clearFaults();

      expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });
      expect(keys.liveKeys).toEqual([]);
      expect(env.pending).toEqual([]);
    })());

  test.concurrent('continues the next time after a timeout', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 8);
    env.scheduler.pageSize = 3;
    keys.waf.configure({ quotas: { delete: 0.5 } });

    const reasons: string[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      const { Status, Reason } = await env.deleteGuard(75_000);
      if (Status === 'SUCCESS') break;
      reasons.push(Reason!);
    }

    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons[0]).toMatch(
      /^\d of 8 API keys in their grace period could not be deleted: the function ran out of time\. Delete the stack/,
    );
    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  }));
});

test('hundreds of pending keys are deleted page by page', withScheduler(async (env) => {
  const { keys, scheduler } = env;
  await addPending(env, 230);
  expect(env.pending).toHaveLength(230);

  expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

  expect(keys.liveKeys).toEqual([]);
  expect(env.pending).toEqual([]);
  expect(scheduler.calls.filter((call) => call === 'ListSchedules ok').length).toBeGreaterThanOrEqual(3);
}));
