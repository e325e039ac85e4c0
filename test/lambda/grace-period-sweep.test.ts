import { NO_LAGS, SchedulerFault } from './support/scheduler-double';
import { CLOUDFRONT, environmentTest, REGIONAL } from './support/test-environment';
import {
  GracePeriodEnvironment, GROUP, NOWHERE, SCHEDULER_ROLE, setting, withScheduler, WITHOUT,
} from './support/with-scheduler';

const HOUR = 60;
const KEY = CLOUDFRONT;

const IGNORED = { level: 'INFO', outcome: 'ignored', detail: 'the schedule deletes no key' };
const orphaned = ({ keys }: GracePeriodEnvironment) => keys.fn.log.filter(({ outcome }) => outcome === 'orphaned');

async function addPending({ keys }: GracePeriodEnvironment, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, index) => {
    const resource = { LogicalResourceId: `Pending${index}`, ResourceProperties: KEY };
    const { PhysicalResourceId } = await keys.send(keys.event({ ...resource, RequestType: 'Create' }));
    await keys.send(keys.event({ ...resource, RequestType: 'Delete', PhysicalResourceId }));
  }));
}

describe('the guard', () => {
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

  environmentTest('under an id that was never created deletes what is pending, too', withScheduler(async (env) => {
    await addPending(env, 2);

    expect(await env.deleteGuard(undefined, 'not-created')).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.liveKeys).toEqual([]);
  }));

  environmentTest('under an id that was never created fails if the list fails', withScheduler(async (env) => {
    env.scheduler.fail({ kind: 'InternalServerException', operation: 'ListSchedules' });

    expect(await env.deleteGuard(undefined, 'not-created')).toMatchObject({ Status: 'FAILED' });
  }));

  environmentTest('deletes what is pending in its own group, whatever the function has by then', withScheduler(
    async (env) => {
      await addPending(env, 2);
      env.deploy({ ScheduleGroupName: 'Other' });

      expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

      expect(env.keys.liveKeys).toEqual([]);
    }));

  environmentTest.each<[string, (env: GracePeriodEnvironment) => Promise<void>]>([
    ['that are in the list some seconds later', async (env) => {
      env.scheduler.lags = { ...NO_LAGS, listed: 9_000 };
      await addPending(env, 2);
    }],
    ['that come into the list while another deletion takes long', async (env) => {
      const { keys, scheduler } = env;
      await addPending(env, 1);
      scheduler.lags = { ...NO_LAGS, listed: 9_000 };
      scheduler.advance(10_000);
      await addPending(env, 1);
      keys.waf.fail({ kind: 'ThrottlingException', operation: 'DeleteAPIKey', forMs: 45_000 });
    }],
    ['whose schedule is listed before it is found', async (env) => {
      await addPending(env, 1);
      env.scheduler.lags = { ...NO_LAGS, found: 9_000 };
    }],
    ['whose schedules are found and listed after their deletion', async (env) => {
      await addPending(env, 2);
      env.scheduler.lags = { ...NO_LAGS, stillFound: 9_000, stillListed: 9_000 };
    }],
  ])('deletes pending keys %s', (_, prepare) => withScheduler(async (env) => {
    await prepare(env);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  })());

  environmentTest('deletes a pending key that AWS WAF does not know yet', withScheduler(async (env) => {
    await addPending(env, 1);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.liveKeys).toEqual([]);
  }, { createdKeyDeletableAfterMs: 9_000 }));

  environmentTest('deletes all pending keys on Delete, and no key of a resource', withScheduler(async (env) => {
    const { keys } = env;
    const live = [await keys.create(KEY), await keys.create(CLOUDFRONT)].map(({ Data }) => Data!.APIKey);
    const regional = { ...REGIONAL, Region: 'ap-southeast-2' };
    const { PhysicalResourceId } = await keys.create(regional);
    await keys.delete(PhysicalResourceId, regional);
    await addPending(env, 3);
    expect(keys.liveKeys).toHaveLength(6);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'grace-period' });

    expect(keys.liveKeys).toEqual(live);
    expect(env.pending).toEqual([]);
  }));

  environmentTest.each<[string, (env: GracePeriodEnvironment) => void]>([
    ['nothing pending', () => {}],
    ['no schedule group', ({ scheduler }) => scheduler.removeGroup(GROUP)],
  ])('succeeds on Delete with %s', (_, prepare) => withScheduler(async (env) => {
    prepare(env);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.waf.calls).toEqual([]);
  })());

  environmentTest('does not touch pending keys of another provider', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    scheduler.addGroup('Other-Provider');
    await addPending(env, 1);

    await keys.send(env.guardEvent('Delete', { ...setting(HOUR), ScheduleGroupName: 'Other-Provider' }));

    expect(env.pending).toHaveLength(1);
    expect(keys.liveKeys).toHaveLength(1);
  }));

  environmentTest('reads on for a Delete that creates its schedule late', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId } = await keys.create(KEY);
    scheduler.fail({ kind: 'ThrottlingException', operation: 'CreateSchedule', times: 25 }); // for some 25 s
    scheduler.lags = { ...NO_LAGS, listed: 9_500 };

    const deletion = keys.send(keys.deleteEvent(PhysicalResourceId, KEY));
    await keys.sleep(100);
    const [sweep] = await Promise.all([env.deleteGuard(undefined, undefined, keys.anotherFunction()), deletion]);

    expect(sweep).toMatchObject({ Status: 'SUCCESS' });
    expect(keys.fn.log.filter(({ outcome }) => outcome === 'scheduled')).toHaveLength(1);
    expect(keys.liveKeys).toEqual([]);
  }));

  environmentTest.each(['hello', '{}', 'null', '{"PhysicalResourceId":"other"}'])(
    'leaves a schedule of somebody else to the deletion of the group, and names it: %s', (input) =>
      withScheduler(async (env) => {
        const { keys, scheduler } = env;
        scheduler.add(GROUP, 'theirs', input);
        await addPending(env, 1);

        expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

        expect(keys.liveKeys).toEqual([]);
        expect(scheduler.all(GROUP).map(({ Name }) => Name)).toEqual(['theirs']);
        expect(keys.fn.log.filter(({ schedule }) => schedule === 'theirs')).toMatchObject([IGNORED]);
      })());

  environmentTest('deletes what a schedule deletes at the same time', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 5);

    const [response] = await Promise.all([env.deleteGuard(), env.pass(HOUR + 1, keys.anotherFunction())]);

    expect(response).toMatchObject({ Status: 'SUCCESS' });
    expect(keys.liveKeys).toEqual([]);
  }));
});

