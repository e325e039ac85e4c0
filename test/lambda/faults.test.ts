import { createServer } from 'node:net';
import type { FaultKind } from '../../emulator';
import { CLOUDFRONT, environmentTest, REGIONAL, withEnvironment } from './support/test-environment';
import { listen } from '../../local/listen';

describe('AWS WAF fails for a while', () => {
  const kinds: FaultKind[] = [
    'WAFInternalErrorException', 'service-unavailable', 'reset-before', 'ThrottlingException', 'AccessDeniedException',
    'slow',
  ];
  environmentTest.each(kinds)('%s on create: one key is made', (kind) => withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind, operation: 'CreateAPIKey', times: 2, delayMs: 50 });

    const answer = await environment.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  environmentTest.each(
    [...kinds, 'reset-after', 'truncated-body'] as FaultKind[],
  )('%s on list: one key is made', (kind) => withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind, operation: 'ListAPIKeys', times: 2, delayMs: 50 });

    const answer = await environment.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  })());

  environmentTest.each([...kinds, 'reset-after', 'truncated-body', 'WAFOptimisticLockException'] as FaultKind[])(
    '%s on delete: the key is gone', (kind) => withEnvironment({}, async (environment) => {
      const answer = await environment.create();
      environment.waf.fail({ kind, operation: 'DeleteAPIKey', times: 2, delayMs: 50 });

      expect(await environment.delete(answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

      expect(environment.liveKeys).toEqual([]);
    })());

  environmentTest('a service that hangs is asked again', withEnvironment({
    longestWaitMs: 1_000,
  }, async (environment) => {
    environment.waf.fail({ kind: 'hang', operation: 'CreateAPIKey', times: 1 });

    const answer = await environment.create();

    expect(answer.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([answer.Data!.APIKey]);
  }));

  environmentTest('a role that is denied for its first ten seconds gets its key', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'AccessDeniedException', forMs: 10_000 });

    expect(await environment.create()).toMatchObject({ Status: 'SUCCESS' });
    expect(environment.liveKeys).toHaveLength(1);
  }));
});

describe('AWS WAF fails for good', () => {
  environmentTest('denied: FAILED within a minute, with the name of the action', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'AccessDeniedException', operation: 'CreateAPIKey', times: 1_000 });
    const started = environment.now();

    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('not allowed to call wafv2:CreateAPIKey'),
    });

    expect(environment.now() - started).toBeLessThan(60_000);
    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest('internal errors: FAILED with a reason, long before the function\'s '
    + 'time is up', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'WAFInternalErrorException', operation: 'CreateAPIKey', times: 1_000 });

    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/failed on wafv2:CreateAPIKey.*WAFInternalErrorException/),
    });
  }));

  environmentTest.each([['create', 'CreateAPIKey'], ['update', 'ListAPIKeys'], ['delete', 'DeleteAPIKey']] as const)(
    'hanging on %s: FAILED before the function\'s time is up',
    (kind, operation) => withEnvironment({ longestWaitMs: 1_000 }, async (environment) => {
      const { PhysicalResourceId } = await environment.create();
      environment.waf.fail({ kind: 'hang', operation, times: 1_000 });
      const event = environment.event({
        RequestType: kind === 'create' ? 'Create' : kind === 'update' ? 'Update' : 'Delete',
        PhysicalResourceId: kind === 'create' ? undefined : PhysicalResourceId,
        ResourceProperties: CLOUDFRONT,
      });

      expect(await environment.send(event, environment.fn, 9_000)).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining(operation),
      });
    })());

  environmentTest('hanging when a key of no use is to be removed: FAILED before the function\'s time is up, with the '
    + 'key\'s id', withEnvironment(
    { longestWaitMs: 1_000, integrationUrl: 'absent' }, async (environment) => {
      environment.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });

      const { Status, PhysicalResourceId } = await environment.send(
        environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), environment.fn, 12_000,
      );

      expect(Status).toBe('FAILED');
      expect(PhysicalResourceId).toContain(environment.liveKeys[0]);
    }));

  environmentTest('a limit that is reached: FAILED at once, with what the service said', withEnvironment({
    maxKeys: 0,
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('WAFLimitsExceededException'),
    });
    expect(environment.changes).toHaveLength(1);
  }));

  environmentTest('a create that is rejected ends the search for the URL of the script', withEnvironment({
    maxKeys: 0,
  }, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', times: 1_000 });
    await environment.create();
    const before = environment.waf.calls.length;

    await environment.sleep(3_000);

    expect(environment.waf.calls.length).toBe(before);
  }));

  environmentTest('nobody listens: FAILED with a reason', withEnvironment({
    fn: { wafUrl: 'http://127.0.0.1:1' },
  }, async (environment) => {
    const event = environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    expect(await environment.send(event, environment.fn, 18_000)).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('ECONNREFUSED'),
    });
  }));

  environmentTest('a name that does not resolve: FAILED with a reason', withEnvironment({
    fn: { wafUrl: 'http://waf.invalid' },
  }, async (environment) => {
    const event = environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    expect(await environment.send(event, environment.fn, 18_000)).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/wafv2:CreateAPIKey/),
    });
  }));

  environmentTest('a connection that is taken and never answered: FAILED before the function\'s '
    + 'time is up', async () => {
    const silent = createServer(() => {});
    const wafUrl = `https://${await listen(silent)}`;
    await withEnvironment({ longestWaitMs: 1_000, fn: { wafUrl } }, async (environment) => {
      const event = environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

      expect(await environment.send(event, environment.fn, 9_000)).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining('wafv2:CreateAPIKey'),
      });
    })();
    silent.close();
  });
});

