import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as path from 'node:path';
import {
  CLOUDFRONT, environmentTest, Properties, REGIONAL, TestEnvironment, withEnvironment,
} from './support/test-environment';
import type { FaultKind, OperationName, WafEmulatorOptions } from '../../emulator';
import type { ResourceEvent } from '../../lambda/events';
import { close, listen } from '../../local/listen';

interface Case {
  /** @default Create */
  readonly type?: ResourceEvent['RequestType'];
  readonly options?: WafEmulatorOptions;
  readonly properties?: Properties;
  /** Milliseconds the function has. */
  readonly remaining?: number;
  readonly stackId?: string;
  readonly before?: (environment: TestEnvironment) => void;
}

const SECOND = 1_000;
const failing = (kind: FaultKind, operation: OperationName = 'CreateAPIKey') =>
  (environment: TestEnvironment) => environment.waf.fail({ kind, operation, times: 1_000 });

const LIST_REMEDY = '. Split a list in one string with Fn.split on StringParameter.valueForStringParameter, '
  + 'or read a StringList parameter with StringListParameter.valueForTypedListParameter.';

/** Every reason for which a key can fail, whole; numbers that depend on chance are written N. */
const REASONS: [string, Case][] = [
  ['Scope: must be CLOUDFRONT or REGIONAL, got "GLOBAL"', { properties: { ...CLOUDFRONT, Scope: 'GLOBAL' } }],
  ['TokenDomains: must be a list of domains, got nothing', { properties: { Scope: 'CLOUDFRONT' } }],
  [`TokenDomains: must be a list of domains, got "a.example.com,b.example.com"${LIST_REMEDY}`,
    { properties: { ...CLOUDFRONT, TokenDomains: 'a.example.com,b.example.com' } }],
  ...[
    'a.example.com,b.example.com',
    'a.example.com;b.example.com',
    '["a.example.com"]',
    '"a.example.com"',
    "'a.example.com'",
    'a.example.com b.example.com',
    'a.example.com\tb.example.com',
    '- a.example.com\n- b.example.com',
    'a.example.com、b.example.com',
    'a.example.com，b.example.com',
    '“a.example.com”',
  ]
    .map((domain): [string, Case] => [
      `TokenDomains: each item must be one domain without quotation marks, got ${JSON.stringify(domain)}${LIST_REMEDY}`,
      { properties: { ...CLOUDFRONT, TokenDomains: [domain] } },
    ]),
  ['TokenDomains: must be bare host names of 1 to 253 characters, such as www.example.com, got "https://example.com"',
    { properties: { ...CLOUDFRONT, TokenDomains: ['https://example.com'] } }],
  ['TokenDomains: must be bare host names of 1 to 253 characters, such as www.example.com, got "example.com\\n"',
    { properties: { ...CLOUDFRONT, TokenDomains: ['example.com\n'] } }],
  ['TokenDomains: must be 1 to 5 different domains, got 0', { properties: { ...CLOUDFRONT, TokenDomains: [] } }],
  ['Region: invalid value: "eu west"', { properties: { ...REGIONAL, Region: 'eu west' } }],
  ['RotationId: invalid value: ["x"]', { properties: { ...CLOUDFRONT, RotationId: ['x'] } }],
  ['FormatVersion: this provider supports 1, got "2". Deploy the provider\'s stack with the newer package version '
    + 'first.',
  { properties: { ...CLOUDFRONT, FormatVersion: '2' } }],
  [
    'AWS WAF rejected wafv2:CreateAPIKey: WAFInvalidParameterException: …',
    { properties: { ...CLOUDFRONT, TokenDomains: ['co.uk'] } },
  ],
  ['AWS WAF rejected wafv2:CreateAPIKey: WAFLimitsExceededException: …', { options: { maxKeys: 0 } }],
  ['wafv2:CreateAPIKey was throttled for N s (N attempts). AWS WAF limits this call per account and Region. '
    + 'Deploy again with fewer new keys. (ThrottlingException: Rate exceeded)', {
    before: failing('ThrottlingException'), remaining: 18 * SECOND,
  }],
  ['The provider\'s role is not allowed to call wafv2:CreateAPIKey. Check its policies, permissions boundary and '
    + 'service control policies. '
    + '(AccessDeniedException: …)', { before: failing('AccessDeniedException') }],
  ['AWS WAF did not recognize the credentials of the provider\'s role for wafv2:CreateAPIKey. '
    + 'Check that the Region is enabled in the account. (UnrecognizedClientException: …)', {
    before: failing('UnrecognizedClientException'),
  }],
  ['AWS WAF could not be reached or failed on wafv2:CreateAPIKey for N s (N attempts). Deploy again. '
    + '(WAFInternalErrorException: …) An attempt may have created a key, which no resource holds.',
  { before: failing('WAFInternalErrorException'), remaining: 18 * SECOND }],
  ['wafv2:ListAPIKeys was throttled for N s (N attempts). AWS WAF limits this call per account and Region. '
    + 'Deploy again. (ThrottlingException: Rate exceeded)', {
    type: 'Update', before: failing('ThrottlingException', 'ListAPIKeys'), remaining: 18 * SECOND,
  }],
  ['wafv2:DeleteAPIKey was throttled for N s (N attempts). AWS WAF limits this call per account and Region. '
    + 'Try again. (ThrottlingException: Rate exceeded)', {
    type: 'Delete', before: failing('ThrottlingException', 'DeleteAPIKey'), remaining: 18 * SECOND,
  }],
  ...(['ListAPIKeys', 'DeleteAPIKey'] as const).map((operation): [string, Case] => [
    `AWS WAF could not be reached or failed on wafv2:${operation} for N s (N attempts). Try again. `
    + '(WAFInternalErrorException: …)', {
      type: 'Delete',
      options: { keyLength: 1_372 }, // a key that only the list has whole
      before: failing('WAFInternalErrorException', operation),
      remaining: 18 * SECOND,
    },
  ]),
  [
    'AWS WAF returned no ApplicationIntegrationURL for scope CLOUDFRONT in us-east-1. Deploy again.',
    { options: { integrationUrl: 'absent' } },
  ],
  ['The response has N bytes; CloudFormation accepts at most 4,096.',
    { options: { keyLength: 2_048 }, stackId: `arn:aws:cloudformation:${'x'.repeat(1_900)}` }],
];

