import { createServer } from 'node:net';
import type { FaultKind } from '../../emulator';
import { CLOUDFRONT, inWorld, REGIONAL } from './support/world';
import { listen } from '../../local/listen';

jest.setTimeout(180_000);

describe('AWS WAF fails for a while', () => {
  const kinds: FaultKind[] = [
    'WAFInternalErrorException', 'service-unavailable', 'reset-before', 'ThrottlingException', 'AccessDeniedException', 'slow',
  ];
  test.concurrent.each(kinds)('%s on create: one key is made', (kind) => inWorld({}, async (world) => {
    world.waf.fail({ kind, operation: 'CreateAPIKey', times: 2, delayMs: 50 });

    const answer = await world.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  test.concurrent.each([...kinds, 'reset-after', 'truncated-body'] as FaultKind[])('%s on list: one key is made', (kind) => inWorld({}, async (world) => {
    world.waf.fail({ kind, operation: 'ListAPIKeys', times: 2, delayMs: 50 });

    const answer = await world.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  test.concurrent.each([...kinds, 'reset-after', 'truncated-body', 'WAFOptimisticLockException'] as FaultKind[])(
    '%s on delete: the key is gone', (kind) => inWorld({}, async (world) => {
      const answer = await world.create();
      world.waf.fail({ kind, operation: 'DeleteAPIKey', times: 2, delayMs: 50 });

      expect(await world.delete(answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

      expect(world.liveKeys).toEqual([]);
    })());

  test.concurrent('a service that hangs is asked again', inWorld({}, async (world) => {
    world.waf.fail({ kind: 'hang', operation: 'CreateAPIKey', times: 1 });

    const answer = await world.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(world.liveKeys).toEqual([answer.Data!.APIKey]);
  }));

  test.concurrent('a role that is denied for its first ten seconds gets its key', inWorld({}, async (world) => {
    world.waf.fail({ kind: 'AccessDeniedException', forMs: 10_000 });

    expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });
    expect(world.liveKeys).toHaveLength(1);
  }));
});

describe('AWS WAF fails for good', () => {
  test.concurrent('denied: FAILED within a minute, with the name of the action', inWorld({}, async (world) => {
    world.waf.fail({ kind: 'AccessDeniedException', operation: 'CreateAPIKey', times: 1_000 });
    const started = world.now();

    expect(await world.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('not allowed to call wafv2:CreateAPIKey') });

    expect(world.now() - started).toBeLessThan(60_000);
    expect(world.liveKeys).toEqual([]);
  }));

  test.concurrent('internal errors: FAILED with a reason, long before the function\'s time is up', inWorld({}, async (world) => {
    world.waf.fail({ kind: 'WAFInternalErrorException', operation: 'CreateAPIKey', times: 1_000 });

    expect(await world.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/failed on wafv2:CreateAPIKey.*WAFInternalErrorException/),
    });
  }));

  test.concurrent.each([['create', 'CreateAPIKey'], ['update', 'ListAPIKeys'], ['delete', 'DeleteAPIKey']] as const)(
    'hanging on %s: FAILED before the function\'s time is up', (kind, operation) => inWorld({}, async (world) => {
      const { PhysicalResourceId } = await world.create();
      world.waf.fail({ kind: 'hang', operation, times: 1_000 });
      const event = world.event({
        RequestType: kind === 'create' ? 'Create' : kind === 'update' ? 'Update' : 'Delete',
        PhysicalResourceId: kind === 'create' ? undefined : PhysicalResourceId,
        ResourceProperties: CLOUDFRONT,
      });
      const end = world.now() + 9_000;

      expect(await world.send(event, world.fn, 9_000)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(operation) });
      expect(world.now()).toBeLessThan(end);
    })());

  test.concurrent('hanging when a key of no use is to be removed: FAILED before the function\'s time is up, with the key\'s id', inWorld(
    { integrationUrl: 'absent' }, async (world) => {
      world.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });
      const end = world.now() + 12_000;

      const { Status, PhysicalResourceId } = await world.send(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), world.fn, 12_000);

      expect(Status).toBe('FAILED');
      expect(world.now()).toBeLessThan(end);
      expect(PhysicalResourceId).toContain(world.liveKeys[0]);
    }));

  test.concurrent('a limit that is reached: FAILED at once, with what the service said', inWorld({ maxKeys: 0 }, async (world) => {
    expect(await world.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('WAFLimitsExceededException') });
    expect(world.changes).toHaveLength(1);
  }));

  test.concurrent('a create that is rejected ends the search for the URL of the script', inWorld({ maxKeys: 0 }, async (world) => {
    world.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', times: 1_000 });
    await world.create();
    const before = world.waf.calls.length;

    await new Promise((resolve) => setTimeout(resolve, 3_000));

    expect(world.waf.calls.length).toBe(before);
  }));

  test.concurrent('nobody listens: FAILED with a reason', inWorld({ fn: { wafUrl: 'http://127.0.0.1:1' } }, async (world) => {
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    expect(await world.send(event, world.fn, 9_000)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ECONNREFUSED') });
  }));

  test.concurrent('a name that does not resolve: FAILED with a reason', inWorld({ fn: { wafUrl: 'http://waf.invalid' } }, async (world) => {
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    expect(await world.send(event, world.fn, 9_000)).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/wafv2:CreateAPIKey/) });
  }));

  test.concurrent('a connection that is taken and never answered: FAILED before the function\'s time is up', async () => {
    const silent = createServer(() => {});
    const wafUrl = `https://${await listen(silent)}`;
    await inWorld({ fn: { wafUrl } }, async (world) => {
      const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
      const end = world.now() + 9_000;

      expect(await world.send(event, world.fn, 9_000)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('wafv2:CreateAPIKey') });
      expect(world.now()).toBeLessThan(end);
    })();
    silent.close();
  });
});

