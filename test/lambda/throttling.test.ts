import { WafEmulator } from '../../emulator';
import { CLOUDFRONT, environmentTest, TestEnvironment, withEnvironment } from './support/test-environment';

/** Creates a number of keys at once, as CloudFormation does for those of one stack. */
function createAll(environment: TestEnvironment, count: number) {
  return Promise.all(Array.from({ length: count }, (_, index) => environment.send(environment.event({
    RequestType: 'Create',
    LogicalResourceId: `Key${index}`,
    ResourceProperties: { ...CLOUDFRONT, TokenDomains: [`shop${index}.example.com`] },
  }))));
}

function attempts(waf: WafEmulator, operation: string) {
  return waf.calls.filter((call) => call.operation === operation);
}

describe.each([
  [20, { handler: 'bundle' } as const],
  [100, {}],
])('%d keys at once, where AWS WAF admits one create a second', (count, options) => {
  environmentTest('all are made, once each, in at most 1.25 of the time that the quota dictates, and nobody '
    + 'hammers', withEnvironment({
    ...options, quotas: 'aws',
  }, async (environment) => {
    const answers = await createAll(environment, count);

    expect(answers.map((answer) => answer.Status)).toEqual(Array(count).fill('SUCCESS'));
    expect(new Set(answers.map((answer) => answer.Data!.APIKey)).size).toBe(count);
    expect(environment.liveKeys).toHaveLength(count);

    const creates = attempts(environment.waf, 'CreateAPIKey');
    const made = creates.filter((call) => call.outcome === 'ok').map((call) => call.time);
    const dictated = (count - 1) * 1_000;
    expect(made[made.length - 1] - creates[0].time).toBeLessThanOrEqual(1.25 * dictated);
    // In no second do more try than wait, with some room for those of the second before.
    for (let second = 2; second < count; second++) {
      const start = creates[0].time + second * 1_000;
      const waiting = count - made.filter((time) => time < start).length;
      expect(creates.filter((call) => call.time >= start && call.time < start + 1_000).length).toBeLessThanOrEqual(
        Math.ceil(waiting * 1.35) + 1,
      );
    }
  }));
});

environmentTest('20 deletes at once, where AWS WAF admits one a second, all succeed', withEnvironment({}, async (
  environment,
) => {
  const answers = await createAll(environment, 20);
  environment.waf.configure({ quotas: 'aws' });

  const deletes = await Promise.all(answers.map((answer) => environment.delete(answer.PhysicalResourceId)));

  expect(deletes.every((answer) => answer.Status === 'SUCCESS')).toBe(true);
  expect(environment.liveKeys).toEqual([]);
}));

environmentTest('updates of 30 keys at once, where AWS WAF admits five lists a second, keep '
  + 'them all', withEnvironment({}, async (
  environment,
) => {
  const answers = await createAll(environment, 30);
  environment.waf.configure({ quotas: 'aws' });

  const updates = await Promise.all(answers.map((answer, index) => {
    const properties = { ...CLOUDFRONT, TokenDomains: [`shop${index}.example.com`] };
    return environment.send(environment.event({
      RequestType: 'Update',
      LogicalResourceId: `Key${index}`,
      PhysicalResourceId: answer.PhysicalResourceId,
      ResourceProperties: properties,
    }));
  }));

  expect(updates.map((answer) => answer.PhysicalResourceId)).toEqual(
    answers.map((answer) => answer.PhysicalResourceId),
  );
  expect(attempts(environment.waf, 'CreateAPIKey')).toHaveLength(30);
}));

environmentTest('waiting ends with the time of the function: FAILED says what was waited for, and no key '
  + 'is left', withEnvironment({}, async (
  environment,
) => {
  environment.waf.fail({ kind: 'ThrottlingException', operation: 'CreateAPIKey', times: 1_000 });

  const answer = await environment.send(
    environment.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), environment.fn, 12_000,
  );

  expect(answer).toMatchObject({
    Status: 'FAILED', Reason: expect.stringMatching(/^wafv2:CreateAPIKey was throttled for/),
  });
  expect(environment.liveKeys).toEqual([]);
}));
