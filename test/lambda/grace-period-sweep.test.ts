import { NO_LAGS } from './support/scheduler-double';
import { CLOUDFRONT, environmentTest, REGIONAL } from './support/test-environment';
import { GracePeriodEnvironment, GROUP, setting, withScheduler } from './support/with-scheduler';
import { keyDigest } from '../../lambda/key/physical-id';

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

describe('the Delete of the guard', () => {
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

  environmentTest('can be deleted with a schedule of the right name that names no key', withScheduler(async (env) => {
    env.scheduler.add(GROUP, keyDigest('theirs'), '{"PhysicalResourceId":"theirs"}');

    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(env.keys.waf.calls).toEqual([]);
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
    expect(orphaned(env)).toMatchObject([
      { level: 'ERROR', physicalId: PhysicalResourceId, error: expect.stringContaining('wafv2:DeleteAPIKey') },
    ]);
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
