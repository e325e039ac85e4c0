import { createServer } from 'node:http';
import { CLOUDFRONT, inWorld, World } from './support/world';
import { CREDENTIALS } from '../../local/function-process';
import { listen } from '../../local/listen';

jest.setTimeout(120_000);

/** Drives the function through successes and through every way to fail that we know of. */
async function everything(world: World): Promise<string[]> {
  const reasons: (string | undefined)[] = [];
  const note = async (answer: Promise<{ Reason?: string }>) => { reasons.push((await answer).Reason); };
  const created = await world.create();
  await note(world.update(created.PhysicalResourceId, { ...CLOUDFRONT, RotationId: 'x' }, CLOUDFRONT));
  await note(world.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] }));
  await note(world.create({ Scope: 'nonsense', Secret: 'property-that-nobody-may-see' }));
  for (const kind of ['hang', 'reset-after', 'WAFInternalErrorException', 'service-unavailable', 'truncated-body', 'ThrottlingException', 'AccessDeniedException'] as const) {
    world.waf.fail({ kind, operation: 'CreateAPIKey', times: 50 });
    await note(world.send(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), world.fn, 4_000));
    world.waf.reset();
  }
  for (const fault of ['reset', 'reset-after', 500, 403] as const) {
    world.bucket.fail(fault, 403);
    await world.fn.invoke(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }));
    world.bucket.clearFaults();
  }
  await note(world.delete(created.PhysicalResourceId));
  return reasons.filter((reason) => reason !== undefined);
}

test.concurrent('no presigned URL, credential or property that is not ours is in any log line or reason', inWorld({}, async (world) => {
  const reasons = await everything(world);
  expect(reasons).toHaveLength(9);

  const seen = [world.fn.output, world.fn.errorOutput, ...reasons].join('\n');
  for (const secret of [...Object.values(CREDENTIALS), 'X-Amz-', 'presigned', 'ResponseURL', 'Authorization', 'property-that-nobody-may-see']) {
    expect(seen).not.toContain(secret);
  }
}));

test.concurrent('a signature that does not match is told without the headers that were signed', async () => {
  const message = 'The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n\'POST\n/\n\n'
    + `host:x\nx-amz-security-token:${CREDENTIALS.AWS_SESSION_TOKEN}\n'`;
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: 'InvalidSignatureException', message }));
  });
  await inWorld({ fn: { wafUrl: `http://${await listen(server)}` } }, async (world) => {
    const { Reason } = await world.create();

    expect(Reason).toBe('AWS WAF rejected wafv2:CreateAPIKey: InvalidSignatureException: The request signature we calculated does not match.');
    expect(world.fn.output).toContain('InvalidSignatureException');
    expect(world.fn.output).not.toContain(CREDENTIALS.AWS_SESSION_TOKEN);
  })();
  server.closeAllConnections();
  server.close();
});

test.concurrent('each log line tells request and logical id, and each call its operation, attempt, duration and outcome', inWorld({}, async (world) => {
  await everything(world);

  expect(world.fn.log.length).toBeGreaterThan(20);
  for (const line of world.fn.log) {
    expect(line).toMatchObject({ requestId: expect.stringMatching(/^invocation-/), logicalId: 'CaptchaKey961B73FDD536703D', outcome: expect.any(String) });
    if (/APIKey|answer/.test(String(line.operation))) {
      expect(line).toMatchObject({ attempt: expect.any(Number), duration: expect.any(Number) });
    }
  }
  expect(world.fn.log.filter((line) => line.outcome === 'FAILED').every((line) => line.reason)).toBe(true);
}));

test.concurrent('the last line of an event tells its outcome, its key and how long it took', inWorld({}, async (world) => {
  const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
  const created = await world.send(event);
  await world.send(event);
  const failed = await world.create({ ...CLOUDFRONT, TokenDomains: ['co.uk'] });

  const last = world.fn.log.filter((line) => line.operation === 'Create');
  const duration = expect.any(Number);
  expect(last).toEqual([
    expect.objectContaining({ outcome: 'SUCCESS', physicalId: created.PhysicalResourceId, delivery: 'delivered', duration }),
    expect.objectContaining({ outcome: 'SUCCESS', physicalId: created.PhysicalResourceId, repeated: true }),
    expect.objectContaining({ outcome: 'FAILED', reason: failed.Reason, delivery: 'delivered', duration }),
  ]);
  expect(last.map((line) => 'repeated' in line)).toEqual([false, true, false]);
  for (const line of world.fn.log.filter(({ duration: it }) => it !== undefined)) {
    expect(line.duration).toBeGreaterThanOrEqual(0);
    expect(line.duration).toBeLessThan(600_000);
  }
}));
