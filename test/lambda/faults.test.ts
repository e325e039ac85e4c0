import { createServer } from 'node:net';
import type { FaultKind } from '../../emulator';
import { CLOUDFRONT, environmentTest, REGIONAL, withEnvironment } from './support/test-environment';
import { listen } from '../../local/listen';

describe('a temporary failure of AWS WAF', () => {
  const kinds: FaultKind[] = [
    'WAFInternalErrorException', 'service-unavailable', 'reset-before', 'ThrottlingException', 'AccessDeniedException',
    'UnrecognizedClientException', 'slow',
  ];
  environmentTest.each(kinds)('creates a key after %s on create', (kind) => withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind, operation: 'CreateAPIKey', times: 2, delayMs: 50 });

    const response = await environment.create();

    expect(response.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  })());

  environmentTest.each(
    [...kinds, 'reset-after', 'truncated-body'] as FaultKind[],
  )('creates a key after %s on list', (kind) => withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind, operation: 'ListAPIKeys', times: 2, delayMs: 50 });

    const response = await environment.create();

    expect(response.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
  })());

  environmentTest.each([...kinds, 'reset-after', 'truncated-body', 'WAFOptimisticLockException'] as FaultKind[])(
    'deletes the key after %s on delete', (kind) => withEnvironment({}, async (environment) => {
      const response = await environment.create();
      environment.waf.fail({ kind, operation: 'DeleteAPIKey', times: 2, delayMs: 50 });

      expect(await environment.delete(response.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });

      expect(environment.liveKeys).toEqual([]);
    })());

  environmentTest('retries a call that hangs', withEnvironment({
    longestWaitMs: 1_000,
  }, async (environment) => {
    environment.waf.fail({ kind: 'hang', operation: 'CreateAPIKey', times: 1 });

    const response = await environment.create();

    expect(response.Status).toBe('SUCCESS');
    expect(environment.liveKeys).toEqual([response.Data!.APIKey]);
    // beside the first attempt, for a key usually needs no more, and after the second
    expect(environment.waf.calls.filter(({ operation }) => operation === 'ListAPIKeys')).toHaveLength(2);
  }));

  environmentTest.each(
    ['AccessDeniedException', 'UnrecognizedClientException'] as const,
  )('creates the key for a new role that gets %s for its first ten seconds', (kind) => withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind, forMs: 10_000 });

    expect(await environment.create()).toMatchObject({ Status: 'SUCCESS' });
    expect(environment.liveKeys).toHaveLength(1);
  })());
});

describe('a permanent failure of AWS WAF', () => {
  environmentTest('fails within a minute and names the denied action', withEnvironment({}, async (
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

  environmentTest('fails with a reason long before the timeout if the errors are internal', withEnvironment({}, async (
    environment,
  ) => {
    environment.waf.fail({ kind: 'WAFInternalErrorException', operation: 'CreateAPIKey', times: 1_000 });

    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/failed on wafv2:CreateAPIKey.*WAFInternalErrorException/),
    });
  }));

  environmentTest.each([['create', 'CreateAPIKey'], ['update', 'ListAPIKeys'], ['delete', 'DeleteAPIKey']] as const)(
    'fails before the timeout if the service hangs on %s',
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

  environmentTest('fails before the timeout with the key\'s id if the roll-back hangs', withEnvironment(
    { longestWaitMs: 1_000, integrationUrl: 'absent' }, async (environment) => {
      environment.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey', times: 1_000 });

      const failed = await environment.send(environment.createEvent(), environment.fn, 12_000);

      expect(failed.Status).toBe('FAILED');
      expect(failed.PhysicalResourceId).toContain(environment.liveKeys[0]);
    }));

  environmentTest('fails at once with the service\'s message if a quota is reached', withEnvironment({
    maxKeys: 0,
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('WAFLimitsExceededException'),
    });
    expect(environment.changes).toHaveLength(1);
  }));

  environmentTest('stops the search for the script URL if the create is rejected', withEnvironment({
    maxKeys: 0,
  }, async (environment) => {
    environment.waf.fail({ kind: 'ThrottlingException', operation: 'ListAPIKeys', times: 1_000 });
    await environment.create();
    const before = environment.waf.calls.length;

    await environment.sleep(3_000);

    expect(environment.waf.calls.length).toBe(before);
  }));

  environmentTest('fails with a reason if nothing listens', withEnvironment({
    fn: { wafUrl: 'http://127.0.0.1:1' },
  }, async (environment) => {
    const event = environment.createEvent();

    expect(await environment.send(event, environment.fn, 18_000)).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('ECONNREFUSED'),
    });
  }));

  environmentTest('fails with a reason if the host name does not resolve', withEnvironment({
    fn: { wafUrl: 'http://waf.invalid' },
  }, async (environment) => {
    const event = environment.createEvent();

    expect(await environment.send(event, environment.fn, 18_000)).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/wafv2:CreateAPIKey/),
    });
  }));

  environmentTest('fails before the timeout if a connection is accepted without a response', async () => {
    const silent = createServer((socket) => socket.unref()); // which close() does not end
    const wafUrl = `https://${await listen(silent)}`;
    await withEnvironment({ longestWaitMs: 1_000, fn: { wafUrl } }, async (environment) => {
      const event = environment.createEvent();

      expect(await environment.send(event, environment.fn, 9_000)).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining('wafv2:CreateAPIKey'),
      });
    })().finally(() => silent.close());
  });
});

describe('a create with an unknown outcome', () => {
  environmentTest.each(['reset-after', 'truncated-body', 'hang-after'] as FaultKind[])(
    'creates a second key after %s, logs the possible orphan, and adopts no other key',
    (kind) => withEnvironment({ longestWaitMs: 1_000 }, async (environment) => {
      const foreign = environment.waf.addKey({
        scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
      });
      environment.waf.fail({ kind, operation: 'CreateAPIKey', times: 1 });

      const response = await environment.create();

      const [, ambiguous, second] = environment.liveKeys;
      expect(response.Data!.APIKey).toBe(second);
      expect([foreign.apiKey, ambiguous]).not.toContain(response.Data!.APIKey);
      expect(environment.fn.log).toContainEqual(
        expect.objectContaining({ operation: 'CreateAPIKey', attempt: 1, mayHaveCreated: true }),
      );
    })());
});

describe('the script URL', () => {
  environmentTest('is retried until AWS WAF returns it, if it comes late with the first key', withEnvironment({
    integrationUrlAfterMs: 2_500,
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'SUCCESS', Data: { ApplicationIntegrationURL: expect.stringMatching(/\/$/) },
    });
    expect(environment.changes).toEqual(['CreateAPIKey us-east-1 ok']);
    expect(environment.waf.calls.filter((call) => call.operation === 'ListAPIKeys').length).toBeLessThanOrEqual(6);
  }));

  environmentTest('rolls the key back if AWS WAF never returns it', withEnvironment({
    integrationUrl: 'absent',
  }, async (environment) => {
    expect(await environment.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('ApplicationIntegrationURL'),
    });
    expect(environment.liveKeys).toEqual([]);
  }));

  environmentTest.each(['as-documented', 'sdk-host', 'no-trailing-slash', 'with-jsapi-js'] as const)(
    'is the base of the CAPTCHA script for a URL of the kind %s',
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
