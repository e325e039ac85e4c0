import { rmSync } from 'node:fs';
import { declaredFunction } from './declared-function';
import { LambdaEnvironment, RUNTIME_NAMES } from './lambda-environment';
import { CLOUDFRONT, inWorld, REGIONAL, World } from '../lambda/support/world';

jest.setTimeout(30_000);

const fn = declaredFunction();
afterAll(() => rmSync(fn.assembly, { recursive: true }));

test('the runtime that the template names is one of those below', () => {
  expect(RUNTIME_NAMES).toContain(fn.runtime);
});

describe.each(RUNTIME_NAMES)('the declared function in the runtime %s', (runtime) => {
  /** Runs a test with a function that has not run yet. */
  const cold = (timeout: number, body: (world: World, lambda: LambdaEnvironment) => Promise<void>) => inWorld({}, async (world) => {
    const lambda = await LambdaEnvironment.start({ fn, runtime, wafUrl: world.waf.url, timeout });
    try {
      await body(world, lambda);
    } finally {
      await lambda.stop();
    }
  });

  test('answers the event that starts it and those after it in one process; an event that comes twice makes one key', cold(60, async (world, lambda) => {
    const create = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
    const first = await world.send(create, lambda);
    const again = await world.send(create, lambda);
    const regional = await world.create(REGIONAL, lambda);

    expect([first.Status, again.Data?.APIKey, regional.Status]).toEqual(['SUCCESS', first.Data?.APIKey, 'SUCCESS']);
    expect(world.liveKeys).toEqual([first.Data!.APIKey, regional.Data!.APIKey]);
    expect((await world.delete(first.PhysicalResourceId, CLOUDFRONT, lambda)).Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([regional.Data!.APIKey]);
    expect(lambda.processes).toEqual([{ process: expect.any(Number), node: expect.stringMatching(`^v${runtime.slice(6, 8)}\\.`) }]);
  }));

  test('answers FAILED before Lambda ends it while AWS WAF hangs, and goes on in the same process with nothing unhandled', cold(6, async (world, lambda) => {
    world.waf.fail({ kind: 'hang', times: 1_000 });
    const hopeless = await world.create(CLOUDFRONT, lambda);
    expect(hopeless).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/wafv2:\w+/) });

    world.waf.clearFaults();
    const create = await world.create(CLOUDFRONT, lambda);
    expect(create.Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([create.Data!.APIKey]);
    expect(lambda.processes).toHaveLength(1);
  }));

  test('loses its process to a rejection of others that nobody handles, but neither an answer given nor a key', cold(60, async (world, lambda) => {
    const create = await world.create(CLOUDFRONT, lambda);
    await lambda.rejectUnhandled();
    expect(create.Status).toBe('SUCCESS');

    const event = world.event({ RequestType: 'Delete', PhysicalResourceId: create.PhysicalResourceId, ResourceProperties: CLOUDFRONT });
    await expect(lambda.invoke(event)).rejects.toThrow('Runtime.ExitError');
    expect(world.liveKeys).toEqual([create.Data!.APIKey]);

    expect((await world.send(event, lambda)).Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([]);
    expect(lambda.processes).toHaveLength(2);
  }));
});
