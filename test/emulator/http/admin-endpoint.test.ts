import { ListAPIKeysCommand } from '@aws-sdk/client-wafv2';
import { DEFAULT_SETTINGS, WafEmulator } from '../../../emulator';
import { call, clientOf } from '../harness';

let waf: WafEmulator;

beforeAll(async () => {
  waf = await WafEmulator.start();
});
beforeEach(() => waf.reset());
afterAll(() => waf.stop());

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(
    `${waf.url}/_emulator/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) },
  );
  return { status: response.status, json: await response.json() };
}

test('GET health answers ok', async () => {
  expect(await admin('GET', 'health')).toEqual({ status: 200, json: { status: 'ok' } });
});

test('GET settings gives those in force', async () => {
  expect(await admin('GET', 'settings')).toEqual({ status: 200, json: DEFAULT_SETTINGS });
});

test('POST settings changes those given and leaves the others', async () => {
  const changed = { ...DEFAULT_SETTINGS, keyLength: 1372, quotas: { create: 2 } };
  expect(await admin('POST', 'settings', { keyLength: 1372, quotas: { create: 2 } })).toEqual({
    status: 200, json: changed,
  });
  expect(waf.settings).toEqual(changed);
});

test('POST settings refuses what is no setting or no value of one, and changes nothing', async () => {
  expect(await admin('POST', 'settings', { keyLength: 1372, colour: 'red' }))
    .toEqual({ status: 400, json: { message: expect.stringContaining('Unknown setting \'colour\'') } });
  expect(await admin('POST', 'settings', { keyLength: 1372, latencyMs: 'long' }))
    .toEqual({ status: 400, json: { message: 'Setting \'latencyMs\' is "long": expected milliseconds, 0 or more' } });
  expect(waf.settings).toEqual(DEFAULT_SETTINGS);
});

test('POST, GET and DELETE keys make, show and delete keys', async () => {
  const { json: first } = await admin(
    'POST', 'keys', { scope: 'REGIONAL', region: 'eu-west-1', tokenDomains: ['example.com'] },
  );
  const { json: second } = await admin(
    'POST', 'keys', { scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com'] },
  );
  expect((await admin('GET', 'keys')).json).toMatchObject([
    { scope: 'REGIONAL', region: 'eu-west-1', tokenDomains: ['example.com'] }, { scope: 'CLOUDFRONT' },
  ]);
  expect((await admin('GET', 'keys?scope=CLOUDFRONT&region=us-east-1')).json).toEqual([
    expect.objectContaining({ apiKey: (second as { apiKey: string }).apiKey }),
  ]);
  const { apiKey } = first as { apiKey: string };
  expect((await admin('DELETE', 'keys', { apiKey })).json).toEqual({ removed: true });
  expect((await admin('DELETE', 'keys', { apiKey })).json).toEqual({ removed: false });
  expect(waf.keys()).toHaveLength(1);
});

test('POST keys refuses a key without a place or domains', async () => {
  expect((await admin('POST', 'keys', {})).status).toBe(400);
  expect(
    (await admin('POST', 'keys', { scope: 'CLOUDFRONT', region: 'eu-west-1', tokenDomains: ['example.com'] })).status,
  ).toBe(400);
  expect(waf.keys()).toEqual([]);
});

test('GET calls gives the log of AWS requests, without those to the admin path', async () => {
  await call(waf, 'ListAPIKeys', { Scope: 'REGIONAL', Limit: 7 });
  expect((await admin('GET', 'calls')).json).toEqual([{
    operation: 'ListAPIKeys',
    account: '123456789012',
    region: 'us-east-1',
    scope: 'REGIONAL',
    input: { Scope: 'REGIONAL', Limit: 7 },
    time: expect.any(Number),
    outcome: 'ok',
    status: 200,
  }]);
});

test('POST faults adds a fault, GET shows those left', async () => {
  const fault = { operation: 'ListAPIKeys', kind: 'AccessDeniedException', times: 2 };
  expect(await admin('POST', 'faults', fault)).toEqual({ status: 200, json: [{ ...fault, left: 2 }] });
  await expect(clientOf(waf).send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect((await admin('GET', 'faults')).json).toEqual([{ ...fault, left: 1 }]);
});

test.each([
  ['kind', { kind: 'explode' }, 'Unknown fault \'explode\''],
  ['operation', { kind: 'hang', operation: 'ListWebACLs' }, 'Unknown operation \'ListWebACLs\''],
  ['count', { kind: 'hang', times: -1 }, '\'times\' of a fault is -1'],
])('POST faults refuses an unknown %s', async (_, fault, message) => {
  expect(await admin('POST', 'faults', fault)).toEqual({
    status: 400, json: { message: expect.stringContaining(message) },
  });
  expect(waf.faults).toEqual([]);
});

test('POST reset drops keys, calls, faults and changed settings', async () => {
  waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] });
  waf.configure({ keyLength: 1372 });
  waf.fail({ kind: 'hang', operation: 'DeleteAPIKey' });
  await call(waf, 'ListAPIKeys', { Scope: 'REGIONAL' });
  expect((await admin('POST', 'reset')).status).toBe(200);
  expect([waf.keys(), waf.calls, waf.faults, waf.settings]).toEqual([[], [], [], DEFAULT_SETTINGS]);
});

test('a body that is no JSON is refused', async () => {
  const response = await fetch(`${waf.url}/_emulator/settings`, { method: 'POST', body: 'keyLength=1' });
  expect(response.status).toBe(400);
});

test('an unknown path is answered with 404 and the list of paths', async () => {
  expect(await admin('GET', 'webacls')).toEqual({
    status: 404, json: { message: expect.stringContaining('GET health, GET settings, POST settings') },
  });
});
