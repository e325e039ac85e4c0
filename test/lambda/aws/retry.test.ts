import { RetryContext, withRetries } from '../../../lambda/aws/retry';
import { VirtualClock } from '../../../local/virtual-clock';

const SECOND = 1_000;

interface Details {
  readonly status?: number;
  readonly fault?: 'client' | 'server';
  readonly code?: string;
  readonly syscall?: string;
  readonly errors?: readonly Error[];
}

/** An error as the client throws it: from a response if it has a status, else from the connection. */
function errorOf(name: string, { status, fault, ...more }: Details = {}, message = ''): Error {
  return Object.assign(
    new Error(message), { name, ...more, $fault: fault, $metadata: status && { httpStatusCode: status } },
  );
}

const throttled = errorOf('ThrottlingException', { status: 400, fault: 'client' }, 'Rate exceeded');
const unavailable = errorOf('WAFInternalErrorException', { status: 500, fault: 'server' });
const denied = errorOf('AccessDeniedException', { status: 400, fault: 'client' });
const unrecognized = errorOf('UnrecognizedClientException', { status: 400, fault: 'client' });
const rejected = errorOf('WAFInvalidParameterException', { status: 400, fault: 'client' }, 'no such domain');

/** Calls what fails, in virtual time, and notes what happens. */
class Caller {
  public readonly clock = new VirtualClock();
  public readonly lines: Record<string, unknown>[] = [];
  /** When each try began, in seconds. */
  public readonly tries: number[] = [];
  private readonly start = this.clock.now();

  public async call(errors: (
    attempt: number,
  ) => unknown, { within = 600, operation = 'CreateAPIKey', takes = 0, ...more }: Partial<RetryContext> & {
    within?: number; operation?: string; takes?: number;
  } = {}) {
    const attempts: RetryContext = {
      clock: this.clock, log: (line) => { this.lines.push(line); }, deadline: this.start + within * SECOND, ...more,
    };
    return withRetries(operation, attempts, async () => {
      this.tries.push(this.elapsed);
      await this.clock.sleep(takes * SECOND);
      const error = errors(this.tries.length);
      if (error) throw error;
      return 'done';
    });
  }

  public get elapsed(): number {
    return (this.clock.now() - this.start) / SECOND;
  }

  /** Seconds between one try and the next. */
  public get pauses(): number[] {
    return this.tries.slice(1).map((time, index) => time - this.tries[index]);
  }
}

let caller: Caller;
beforeEach(() => { caller = new Caller(); });

describe('withRetries', () => {
  test('tries until the deadline when throttled, and not in step with other keys', async () => {
    const reason = (await caller.call(() => throttled).catch((error) => error)).message;

    expect(reason).toContain(
      `wafv2:CreateAPIKey was throttled for ${Math.round(caller.elapsed)} s (${caller.tries.length} attempts)`,
    );
    expect(new Set(caller.pauses).size).toBeGreaterThan(20);
    expect(caller.elapsed).toBeGreaterThan(575);
    expect(caller.elapsed).toBeLessThan(600);
  });

  test('tries for a minute when AWS WAF is unavailable, at most 25 times', async () => {
    await expect(caller.call(() => unavailable)).rejects.toThrow('could not be reached or failed');

    expect(caller.tries.length).toBeLessThanOrEqual(25);
    expect(caller.elapsed).toBeGreaterThan(50);
    expect(caller.elapsed).toBeLessThanOrEqual(60);
  });

  test('counts the duration of the attempts when AWS WAF is unavailable', async () => {
    await expect(caller.call(() => unavailable, { takes: 10 })).rejects.toThrow('could not be reached or failed');

    expect(caller.tries.length).toBeGreaterThanOrEqual(4);
    expect(caller.tries.length).toBeLessThanOrEqual(6);
  });

  test.each([
    [denied, 'is not allowed to call'], [unrecognized, 'did not recognize the credentials'],
  ])('retries a call of a role that is not known yet for half a minute: %s', async (error, reason) => {
    const failure = { message: expect.stringContaining(reason), wasRefused: true };
    await expect(caller.call(() => error)).rejects.toMatchObject(failure);

    expect(caller.elapsed).toBeGreaterThan(20);
    expect(caller.elapsed).toBeLessThanOrEqual(30);
  });

  test('limits the retries of each kind of error on its own', async () => {
    await expect(
      caller.call((attempt) => attempt <= 60 ? throttled : attempt <= 68 ? unavailable : undefined),
    ).resolves.toBe('done');
  });

  test.each([
    ['CreateAPIKey', true], ['ListAPIKeys', false],
  ])('asks before it repeats %s whether CloudFormation waits, by a recent answer: %s', async (operation, recent) => {
    const isAbandoned = jest.fn().mockResolvedValue(true);

    await expect(caller.call(() => unavailable, { operation, isAbandoned })).rejects.toThrow('given the resource up');

    expect(isAbandoned.mock.calls).toEqual([[recent]]);
    expect(caller.tries).toHaveLength(1);
  });

  test('does not retry a rejected call', async () => {
    await expect(caller.call(() => rejected)).rejects.toThrow(
      'AWS WAF rejected wafv2:CreateAPIKey: WAFInvalidParameterException: no such domain',
    );

    expect(caller.tries).toEqual([0]);
    expect(caller.elapsed).toBe(0);
  });
});

