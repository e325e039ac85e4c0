import { createServer } from 'node:http';
import { CLOUDFRONT, environmentTest, TestEnvironment, withEnvironment } from './support/test-environment';
import { redact } from '../../lambda/runtime/redact';
import { CREDENTIALS } from '../../local/function-process';
import { close, listen } from '../../local/listen';

/** Drives the function through successes and through every way to fail that we know of. */
async function everything(environment: TestEnvironment): Promise<string[]> {
  const reasons: (string | undefined)[] = [];
  const note = async (response: Promise<{ Reason?: string }>) => { reasons.push((await response).Reason); };
  const created = await environment.create();
  await note(environment.update(created.PhysicalResourceId, { ...CLOUDFRONT, RotationId: 'x' }, CLOUDFRONT));
  await note(environment.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] }));
  await note(environment.create({ Scope: 'nonsense', Secret: 'property-that-nobody-may-see' }));
  for (const kind of [
    'hang',
    'reset-after',
    'WAFInternalErrorException',
    'service-unavailable',
    'truncated-body',
    'ThrottlingException',
    'AccessDeniedException',
  ] as const) {
    environment.waf.fail({ kind, operation: 'CreateAPIKey', times: 50 });
    await note(environment.send(environment.createEvent(), environment.fn, 4_000));
    environment.waf.reset();
  }
  for (const fault of ['reset', 'reset-after', 500, 403] as const) {
    environment.bucket.fail(fault, 403);
    // Of the fate of a response that is lost, CloudFormation is asked for as long as there is time.
    await environment.fn.invoke(environment.createEvent(), 12_000);
    environment.bucket.clearFaults();
  }
  await note(environment.delete(created.PhysicalResourceId));
  return reasons.filter((reason) => reason !== undefined);
}

environmentTest('no log line or reason has a presigned URL, a credential or an unknown property', withEnvironment({
  longestWaitMs: 1_000,
}, async (environment) => {
  const reasons = await everything(environment);
  expect(reasons).toHaveLength(9);

  const seen = [environment.fn.output, environment.fn.errorOutput, ...reasons].join('\n');
  for (const secret of [
    ...Object.values(CREDENTIALS),
    'X-Amz-',
    'presigned',
    'ResponseURL',
    'Authorization',
    'property-that-nobody-may-see',
  ]) {
    expect(seen).not.toContain(secret);
  }
}));

environmentTest('a signature that does not match is logged without the headers that were signed', async () => {
  const message =
    'The request signature we calculated does not match.\n\nThe Canonical String for this request should have '
      + 'been\n\'POST\n/\n\n'
    + `host:x\nx-amz-security-token:${CREDENTIALS.AWS_SESSION_TOKEN}\n'`;
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(
      JSON.stringify({ __type: 'InvalidSignatureException', message }),
    );
  });
  await withEnvironment({ fn: { wafUrl: `http://${await listen(server)}` } }, async (environment) => {
    const { Reason } = await environment.create();

    expect(Reason).toBe(
      'AWS WAF rejected wafv2:CreateAPIKey: InvalidSignatureException: The request signature we calculated does not '
        + 'match.',
    );
    expect(environment.fn.output).toContain('InvalidSignatureException');
    expect(environment.fn.output).not.toContain(CREDENTIALS.AWS_SESSION_TOKEN);
  })().finally(() => close(server));
});

environmentTest.each([
  ['header', 'Authorization header requires a Date. Authorization=AWS4-HMAC-SHA256 '
    + 'Credential=AKIASOMEBODYELSE0000/20261123/us-east-1/wafv2/aws4_request, SignedHeaders=host;x-amz-date, '
    + 'Signature=0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
  ['header in quotation marks', 'not a valid key=value pair: "authorization": "AWS4-HMAC-SHA256 '
    + 'Credential=ASIASOMEBODYELSE0000/x", "signature":"0f1e2d3c4b5a69788796a5b4c3d2e1f0"'],
  ['query', 'https://x.example/?X-Amz-Credential=AKIASOMEBODYELSE0000%2F20261123'
    + '&X-Amz-Security-Token=token-of-somebody-else&X-Amz-Signature=0f1e2d3c4b5a69788796a5b4c3d2e1f0'],
  ['own credentials', `The security token '${CREDENTIALS.AWS_SESSION_TOKEN}' of ${CREDENTIALS.AWS_ACCESS_KEY_ID} is `
    + `invalid (${CREDENTIALS.AWS_SECRET_ACCESS_KEY})`],
  ['bearer', 'Authorization: Bearer token-of-somebody-else'],
  ['access key id', 'AKIASOMEBODYELSE0000 may not do that'],
  ['session token', 'sessionToken = token-of-somebody-else; accessKeyId: AKIASOMEBODYELSE0000'],
])('what an error of AWS quotes of a request is in no log line or reason: %s', async (_, message) => {
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(
      JSON.stringify({ __type: 'IncompleteSignatureException', message }),
    );
  });
  const url = `http://${await listen(server)}`;
  await withEnvironment({ fn: { wafUrl: url, cloudFormationUrl: url } }, async (environment) => {
    const { Reason } = await environment.create();
    expect(Reason).toContain('IncompleteSignatureException');
    await environment.delete(`waf-captcha-api-key/1/REGIONAL/eu-west-1/${'x'.repeat(16)}//key`);

    const seen = environment.fn.output + Reason;
    for (const secret of [...Object.values(CREDENTIALS), 'SOMEBODYELSE', 'somebody-else', '0f1e2d3c', 'x-amz-date']) {
      expect(seen).not.toContain(secret);
    }
  })().finally(() => close(server));
});

