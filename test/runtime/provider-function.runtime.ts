import { rmSync } from 'node:fs';
import { declaredFunction, LambdaEnvironment, RUNTIME_NAMES } from './lambda-environment';
import { CLOUDFRONT, withEnvironment, REGIONAL, TestEnvironment } from '../lambda/support/test-environment';

jest.setTimeout(30_000);

const fn = declaredFunction();
afterAll(() => rmSync(fn.assembly, { recursive: true }));

test('the runtime in the template is one of those tested here', () => {
  expect(RUNTIME_NAMES).toContain(fn.runtime);
});

describe.each(RUNTIME_NAMES)('the declared function in the runtime %s', (runtime) => {
  /** Runs a test with a function that has not run yet. */
  const cold = (timeout: number, body: (environment: TestEnvironment, lambda: LambdaEnvironment) => Promise<void>) =>
    withEnvironment({ handler: 'bundle' }, async (environment) => {
      const lambda = await LambdaEnvironment.start({
        fn, runtime, wafUrl: environment.waf.url, cloudFormationUrl: environment.cloudFormation.url, timeout,
      });
      try {
        await body(environment, lambda);
      } finally {
        await lambda.stop();
      }
    });

  test('responds to all events in one process, once to a repeated one', cold(60, async (environment, lambda) => {
    const create = environment.createEvent();
    const first = await environment.send(create, lambda);
    const again = await environment.send(create, lambda);
    const regional = await environment.create(REGIONAL, lambda);

    expect([first.Status, again.Data?.APIKey, regional.Status]).toEqual(['SUCCESS', first.Data?.APIKey, 'SUCCESS']);
    expect(environment.liveKeys).toEqual([first.Data!.APIKey, regional.Data!.APIKey]);
    expect((await environment.delete(first.PhysicalResourceId, CLOUDFRONT, lambda)).Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([regional.Data!.APIKey]);
    expect(lambda.processes).toEqual([
      { process: expect.any(Number), node: expect.stringMatching(`^v${runtime.slice(6, 8)}\\.`) },
    ]);
  }));

  test('responds with FAILED before its timeout while AWS WAF hangs', cold(6, async (environment, lambda) => {
    environment.waf.fail({ kind: 'hang', times: 1_000 });
    const hopeless = await environment.create(CLOUDFRONT, lambda);
    expect(hopeless).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/wafv2:\w+/) });

    environment.waf.clearFaults();
    const create = await environment.create(CLOUDFRONT, lambda);
    expect(create.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([create.Data!.APIKey]);
    expect(lambda.processes).toHaveLength(1);
  }));

  test('loses its process to an unhandled rejection, but no key', cold(60, async (environment, lambda) => {
    const create = await environment.create(CLOUDFRONT, lambda);
    await lambda.rejectUnhandled();
    expect(create.Status).toBe('SUCCESS');

    const event = environment.deleteEvent(create.PhysicalResourceId);
    await expect(lambda.invoke(event)).rejects.toThrow('Runtime.ExitError');
    expect(environment.liveKeys).toEqual([create.Data!.APIKey]);

    expect((await environment.send(event, lambda)).Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([]);
    expect(lambda.processes).toHaveLength(2);
  }));
});
