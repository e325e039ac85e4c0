import { CreateAPIKeyCommand, ListAPIKeysCommand, Scope } from '@aws-sdk/client-wafv2';
import { Fault, FaultKind } from '../../../emulator';
import { call, clientOf, useEmulator } from '../support';

const aws = useEmulator();

const create = (scope: Scope = 'REGIONAL', by = aws.client) => by.send(
  new CreateAPIKeyCommand({ Scope: scope, TokenDomains: ['example.com'] }),
);
const list = (by = aws.client) => by.send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }));
const denied = { name: 'AccessDeniedException' };

describe('errors', () => {
  test.each([
    ['AccessDeniedException', 400],
    ['ThrottlingException', 400],
    ['UnrecognizedClientException', 400],
    ['WAFInternalErrorException', 500],
    ['WAFInvalidOperationException', 400],
    ['WAFOptimisticLockException', 400],
  ] as const)('%s reaches the SDK with status %d, and no key is created', async (kind, status) => {
    aws.waf.fail({ kind });
    await expect(create()).rejects.toMatchObject({ name: kind, $metadata: { httpStatusCode: status } });
    expect(aws.waf.keys()).toEqual([]);
    expect(aws.waf.calls).toMatchObject([{ operation: 'CreateAPIKey', outcome: kind, status }]);
  });

  test('AccessDeniedException names the denied action', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException' });
    await expect(create()).rejects.toThrow(
      'is not authorized to perform: wafv2:CreateAPIKey because no identity-based policy',
    );
  });
});

describe('connection', () => {
  test('service-unavailable returns 503 with HTML, and no key is created', async () => {
    aws.waf.fail({ kind: 'service-unavailable', times: 2 });
    const { status, headers, text } = await call(
      aws.waf, 'CreateAPIKey', { Scope: 'REGIONAL', TokenDomains: ['example.com'] },
    );
    expect([status, headers['content-type'], text]).toEqual([503, 'text/html', expect.stringContaining('<html>')]);
    await expect(create()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(aws.waf.keys()).toEqual([]);
    expect(aws.waf.calls[0]).toMatchObject({ outcome: 'service-unavailable', status: 503 });
  });

  test.each([
    ['reset-before', 0], ['reset-after', 1],
  ] as const)('%s resets the connection after creating %d keys', async (kind, keys) => {
    aws.waf.fail({ kind });
    await expect(create()).rejects.toThrow('ECONNRESET');
    expect(aws.waf.keys()).toHaveLength(keys);
    expect(aws.waf.calls).toMatchObject([{ outcome: kind, status: undefined }]);
  });

  test.each([
    ['hang', 0], ['hang-after', 1],
  ] as const)('%s never responds after creating %d keys', async (kind, keys) => {
    aws.waf.fail({ kind });
    const command = new CreateAPIKeyCommand({ Scope: 'REGIONAL', TokenDomains: ['example.com'] });
    await expect(aws.client.send(command, { abortSignal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(aws.waf.keys()).toHaveLength(keys);
    expect(aws.waf.calls).toMatchObject([{ outcome: kind, status: undefined }]);
  });

  test('slow creates the key at once', async () => {
    aws.waf.fail({ kind: 'slow', delayMs: 600_000 });
    const abort = new AbortController();
    const command = new CreateAPIKeyCommand({ Scope: 'REGIONAL', TokenDomains: ['example.com'] });
    const aborted = expect(aws.client.send(command, { abortSignal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    while (aws.waf.keys().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await aborted;
  });

  test('slow responds after delayMs', async () => {
    aws.waf.fail({ kind: 'slow', delayMs: 200 });
    const before = performance.now();
    await create();
    // Timers may fire a millisecond early.
    expect(performance.now() - before).toBeGreaterThanOrEqual(198);
  });

  test('truncated-body creates the key and cuts the JSON of the response', async () => {
    aws.waf.fail({ kind: 'truncated-body' });
    await expect(create()).rejects.toMatchObject({ name: 'SyntaxError' });
    expect(aws.waf.keys()).toHaveLength(1);
    expect(aws.waf.calls).toMatchObject([{ outcome: 'truncated-body', status: 200 }]);
  });

  test('the next request of the same client succeeds after a reset', async () => {
    aws.waf.fail({ kind: 'reset-before' });
    await expect(create()).rejects.toThrow();
    await create();
    expect(aws.waf.keys()).toHaveLength(1);
  });

  test('the SDK retries after a reset, so that reset-after creates two keys', async () => {
    aws.waf.fail({ kind: 'reset-after' });
    await create('REGIONAL', clientOf(aws.waf, { maxAttempts: 2 }));
    expect(aws.waf.keys()).toHaveLength(2);
  });
});

describe('a fault', () => {
  /** The outcomes of creates in us-east-1, one after the other. */
  async function outcomes(calls: number): Promise<string[]> {
    for (let i = 0; i < calls; i++) await create().catch(() => undefined);
    return aws.waf.calls.map(({ outcome }) => outcome);
  }

  test('fails only the next call by default', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException' });
    expect(await outcomes(2)).toEqual(['AccessDeniedException', 'ok']);
  });

  test('fails as many calls as times says', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', times: 2 });
    expect(await outcomes(3)).toEqual(['AccessDeniedException', 'AccessDeniedException', 'ok']);
  });

  test('fails every call within forMs', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', forMs: 1000 });
    await expect(create()).rejects.toMatchObject(denied);
    aws.now += 999;
    await expect(create()).rejects.toMatchObject(denied);
    aws.now += 1;
    await create();
    expect(aws.waf.faults).toEqual([]);
  });

  test('fails at most as many calls within forMs as times says', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', forMs: 1000, times: 1 });
    expect(await outcomes(2)).toEqual(['AccessDeniedException', 'ok']);
  });

  test('applies only to the given operation', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', operation: 'ListAPIKeys' });
    await create();
    await expect(list()).rejects.toMatchObject(denied);
  });

  test('applies only to the given region', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', region: 'eu-west-1' });
    await create();
    await expect(create('REGIONAL', clientOf(aws.waf, { region: 'eu-west-1' }))).rejects.toMatchObject(denied);
  });

  test('applies only to the given scope', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException', scope: 'CLOUDFRONT' });
    await create();
    await expect(create('CLOUDFRONT')).rejects.toMatchObject(denied);
  });

  test('applies alone to a call, in the order in which the faults were added', async () => {
    aws.waf.fail({ kind: 'AccessDeniedException' });
    aws.waf.fail({ kind: 'WAFInternalErrorException' });
    expect(await outcomes(3)).toEqual(['AccessDeniedException', 'WAFInternalErrorException', 'ok']);
  });

  test('does not count against the quota if the operation does not act', async () => {
    aws.waf.configure({ quotas: 'aws' });
    aws.waf.fail({ kind: 'WAFInternalErrorException' });
    expect(await outcomes(3)).toEqual(['WAFInternalErrorException', 'ok', 'ThrottlingException']);
  });

  test('is rejected if its kind is unknown', () => {
    expect(() => aws.waf.fail({ kind: 'explode' as FaultKind } satisfies Fault)).toThrow('Unknown fault \'explode\'');
  });
});