describe('the deadline', () => {
  test('allows an attempt with half a second remaining, for as long as there is time', async () => {
    const timeout = jest.spyOn(caller.clock, 'timeout');

    await expect(caller.call(() => undefined, { within: 0.5 })).resolves.toBe('done');

    expect(timeout).toHaveBeenCalledWith(500);
  });

  test('allows no attempt with less time remaining', async () => {
    await expect(caller.call(() => undefined, { within: 0.499 })).rejects.toMatchObject({
      message: 'Ran out of time before calling wafv2:CreateAPIKey.', wasRefused: false,
    });

    expect(caller.tries).toEqual([]);
  });

  test('ends an attempt after ten seconds', async () => {
    const timeout = jest.spyOn(caller.clock, 'timeout');

    await caller.call(() => undefined);

    expect(timeout).toHaveBeenCalledWith(10_000);
  });

  test('allows no pause that would end too late for an attempt', async () => {
    await expect(caller.call(() => throttled, { within: 20 })).rejects.toThrow('was throttled');

    expect(caller.tries.at(-1)!).toBeLessThanOrEqual(19.5);
    expect(caller.elapsed).toBe(caller.tries.at(-1)!);
  });
});

test('a pause that ends after the deadline keeps the reason of the last attempt', async () => {
  const { clock } = caller;
  const sleep = clock.sleep;
  jest.spyOn(clock, 'sleep').mockImplementation((pause) => sleep(pause && pause + 20 * SECOND));

  await expect(caller.call(() => unavailable, { within: 10 })).rejects.toThrow('could not be reached or failed');
});

test('a call that is aborted fails with the error of the abort and is not retried', async () => {
  const aside = new AbortController();
  const aborted = new Error('aborted');

  await expect(caller.call(() => { aside.abort(); return aborted; }, { signal: aside.signal })).rejects.toBe(aborted);

  expect(caller.tries).toHaveLength(1);
  expect(caller.lines).toEqual([]);
});

test('a call that is aborted ends at once', async () => {
  const aside = new AbortController();
  let given: AbortSignal | undefined;
  const { clock } = caller;
  const attempts: RetryContext = { clock, log: () => {}, deadline: clock.now() + 60 * SECOND, signal: aside.signal };

  const call = withRetries('ListAPIKeys', attempts, (signal) => {
    given = signal;
    return new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason)); });
  });
  aside.abort(new Error('not needed'));

  await expect(call).rejects.toThrow('not needed');
  expect(given!.aborted).toBe(true);
});

test.each<[string, string, Details]>([
  ['throttled', 'ThrottlingException', { status: 400, fault: 'client' }],
  ['throttled', 'TooManyRequestsException', {}],
  ['throttled', 'Error', { status: 429 }],
  ['denied', 'AccessDeniedException', { status: 400, fault: 'client' }],
  ['denied', 'AccessDenied', { status: 403, fault: 'client' }],
  ['denied', 'NotAuthorized', { status: 403, fault: 'client' }],
  ['unrecognized', 'UnrecognizedClientException', { status: 400, fault: 'client' }],
  ['unrecognized', 'InvalidClientTokenId', { status: 403, fault: 'client' }],
  ['unavailable', 'WAFInternalErrorException', { status: 400, fault: 'client' }],
  ['unavailable', 'WAFOptimisticLockException', { status: 400, fault: 'client' }],
  ['unavailable', 'Unknown', { status: 503, fault: 'client' }],
  ['unavailable', 'RequestTimeout', { status: 400, fault: 'client' }],
  ['unavailable', 'Unknown', { status: 500, fault: 'server' }],
  ['unavailable', 'Unknown', { status: 400 }],
  ['unavailable', 'SyntaxError', { status: 200 }],
  ['unavailable', 'TimeoutError', {}],
  ['unavailable', 'Error', { code: 'ECONNRESET' }],
  ['rejected', 'WAFInvalidParameterException', { status: 400, fault: 'client' }],
  ['rejected', 'IsNotAccessDenied', { status: 400, fault: 'client' }],
  ['rejected', 'InvalidSignatureException', { status: 400, fault: 'client' }],
])('classifies as %s: %s %j', async (kind, name, details) => {
  await caller.call((attempt) => attempt === 1 ? errorOf(name, details) : undefined).catch(() => {});

  expect(caller.lines[0]).toMatchObject({ operation: 'CreateAPIKey', attempt: 1, outcome: kind });
});

