import { NODE_OPTIONS } from './support/name-resolver';
import { TestEnvironment, withEnvironment } from './support/test-environment';
import {
  environmentOf, expectRestored, GracePeriodEnvironment, NOWHERE, withScheduler, WITHOUT,
} from './support/with-scheduler';
import type { ResourceEvent } from '../../lambda/events';

// In virtual time, a call that hangs or is slow takes no time. Not part of `npm test`.
jest.setTimeout(120_000);

const SENT_MS_AGO = 11_000;

/** An event that has been on its way for so long that CloudFormation is asked before anything is created. */
function lateEvent(environment: TestEnvironment): ResourceEvent {
  const event = environment.createEvent();
  const sent = new Date(Date.now() - SENT_MS_AGO).toISOString().replace(/[-:]|\.\d+/g, '');
  return { ...event, ResponseURL: event.ResponseURL.replace(/X-Amz-Date=\w+/, `X-Amz-Date=${sent}`) };
}

test.concurrent('a late event is responded to in time if CloudFormation hangs', withEnvironment({
  handler: 'bundle',
}, async (environment) => {
  // The first event loads the client, which can take longer than the time that remains for the second.
  await environment.send(lateEvent(environment));
  const { length: requestsBefore } = environment.cloudFormation.requests;
  environment.cloudFormation.fault = 'hang';

  const response = await environment.send(lateEvent(environment), environment.fn, 6_000);

  expect(response.Status).toMatch(/^(SUCCESS|FAILED)$/);
  expect(environment.cloudFormation.requests.length).toBeGreaterThan(requestsBefore);
}));

test.concurrent('a response is submitted if CloudFormation hangs between the attempts', withEnvironment({
  handler: 'bundle',
}, async (environment) => {
  environment.cloudFormation.fault = 'hang';
  environment.bucket.fail('hang', 'hang'); // until CloudFormation is asked for the first time
  const event = environment.createEvent();

  expect(await environment.send(event, environment.fn, 40_000)).toMatchObject({ Status: 'SUCCESS' });

  expect(environment.cloudFormation.requests.length).toBeGreaterThan(0);
}));

test.concurrent('a Delete keeps the key, in time, if EventBridge Scheduler hangs', withScheduler(async (env) => {
  const { keys, scheduler } = env;
  const { PhysicalResourceId, Data } = await keys.create();
  scheduler.fail({ kind: 'hang' });
  const event = keys.deleteEvent(PhysicalResourceId);

  expect(await keys.send(event, keys.fn, 18_000)).toMatchObject({ Status: 'FAILED' });

  expect(keys.liveKeys).toEqual([Data!.APIKey]);
}, { handler: 'bundle' }));

test.concurrent('orphans no key of a Create cancelled right before its last attempt, which is slow', withEnvironment(
  { handler: 'bundle' }, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', times: 1_000_000 });
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event, 100_000);
    await environment.until(() => environment.cloudFormation.requests.length > 0);
    const cancelled = environment.cancelCreate(event);
    await environment.sleep(8_000); // the next request is ten seconds after the last one
    environment.waf.clearFaults();
    environment.waf.fail({ kind: 'slow', operation: 'CreateAPIKey', times: 1, delayMs: 8_500 });
    await Promise.all([cancelled, invocation]);

    expect(environment.fn.log).toContainEqual(expect.objectContaining({ operation: 'CreateAPIKey', outcome: 'ok' }));
    expect(environment.liveKeys).toEqual([]);
  },
));

test.concurrent('a cancelled Create stops if only its list has noticed', withEnvironment(
  { handler: 'bundle' }, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', forMs: 14_000 });
    environment.waf.fail({ kind: 'AccessDeniedException', operation: 'CreateAPIKey', forMs: 14_000 });
    const event = environment.createEvent();
    const invocation = environment.fn.invoke(event);
    await environment.until(() => environment.waf.calls.length > 0);
    environment.cloudFormation.cancel(event);
    await invocation;

    expect(environment.changes).not.toContain('CreateAPIKey us-east-1 ok');
  },
));

// What the shipped bundle makes of the errors of connections.
test.concurrent.each<[string, (env: GracePeriodEnvironment) => unknown, number]>([
  ['connection', (env) => env.deploy(WITHOUT, NOWHERE), 4],
  ['route', ({ keys }) => {
    keys.fn = keys.anotherFunction({ env: { ...environmentOf(WITHOUT, 'http://silent.invalid'), NODE_OPTIONS } });
  }, 1],
])('a roll-back restores the old key if EventBridge Scheduler has no %s', (_, breakScheduler, attempts) =>
  withScheduler(
    (env) => expectRestored(env, breakScheduler, attempts), { handler: 'bundle', properties: WITHOUT },
  )());
