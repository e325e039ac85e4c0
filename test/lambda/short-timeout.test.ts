import { TestEnvironment, withEnvironment } from './support/test-environment';
import { withScheduler } from './support/with-scheduler';
import type { ResourceEvent } from '../../lambda/events';

// On the bundle: in virtual time, a call that hangs takes no time. A user can set a shorter timeout for the function.
jest.setTimeout(120_000);

const SENT_MS_AGO = 11_000;

/** An event that has been on its way for so long that CloudFormation is asked before anything is created. */
function lateEvent(environment: TestEnvironment): ResourceEvent {
  const event = environment.createEvent();
  const sent = new Date(Date.now() - SENT_MS_AGO).toISOString().replace(/[-:]|\.\d+/g, '');
  return { ...event, ResponseURL: event.ResponseURL.replace(/X-Amz-Date=\w+/, `X-Amz-Date=${sent}`) };
}

describe('the response is in time', () => {
  test.concurrent.each([3_000, 6_000])('with %d ms remaining for a late event, if CloudFormation hangs', (remaining) =>
    withEnvironment({ handler: 'bundle' }, async (environment) => {
      // The first event loads the client, which can take longer than the time that remains for the second.
      await environment.send(lateEvent(environment));
      const { length: requestsBefore } = environment.cloudFormation.requests;
      environment.cloudFormation.fault = 'hang';

      const response = await environment.send(lateEvent(environment), environment.fn, remaining);

      expect(response.Status).toMatch(/^(SUCCESS|FAILED)$/);
      expect(environment.cloudFormation.requests.length).toBeGreaterThan(requestsBefore);
    })());

  test.concurrent('if CloudFormation hangs between the attempts to submit it', withEnvironment({
    handler: 'bundle',
  }, async (environment) => {
    environment.cloudFormation.fault = 'hang';
    environment.bucket.fail('hang', 'hang'); // until CloudFormation is asked for the first time
    const event = environment.createEvent();

    expect(await environment.send(event, environment.fn, 18_000)).toMatchObject({ Status: 'SUCCESS' });

    expect(environment.cloudFormation.requests.length).toBeGreaterThan(0);
  }));

  test.concurrent('if EventBridge Scheduler hangs, and the key is kept', withScheduler(async (env) => {
    const { keys, scheduler } = env;
    const { PhysicalResourceId, Data } = await keys.create();
    scheduler.fail({ kind: 'hang' });
    const event = keys.deleteEvent(PhysicalResourceId);

    expect(await keys.send(event, keys.fn, 18_000)).toMatchObject({ Status: 'FAILED' });

    expect(keys.liveKeys).toEqual([Data!.APIKey]);
  }, { handler: 'bundle' }));
});