/** Those for which the function has little time: one after the other, and warm, for the machine may be busy. */
const REASONS_IN_HASTE: [string, Case][] = [
  ['AWS WAF could not be reached or failed on wafv2:CreateAPIKey for N s (1 attempt). Deploy again. '
    + '(WAFInternalErrorException: …) An attempt may have created a key, which no resource holds.',
  { before: failing('WAFInternalErrorException'), remaining: 2.4 * SECOND }],
  ['Ran out of time before calling wafv2:CreateAPIKey. Deploy again.', { remaining: 1.4 * SECOND }],
  ['Ran out of time before calling wafv2:DeleteAPIKey. Try again.', { type: 'Delete', remaining: 1.4 * SECOND }],
];

environmentTest.each(REASONS)('%s', async (expected, circumstances) => failWith(expected, circumstances));
test.each(REASONS_IN_HASTE)('%s', async (expected, circumstances) => failWith(expected, circumstances, true));

async function failWith(
  expected: string,
  { type = 'Create', options = {}, properties = CLOUDFRONT, remaining, stackId, before }: Case,
  warm = type !== 'Create',
): Promise<void> {
  await withEnvironment(options, async (environment) => {
    const created = warm ? await environment.create() : undefined;
    before?.(environment);
    const event = environment.event({
      RequestType: type,
      ResourceProperties: properties,
      ...(type !== 'Create' && { PhysicalResourceId: created!.PhysicalResourceId }),
      ...(stackId && { StackId: stackId }),
    });

    const { Status, Reason } = await environment.send(event, environment.fn, remaining);

    expect(Status).toBe('FAILED');
    expect(masked(Reason!, expected)).toBe(expected);
    expect(environment.fn.log).toContainEqual(expect.objectContaining({ outcome: 'FAILED', reason: Reason }));
  })();
}

const WITHOUT_A_KEY = 'AWS WAF responded to wafv2:CreateAPIKey without a key';

environmentTest(WITHOUT_A_KEY, async () => {
  const server = createServer((request, response) => { request.resume(); response.end('{}'); });
  await withEnvironment({ fn: { wafUrl: `http://${await listen(server)}` } }, async (environment) => {
    expect(await environment.create()).toMatchObject({ Status: 'FAILED', Reason: WITHOUT_A_KEY });
  })().finally(() => close(server));
});

/** The first column of the table; each cell names one or more beginnings of reasons, `…` stands for anything. */
const EXPLAINED = [...readFileSync(path.join(__dirname, '..', '..', 'docs', 'troubleshooting.md'), 'utf8')
  .split('### Reasons')[1].split('\n##')[0].matchAll(/^\| (`.*?) \|/gm)]
  .filter(([, cell]) => !cell.includes('from CloudFormation'))
  .map(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text));

const isExplainedBy = (reason: string, beginnings: string[]) => beginnings.some((beginning) =>
  new RegExp(
    `^${beginning.split('…').map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}`,
  ).test(reason));

const reasons = [...[...REASONS, ...REASONS_IN_HASTE].map(([reason]) => reason), WITHOUT_A_KEY];

test.each(reasons)('docs/troubleshooting.md explains: %s', (reason) => {
  expect(EXPLAINED.some((beginnings) => isExplainedBy(reason, beginnings))).toBe(true);
});

test.each(EXPLAINED)('a key can fail for what docs/troubleshooting.md explains: %s', (...beginnings) => {
  expect(reasons.some((reason) => isExplainedBy(reason, beginnings))).toBe(true);
});

/** Without the numbers of chance, and without what is the service's own where only its name is of interest. */
function masked(reason: string, expected: string): string {
  const counted = reason.replace(/has [\d,]+ bytes/, 'has N bytes').replace(
    /for \d+ s \(\d+ attempts\)/, 'for N s (N attempts)',
  ).replace(/for \d+ s \(1 attempt\)/, 'for N s (1 attempt)');
  return expected.includes('Exception: …')
    ? counted.replace(/Exception: .*?(\)(?: An .*)?)?$/, 'Exception: …$1')
    : counted;
}
