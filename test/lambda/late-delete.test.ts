import {
  CLOUDFRONT, environmentTest as test, TestEnvironment, virtualTimeTest, withEnvironment,
} from './support/test-environment';
import { ResourceEvent, sentAt } from '../../lambda/events';
import type { CloudFormationFault, HeldResource } from '../../local/cloudformation-endpoint';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['shop.example.com'] };

interface LateDelete {
  readonly event: ResourceEvent;
  /** When it was sent, as the event tells it. */
  readonly sent: number;
  /** When each question to CloudFormation came since then. */
  readonly requests: () => number[];
}

/** A Delete that is under way for some time. */
async function lateDelete(environment: TestEnvironment, physicalId: string, delay = 11_000): Promise<LateDelete> {
  const asked = environment.cloudFormation.requests.length;
  const event = environment.deleteEvent(physicalId);
  await environment.sleep(delay);
  return { event, sent: sentAt(event)!, requests: () => environment.cloudFormation.requests.slice(asked) };
}

const withOtherReferences = (id: string) => id.split('/').map((part, index) => index === 5 ? 'abcdef' : part).join('/');

describe('a Delete that arrives late', () => {
  test.each<[string, string, (id: string) => string, number]>([
    ['that has it again', 'UPDATE_COMPLETE', (id) => id, 1_000],
    ['that has it again, under an id with other references', 'UPDATE_COMPLETE', withOtherReferences, 5_000],
    ['that is being updated with it', 'UPDATE_IN_PROGRESS', (id) => id, 5_000],
    ['whose next update has failed', 'UPDATE_FAILED', (id) => id, 5_000],
  ])('keeps the key of a resource %s', (_, status, idOf, changedAfter) => withEnvironment({}, async (environment) => {
    const { PhysicalResourceId: physicalId, Data } = await environment.create();
    const { event, sent, requests } = await lateDelete(environment, physicalId);
    environment.cloudFormation.show(event, { status, physicalId: idOf(physicalId) }, sent + changedAfter);

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([Data!.APIKey]);
    expect(requests()).toHaveLength(1);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      level: 'WARN', outcome: 'kept', physicalId, detail: 'the resource has got the key again since then',
    }));
  })());

  const held = (status: string) => (physicalId: string): HeldResource => ({ status, physicalId });

  test.each<[string, (own: string, other: string) => HeldResource, number]>([
    ['the change before the event', held('UPDATE_COMPLETE'), -60_000],
    ['a change in the second of the event', held('UPDATE_COMPLETE'), 999],
    ['another key', (_, other) => held('UPDATE_COMPLETE')(other), 5_000],
    ['no id', () => ({ status: 'UPDATE_COMPLETE' }), 5_000],
    ['the deletion of the key', held('DELETE_IN_PROGRESS'), 5_000],
    ['a failed deletion of the key', held('DELETE_FAILED'), 5_000],
  ])('deletes a key of which CloudFormation shows %s', (_, view, changedAfter) => withEnvironment({}, async (
    environment,
  ) => {
    const other = await environment.create(OTHER);
    const { PhysicalResourceId } = await environment.create();
    const { event, sent, requests } = await lateDelete(environment, PhysicalResourceId);
    const shown = view(PhysicalResourceId, other.PhysicalResourceId);
    environment.cloudFormation.show(event, shown, sent + changedAfter);

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([other.Data!.APIKey]);
    expect(requests()).toHaveLength(1);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({
      operation: 'DescribeStackResource',
      outcome: 'inconclusive',
      detail: `${shown.status} ${shown.physicalId ?? 'without an id'}`,
    }));
  })());

  test('deletes a key that CloudFormation shows without a time', withEnvironment(
    { cloudFormation: { showsTimes: false } }, async (environment) => {
      const { PhysicalResourceId: physicalId } = await environment.create();
      const { event } = await lateDelete(environment, physicalId);
      environment.cloudFormation.show(event, { status: 'UPDATE_COMPLETE', physicalId });

      expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

      expect(environment.liveKeys).toEqual([]);
      expect(environment.fn.log).toContainEqual(expect.objectContaining({
        operation: 'DescribeStackResource', outcome: 'inconclusive',
      }));
    }));

  test.each<CloudFormationFault>(['denied', 'no such resource', 'reset'])(
    'deletes a key if CloudFormation answers otherwise: %s', (fault) => withEnvironment({}, async (environment) => {
      const { PhysicalResourceId } = await environment.create();
      const { event, requests } = await lateDelete(environment, PhysicalResourceId);
      environment.cloudFormation.fault = fault;

      expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

      expect(environment.liveKeys).toEqual([]);
      expect(requests()).toHaveLength(1);
    })());

  virtualTimeTest('keeps a key if CloudFormation first throttles, and then shows it', 1, withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId: physicalId, Data } = await environment.create();
    const { event, requests } = await lateDelete(environment, physicalId);
    environment.cloudFormation.show(event, { status: 'UPDATE_COMPLETE', physicalId });
    environment.cloudFormation.fault = 'throttled';
    const invocation = environment.fn.invoke(event);
    await environment.sleep(25_000);
    environment.cloudFormation.fault = undefined;
    await invocation;

    expect(environment.liveKeys).toEqual([Data!.APIKey]);
    expect(requests()).toHaveLength(4);
  }));

  virtualTimeTest('asks for a minute, every ten seconds, while CloudFormation throttles', 1, withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId } = await environment.create();
    const { event, requests } = await lateDelete(environment, PhysicalResourceId);
    environment.cloudFormation.fault = 'throttled';
    const started = environment.now();

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
    expect(requests().map((time) => time - started)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => index * 10_000));
  }));

  virtualTimeTest('has time left to delete if CloudFormation throttles', 1, withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    const { event } = await lateDelete(environment, PhysicalResourceId);
    environment.cloudFormation.fault = 'throttled';

    expect(await environment.send(event, environment.fn, 30_000)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
  }));
});

describe('a Delete that arrives in time does not ask CloudFormation', () => {
  test('and deletes its key', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId: physicalId } = await environment.create();
    const { event, requests } = await lateDelete(environment, physicalId, 5_000);
    environment.cloudFormation.show(event, { status: 'UPDATE_COMPLETE', physicalId });

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
    expect(requests()).toEqual([]);
  }));

  virtualTimeTest('even if AWS WAF fails for minutes', 2, withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    const { event, requests } = await lateDelete(environment, PhysicalResourceId, 0);
    environment.waf.fail({ kind: 'WAFInternalErrorException', operation: 'DeleteAPIKey', forMs: 120_000 });

    expect(await environment.send(event)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.liveKeys).toEqual([]);
    expect(requests()).toEqual([]);
  }));
});
