import { CreateAPIKeyCommand, ListAPIKeysCommand, Scope, WAFV2Client } from '@aws-sdk/client-wafv2';
import { Fault, FaultKind, WafEmulator } from '../../../emulator';
import { call, clientOf } from '../harness';

let now: number;
let waf: WafEmulator;
let client: WAFV2Client;

beforeAll(async () => {
  waf = await WafEmulator.start({ now: () => now });
  client = clientOf(waf);
});
beforeEach(() => {
  now = Date.UTC(2030, 0, 1);
  waf.reset();
});
afterAll(() => waf.stop());

const create = (scope: Scope = 'REGIONAL', by = client) => by.send(
  new CreateAPIKeyCommand({ Scope: scope, TokenDomains: ['example.com'] }),
);
const list = (by = client) => by.send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }));
const denied = { name: 'AccessDeniedException' };

describe('errors', () => {
  test.each([
    ['AccessDeniedException', 400],
    ['ThrottlingException', 400],
    ['WAFInternalErrorException', 500],
    ['WAFInvalidOperationException', 400],
    ['WAFOptimisticLockException', 400],
  ] as const)('%s reaches the SDK as %d, and nothing is done', async (kind, status) => {
    waf.fail({ kind });
    await expect(create()).rejects.toMatchObject({ name: kind, $metadata: { httpStatusCode: status } });
    expect(waf.keys()).toEqual([]);
    expect(waf.calls).toMatchObject([{ operation: 'CreateAPIKey', outcome: kind, status }]);
  });

  test('AccessDeniedException names the action', async () => {
    waf.fail({ kind: 'AccessDeniedException' });
    await expect(create()).rejects.toThrow(
      'is not authorized to perform: wafv2:CreateAPIKey because no identity-based policy',
    );
  });
});

describe('connection', () => {
  test('service-unavailable is 503 with HTML, and nothing is done', async () => {
    waf.fail({ kind: 'service-unavailable', times: 2 });
    const { status, headers, text } = await call(
      waf, 'CreateAPIKey', { Scope: 'REGIONAL', TokenDomains: ['example.com'] },
    );
    expect([status, headers['content-type'], text]).toEqual([503, 'text/html', expect.stringContaining('<html>')]);
    await expect(create()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(waf.keys()).toEqual([]);
    expect(waf.calls[0]).toMatchObject({ outcome: 'service-unavailable', status: 503 });
  });

  test.each([
    ['reset-before', 0], ['reset-after', 1],
  ] as const)('%s resets the connection and leaves %d keys', async (kind, keys) => {
    waf.fail({ kind });
    await expect(create()).rejects.toThrow('ECONNRESET');
    expect(waf.keys()).toHaveLength(keys);
    expect(waf.calls).toMatchObject([{ outcome: kind, status: undefined }]);
  });

  test.each([['hang', 0], ['hang-after', 1]] as const)('%s never answers and leaves %d keys', async (kind, keys) => {
    waf.fail({ kind });
    const command = new CreateAPIKeyCommand({ Scope: 'REGIONAL', TokenDomains: ['example.com'] });
    await expect(client.send(command, { abortSignal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(waf.keys()).toHaveLength(keys);
    expect(waf.calls).toMatchObject([{ outcome: kind, status: undefined }]);
  });

  test('slow acts at once and answers after delayMs', async () => {
    waf.fail({ kind: 'slow', delayMs: 200 });
    const before = performance.now();
    const answer = create();
    while (waf.keys().length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(performance.now() - before).toBeLessThan(195);
    await answer;
    expect(performance.now() - before).toBeGreaterThanOrEqual(198);
  });

  test('truncated-body acts and cuts the JSON', async () => {
    waf.fail({ kind: 'truncated-body' });
    await expect(create()).rejects.toThrow(SyntaxError);
    expect(waf.keys()).toHaveLength(1);
    expect(waf.calls).toMatchObject([{ outcome: 'truncated-body', status: 200 }]);
  });

  test('the next request of a client after a reset succeeds', async () => {
    waf.fail({ kind: 'reset-before' });
    await expect(create()).rejects.toThrow();
    await create();
    expect(waf.keys()).toHaveLength(1);
  });

  test('the SDK tries again after a reset, so that reset-after leaves two keys', async () => {
    waf.fail({ kind: 'reset-after' });
    await create('REGIONAL', clientOf(waf, { maxAttempts: 2 }));
    expect(waf.keys()).toHaveLength(2);
  });
});

describe('which calls fail', () => {
  /** The outcomes of creates in us-east-1, one after the other. */
  async function outcomes(calls: number): Promise<string[]> {
    for (let i = 0; i < calls; i++) {
      await create().catch(() => undefined);
    }
    return waf.calls.map(({ outcome }) => outcome);
  }

  test('one without more said', async () => {
    waf.fail({ kind: 'AccessDeniedException' });
    expect(await outcomes(2)).toEqual(['AccessDeniedException', 'ok']);
  });

  test('the next so many', async () => {
    waf.fail({ kind: 'AccessDeniedException', times: 2 });
    expect(await outcomes(3)).toEqual(['AccessDeniedException', 'AccessDeniedException', 'ok']);
  });

  test('those after some to skip', async () => {
    waf.fail({ kind: 'AccessDeniedException', skip: 1 });
    expect(await outcomes(3)).toEqual(['ok', 'AccessDeniedException', 'ok']);
  });

  test('all within forMs', async () => {
    waf.fail({ kind: 'AccessDeniedException', forMs: 1000 });
    await expect(create()).rejects.toMatchObject(denied);
    now += 999;
    await expect(create()).rejects.toMatchObject(denied);
    now += 1;
    await create();
    expect(waf.faults).toEqual([]);
  });

  test('so many at most within forMs', async () => {
    waf.fail({ kind: 'AccessDeniedException', forMs: 1000, times: 1 });
    expect(await outcomes(2)).toEqual(['AccessDeniedException', 'ok']);
  });

  test('those of the operation', async () => {
    waf.fail({ kind: 'AccessDeniedException', operation: 'ListAPIKeys' });
    await create();
    await expect(list()).rejects.toMatchObject(denied);
  });

  test('those in the region', async () => {
    waf.fail({ kind: 'AccessDeniedException', region: 'eu-west-1' });
    await create();
    await expect(create('REGIONAL', clientOf(waf, { region: 'eu-west-1' }))).rejects.toMatchObject(denied);
  });

  test('those of the scope', async () => {
    waf.fail({ kind: 'AccessDeniedException', scope: 'CLOUDFRONT' });
    await create();
    await expect(create('CLOUDFRONT')).rejects.toMatchObject(denied);
  });

  test('each by one fault, in the order they were added', async () => {
    waf.fail({ kind: 'AccessDeniedException' });
    waf.fail({ kind: 'WAFInternalErrorException' });
    expect(await outcomes(3)).toEqual(['AccessDeniedException', 'WAFInternalErrorException', 'ok']);
  });

  test('without taking quota when they do not act', async () => {
    waf.configure({ quotas: 'aws' });
    waf.fail({ kind: 'WAFInternalErrorException' });
    expect(await outcomes(3)).toEqual(['WAFInternalErrorException', 'ok', 'ThrottlingException']);
  });

  test('but none of an unknown kind', () => {
    expect(() => waf.fail({ kind: 'explode' as FaultKind } satisfies Fault)).toThrow('Unknown fault \'explode\'');
  });
});