test.each<[boolean | undefined, string, string, Details]>([
  [true, 'CreateAPIKey', 'WAFInternalErrorException', { status: 500, fault: 'server' }],
  [true, 'CreateAPIKey', 'Error', { code: 'ECONNRESET' }],
  [true, 'CreateAPIKey', 'TimeoutError', {}],
  [true, 'CreateAPIKey', 'TimeoutError', { code: 'ETIMEDOUT', syscall: 'read' }],
  [true, 'CreateAPIKey', 'Error', { code: 'EHOSTUNREACH', syscall: 'write' }],
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EADDRNOTAVAIL'].map(
    (code): [undefined, string, string, Details] => [undefined, 'CreateAPIKey', 'Error', { code, syscall: 'connect' }],
  ),
  ...['ENOTFOUND', 'EAI_AGAIN'].map((code): [undefined, string, string, Details] =>
    [undefined, 'CreateAPIKey', 'Error', { code, syscall: 'getaddrinfo' }]),
  ...[
    'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ].map((code): [undefined, string, string, Details] => [undefined, 'CreateAPIKey', 'Error', { code }]),
  [undefined, 'CreateAPIKey', 'ThrottlingException', { status: 400, fault: 'client' }],
  [undefined, 'CreateAPIKey', 'WAFInvalidParameterException', { status: 400, fault: 'client' }],
  [undefined, 'DeleteAPIKey', 'WAFInternalErrorException', { status: 500, fault: 'server' }],
])('logs mayHaveCreated: %s for a %s that ended with %s %j', async (
  mayHaveCreated, operation, name, details,
) => {
  await caller.call((attempt) => attempt === 1 ? errorOf(name, details) : undefined, { operation }).catch(() => {});

  expect(caller.lines[0].mayHaveCreated).toBe(mayHaveCreated);
});

test('a signature that AWS WAF calls expired has created no key', async () => {
  const expired = errorOf('InvalidSignatureException', { status: 400, fault: 'client' }, 'Signature expired: 1 is now');

  await caller.call((attempt) => attempt === 1 ? expired : undefined);

  expect(caller.lines[0]).toMatchObject({ outcome: 'unavailable', mayHaveCreated: undefined });
});

test.each<[string, string, string, Details?]>([
  ['Error', 'socket hang up', 'socket hang up'],
  ['TypeError', 'oops', 'TypeError: oops'],
  ['Error', '', 'ECONNRESET', { code: 'ECONNRESET' }],
  ['AggregateError', '', 'AggregateError: ETIMEDOUT', { code: 'ETIMEDOUT', errors: [errorOf('Error')] }],
  ['AggregateError', '', 'AggregateError: ETIMEDOUT, EHOSTUNREACH', {
    errors: [errorOf('Error', { code: 'ETIMEDOUT' }), errorOf('Error', { code: 'EHOSTUNREACH' })],
  }],
  ['TimeoutError', '', 'TimeoutError'],
  ['Refused', 'No.\n\nThe Canonical String for this request should have been\n\'POST token\'', 'Refused: No.'],
  ['Refused', 'No. Canonical String: POST token', 'Refused: No.'],
])('logs the message of %s %j as %j', async (name, message, expected, details = {}) => {
  await caller.call((attempt) => attempt === 1 ? errorOf(name, details, message) : undefined);

  expect(caller.lines[0].error).toBe(expected);
});

test('logs a line for each attempt, with its duration', async () => {
  await caller.call((attempt) => attempt === 1 ? throttled : undefined, { takes: 2 });

  expect(caller.lines).toEqual([
    {
      operation: 'CreateAPIKey',
      attempt: 1,
      duration: 2_000,
      outcome: 'throttled',
      error: 'ThrottlingException: Rate exceeded',
      mayHaveCreated: undefined,
    },
    { operation: 'CreateAPIKey', attempt: 2, duration: 2_000, outcome: 'ok' },
  ]);
});