describe('a sweep that fails', () => {
  environmentTest('reports how many keys remain, and succeeds the next time', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 4);
    keys.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1 });

    expect(await env.deleteGuard()).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'grace-period',
      Reason: expect.stringMatching(
        /^1 API keys in their grace period could not be deleted: .*wafv2:DeleteAPIKey.* Delete the stack again\. After/,
      ),
    });
    expect(keys.liveKeys).toHaveLength(1);
    expect(env.pending).toHaveLength(1);
    expect(orphaned(env)).toMatchObject([{ physicalId: env.pending[0], level: 'ERROR' }]);

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });
    expect(keys.liveKeys).toEqual([]);
  }));

  environmentTest.each<[string, number]>([
    ['ListSchedules', 0], // it is not known what is left
    ['GetSchedule', 2], // by the names of their schedules
    ['DeleteSchedule', 0], // the keys are deleted
  ])('names %s if it is denied, and loses nothing', (operation, left) =>
    withScheduler(async (env) => {
      const { keys, scheduler } = env;
      await addPending(env, 2);
      const schedules = scheduler.pending(GROUP).map(({ Name }) => Name);
      scheduler.fail({ kind: 'AccessDeniedException', operation });

      const { Status, Reason } = await env.deleteGuard();
      expect(Status).toBe('FAILED');
      expect(Reason).toMatch(new RegExp(`^${left || 'The'} API keys .*scheduler:${operation}`));
      expect(orphaned(env).map(({ schedule }) => schedule)).toEqual(schedules.sort().slice(0, left));
      scheduler.clearFaults();

      expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });
      expect(keys.liveKeys).toEqual([]);
      expect(env.pending).toEqual([]);
    })());

  environmentTest('also under an id that was never created, if AWS WAF is denied', withScheduler(async (env) => {
    await addPending(env, 1);
    env.keys.waf.fail({ kind: 'AccessDeniedException', operation: 'DeleteAPIKey', times: 1_000 });

    const { Status, Reason } = await env.deleteGuard(undefined, 'not-created');

    expect([Status, Reason]).toEqual(['FAILED', expect.stringContaining('wafv2:DeleteAPIKey')]);
    expect(orphaned(env)).toMatchObject([{ physicalId: env.pending[0] }]);
  }));

  environmentTest('continues the next time after a timeout', withScheduler(async (env) => {
    const { keys } = env;
    await addPending(env, 12);
    env.scheduler.pageSize = 3;
    keys.waf.configure({ quotas: { delete: 0.5 } });

    const reasons: string[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      const before = orphaned(env).length;
      const { Status, Reason } = await env.deleteGuard(75_000);
      if (Status === 'SUCCESS') break;
      reasons.push(Reason!);
      expect(orphaned(env).slice(before).map(({ physicalId }) => physicalId).sort()).toEqual(env.pending.sort());
    }

    expect(reasons[0]).toMatch(
      /^\d+ API keys in their grace period could not be deleted: the function ran out of time\. Delete the stack/,
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