environmentTest('lines have a timestamp, and a level by what they need', withEnvironment({}, async (environment) => {
  const created = await environment.create();
  await environment.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] });
  environment.waf.fail({ kind: 'ThrottlingException', operation: 'DeleteAPIKey', forMs: 60_000 });
  await environment.delete(created.PhysicalResourceId);
  environment.cloudFormation.fault = 'denied';
  await environment.create();

  const { log } = environment.fn;
  for (const line of log) expect(new Date(String(line.timestamp)).toISOString()).toBe(line.timestamp);
  const levels = (outcome: string) =>
    [...new Set(log.filter((line) => line.outcome === outcome).map(({ level }) => level))];
  expect(levels('FAILED')).toEqual(['ERROR']);
  expect(levels('kept')).toEqual(['WARN']);
  expect(levels('throttled')).toEqual(['INFO', 'WARN']); // at first, and for long
  expect(levels('ok')).toEqual(['INFO']);
  expect(levels('delivered')).toEqual(['INFO']);
  expect(levels('SUCCESS')).toEqual(['INFO']);
}));

environmentTest('each log line has its ids, and each call operation, attempt, duration and outcome', withEnvironment({
  longestWaitMs: 1_000,
}, async (environment) => {
  await everything(environment);

  expect(environment.fn.log.length).toBeGreaterThan(20);
  for (const line of environment.fn.log) {
    expect(line).toMatchObject({
      requestId: expect.stringMatching(/^invocation-/),
      logicalId: 'CaptchaKey961B73FDD536703D',
      outcome: expect.any(String),
    });
    if (/APIKey|SubmitResponse/.test(String(line.operation))) {
      expect(line).toMatchObject({ attempt: expect.any(Number), duration: expect.any(Number) });
    }
  }
  expect(environment.fn.log.filter((line) => line.outcome === 'FAILED').every((line) => line.reason)).toBe(true);
}));

environmentTest('the last log line of an event has its outcome, its key and its duration', withEnvironment({}, async (
  environment,
) => {
  const event = environment.createEvent();
  const created = await environment.send(event);
  await environment.send(event);
  const failed = await environment.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] });

  const last = environment.fn.log.filter((line) => line.operation === 'Create');
  const duration = expect.any(Number);
  expect(last).toEqual([
    expect.objectContaining({
      outcome: 'SUCCESS', physicalId: created.PhysicalResourceId, delivery: 'delivered', duration,
    }),
    expect.objectContaining({ outcome: 'SUCCESS', physicalId: created.PhysicalResourceId, repeated: true }),
    expect.objectContaining({ outcome: 'FAILED', reason: failed.Reason, delivery: 'delivered', duration }),
  ]);
  expect(last.map((line) => 'repeated' in line)).toEqual([false, true, false]);
  for (const line of environment.fn.log.filter(({ duration: it }) => it !== undefined)) {
    expect(line.duration).toBeGreaterThanOrEqual(0);
    expect(line.duration).toBeLessThan(600_000);
  }
}));

describe('a text without credentials', () => {
  const { AWS_SESSION_TOKEN: before } = process.env;
  const setToken = (value: string | undefined) => {
    if (value === undefined) delete process.env.AWS_SESSION_TOKEN;
    else process.env.AWS_SESSION_TOKEN = value;
  };
  afterEach(() => { setToken(before); });

  test.each([
    ['of 16 characters is left out', 'token-of-16-char', 'the *** is invalid'],
    ['of 15 characters, as local substitutes have it, stays', 'token-of-15-cha', 'the token-of-15-cha is invalid'],
    ['that is empty changes nothing', '', 'the  is invalid'],
  ])('a session token %s', (_, token, expected) => {
    setToken(token);
    expect(redact(`the ${token} is invalid`)).toBe(expected);
  });

  test('a session token that is not set changes nothing', () => {
    setToken(undefined);
    expect(redact('the token is invalid')).toBe('the token is invalid');
  });

  test.each([
    ['Signature=0f1e2d3c, Date', 'Signature=***, Date'],
    ['"authorization": "Bearer token-of-somebody"', '"authorization": "***"'],
    ['AKIASOMEBODYELSE0000 may not do that', '*** may not do that'],
  ])('shows where something is left out: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