describe('a create of which nobody knows whether it happened', () => {
  environmentTest.each(['reset-after', 'truncated-body', 'hang-after'] as FaultKind[])(
    '%s: a second key is made, the log says what may be left, and no other key is taken over',
    (kind) => withEnvironment({ longestWaitMs: 1_000 }, async (environment) => {
      const foreign = environment.waf.addKey({
        scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
      });
      environment.waf.fail({ kind, operation: 'CreateAPIKey', times: 1 });

      const answer = await environment.create();

      const [, ambiguous, second] = environment.liveKeys;
      expect(answer.Data!.APIKey).toBe(second);
      expect([foreign.apiKey, ambiguous]).not.toContain(answer.Data!.APIKey);
      expect(environment.fn.log).toContainEqual(
        expect.objectContaining({ operation: 'CreateAPIKey', attempt: 1, mayHaveCreated: true }),
      );
    })());
});

describe('the URL of the script', () => {
  environmentTest('comes late with the first key: it is waited for', withEnvironment({
    integrationUrlAfterMs: 2_500,
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'SUCCESS', Data: { ApplicationIntegrationURL: expect.stringMatching(/\/$/) },
    });
    expect(environment.changes).toEqual(['CreateAPIKey us-east-1 ok']);
    expect(environment.waf.calls.filter((call) => call.operation === 'ListAPIKeys').length).toBeLessThanOrEqual(6);
  }));

  environmentTest('never comes: FAILED, and the key is removed again', withEnvironment({
    integrationUrl: 'absent',
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('ApplicationIntegrationURL'),
    });
    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest.each(['as-documented', 'sdk-host', 'no-trailing-slash', 'with-jsapi-js'] as const)(
    '%s: the attribute is the base of the CAPTCHA script',
    (integrationUrl) => withEnvironment({ integrationUrl }, async (environment) => {
      for (const [properties, host] of [
        [CLOUDFRONT, '.edge.captcha-sdk.awswaf.com'], [REGIONAL, '.eu-west-1.captcha-sdk.awswaf.com'],
      ] as const) {
        const { Data } = await environment.create(properties);
        const url = new URL(Data!.ApplicationIntegrationURL);
        expect(url.hostname.endsWith(host)).toBe(true);
        expect(url.pathname).toMatch(/^\/\w+\/$/);
      }
    })());
});