describe('a create of which nobody knows whether it happened', () => {
  test.concurrent.each(['reset-after', 'truncated-body', 'hang-after'] as FaultKind[])(
    '%s: a second key is made, the log says what may be left, and no other key is taken over', (kind) => inWorld({}, async (world) => {
      const foreign = world.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'] });
      world.waf.fail({ kind, operation: 'CreateAPIKey', times: 1 });

      const answer = await world.create();

      const [, ambiguous, second] = world.liveKeys;
      expect(answer.Data!.APIKey).toBe(second);
      expect([foreign.apiKey, ambiguous]).not.toContain(answer.Data!.APIKey);
      expect(world.fn.log).toContainEqual(expect.objectContaining({ operation: 'CreateAPIKey', attempt: 1, mayHaveCreated: true }));
    })());
});

describe('the URL of the script', () => {
  test.concurrent('comes late with the first key: it is waited for', inWorld({ integrationUrlAfterMs: 2_500 }, async (world) => {
    expect(await world.create()).toMatchObject({ Status: 'SUCCESS', Data: { ApplicationIntegrationURL: expect.stringMatching(/\/$/) } });
    expect(world.changes).toEqual(['CreateAPIKey us-east-1 ok']);
    expect(world.waf.calls.filter((call) => call.operation === 'ListAPIKeys').length).toBeLessThanOrEqual(6);
  }));

  test.concurrent('never comes: FAILED, and the key is removed again', inWorld({ integrationUrl: 'absent' }, async (world) => {
    expect(await world.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ApplicationIntegrationURL') });
    expect(world.liveKeys).toEqual([]);
  }));

  test.concurrent.each(['as-documented', 'sdk-host', 'no-trailing-slash', 'with-jsapi-js'] as const)(
    '%s: the attribute is the base of the CAPTCHA script', (integrationUrl) => inWorld({ integrationUrl }, async (world) => {
      for (const [properties, host] of [[CLOUDFRONT, '.edge.captcha-sdk.awswaf.com'], [REGIONAL, '.eu-west-1.captcha-sdk.awswaf.com']] as const) {
        const { Data } = await world.create(properties);
        const url = new URL(Data!.ApplicationIntegrationURL);
        expect(url.hostname.endsWith(host)).toBe(true);
        expect(url.pathname).toMatch(/^\/\w+\/$/);
      }
    })());
});
