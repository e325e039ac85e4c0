import { CLOUDFRONT, Properties } from './support/test-environment';
import { GracePeriodEnvironment, FUNCTION_NAME, withGracePeriod, withScheduler } from './support/with-scheduler';
import type { ResourceEvent } from '../../lambda/events';
import { inventedId } from '../../local/cloudformation-endpoint';
import type { ReceivedResponse } from '../../local/response-bucket';

jest.setTimeout(120_000);

const HOUR = 60;
const A = withGracePeriod(CLOUDFRONT, HOUR);
const B = { ...A, TokenDomains: ['example.org'] };
const off = ({ GracePeriod, ...properties }: Properties): Properties => properties;

/** Values that are known only at deploy time have changed from A to B and the deployment is complete: A is pending. */
async function replaced({ keys }: GracePeriodEnvironment) {
  const first = await keys.create(A);
  const second = await keys.update(first.PhysicalResourceId, B, A);
  await keys.delete(first.PhysicalResourceId, A);
  return { first, second };
}

describe('roll-back of a replacement', () => {
  test.concurrent('by a Delete of the new id deletes only the new key later', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    const second = await keys.update(first.PhysicalResourceId, B, A);

    await keys.delete(second.PhysicalResourceId, B);
    expect(env.pending).toEqual([second.PhysicalResourceId]);

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  test.concurrent.each<[string, Properties, Properties]>([
    ['with the grace period in both', A, B],
    ['that switches the grace period on', off(A), B],
    ['that switches the grace period off', A, off(B)],
  ])('by an Update of the new id first restores the old key: %s', (_, before, after) => withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(before);
    const second = await keys.update(first.PhysicalResourceId, after, before);

    const restored = await keys.update(second.PhysicalResourceId, before, after);
    expect(restored).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
    await keys.delete(second.PhysicalResourceId, after);

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  })());

  test.concurrent('of a later replacement restores the second key, not the first', withScheduler(async (env) => {
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

  test.concurrent('of a create deletes the key when the guard is deleted', withScheduler(async (env) => {
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
    keys.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: 3_000 });
    const invocation = keys.fn.invoke(event);
    await keys.until(() => creates() > before);
    keys.cloudFormation.cancel(event);
    expect(await rollBack()).toMatchObject({ Status: 'SUCCESS' });
    await invocation;
  }

  test.concurrent('Create', withScheduler(async (env) => {
    const { keys } = env;
    const event = keys.createEvent(A);

    await cancelled(env, event, () => keys.delete(inventedId(event), A, keys.anotherFunction()));

    expect(keys.liveKeys).toEqual([]);
    expect(env.pending).toEqual([]);
  }));

  test.concurrent('Update', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    const event = keys.updateEvent(first.PhysicalResourceId, B, A);

    await cancelled(env, event, () => keys.update(first.PhysicalResourceId, A, B, keys.anotherFunction()));

    expect(keys.liveKeys).toEqual([first.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }));
});

describe('a pending key is never reused by a resource', () => {
  async function expectAnotherKey(env: GracePeriodEnvironment, before: Properties, after: Properties): Promise<void> {
    const { keys } = env;
    const { first, second } = await replaced(env);
    if (before !== B) await keys.update(second.PhysicalResourceId, before, B);

    const third = await keys.update(second.PhysicalResourceId, after, before);
    await keys.delete(second.PhysicalResourceId, before);

    expect(third.Status).toBe('SUCCESS');
    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([third.Data!.APIKey]);
    expect(env.pending).toEqual([]);
  }

  test.concurrent('when the value changes back', withScheduler((env) => expectAnotherKey(env, B, A)));

  test.concurrent('when the value changes back while the grace period is switched off', withScheduler((env) =>
    expectAnotherKey(env, B, off(A))));

  test.concurrent('when the value changes back after the grace period was switched off', withScheduler((env) =>
    expectAnotherKey(env, off(B), off(A))));

  test.concurrent('when the replacing deployment switched the grace period off', withScheduler(async (env) => {
    const { keys } = env;
    const first = await keys.create(A);
    const second = await keys.update(first.PhysicalResourceId, off(B), A);
    await keys.delete(first.PhysicalResourceId, A);

    const third = await keys.update(second.PhysicalResourceId, off(A), off(B));
    await keys.delete(second.PhysicalResourceId, off(B));

    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([third.Data!.APIKey]);
  }));

  test.concurrent('when the value changes back after the grace period went off and on', withScheduler(async (env) => {
    const { keys } = env;
    const { first, second } = await replaced(env);
    await keys.update(second.PhysicalResourceId, off(B), B);
    await keys.update(second.PhysicalResourceId, B, off(B));

    const third = await keys.update(second.PhysicalResourceId, A, B);

    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
  }));

  test.concurrent('nor deleted by the sweep when the last grace period is switched off', withScheduler(async (env) => {
    const { keys } = env;
    const { second } = await replaced(env);

    const third = await keys.update(second.PhysicalResourceId, off(A), B);
    await keys.delete(second.PhysicalResourceId, B); // the clean-up
    expect(await env.deleteGuard()).toMatchObject({ Status: 'SUCCESS' });

    expect(keys.liveKeys).toEqual([third.Data!.APIKey]);
  }));

  test.concurrent.each<[string, (env: GracePeriodEnvironment) => void]>([
    ['denied', ({ scheduler }) => scheduler.fail({ kind: 'AccessDeniedException' })],
    ['unavailable', ({ scheduler }) => scheduler.fail({ kind: 'InternalServerException' })],
  ])('not even if the schedule cannot be read: %s', (_, breakScheduler) => withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { first, second } = await replaced(env);
    breakScheduler(env);

    const third = await keys.update(second.PhysicalResourceId, A, B);
    expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);

    scheduler.clearFaults();
    await env.pass(HOUR + 1);
    expect(keys.liveKeys).toEqual([second.Data!.APIKey, third.Data!.APIKey]);
  })());

  test.concurrent('and no key is pending after the schedule group is deleted', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const first = await keys.create(A);
    const second = await keys.update(first.PhysicalResourceId, off(B), A);
    scheduler.removeGroup(FUNCTION_NAME);

    const third = await keys.update(second.PhysicalResourceId, A, off(B));
    expect(third).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId });
  }));
});
