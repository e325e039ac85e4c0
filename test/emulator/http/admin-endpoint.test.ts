import { ListAPIKeysCommand } from '@aws-sdk/client-wafv2';
import { DEFAULT_SETTINGS } from '../../../emulator';
import { call, useEmulator } from '../support';

const aws = useEmulator();

async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(
    `${aws.waf.url}/_emulator/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) },
  );
  return { status: response.status, json: await response.json() };
}

test('GET health returns ok', async () => {
  expect(await admin('GET', 'health')).toEqual({ status: 200, json: { status: 'ok' } });
});

test('GET settings returns the current settings', async () => {
  expect(await admin('GET', 'settings')).toEqual({ status: 200, json: DEFAULT_SETTINGS });
});

test('POST settings changes only the given settings', async () => {
  const changed = { ...DEFAULT_SETTINGS, keyLength: 1372, quotas: { create: 2 } };
  expect(await admin('POST', 'settings', { keyLength: 1372, quotas: { create: 2 } })).toEqual({
    status: 200, json: changed,
  });
  expect(aws.waf.settings).toEqual(changed);
});

test('POST settings rejects an unknown setting or an invalid value, and changes nothing', async () => {
  expect(await admin('POST', 'settings', { keyLength: 1372, colour: 'red' }))
    .toEqual({ status: 400, json: { message: expect.stringContaining('Unknown setting \'colour\'') } });
  expect(await admin('POST', 'settings', { keyLength: 1372, createdKeyListedAfterMs: 'long' }))
    .toEqual({
      status: 400,
      json: { message: 'Setting \'createdKeyListedAfterMs\' is "long": expected milliseconds, 0 or more' },
    });
  expect(aws.waf.settings).toEqual(DEFAULT_SETTINGS);
});

test('POST, GET and DELETE keys create, list and delete keys', async () => {
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
  expect(aws.waf.keys()).toHaveLength(1);
});

test('POST keys rejects a key without scope, Region or domains', async () => {
  expect((await admin('POST', 'keys', {})).status).toBe(400);
  expect(
    (await admin('POST', 'keys', { scope: 'CLOUDFRONT', region: 'eu-west-1', tokenDomains: ['example.com'] })).status,
  ).toBe(400);
  expect(aws.waf.keys()).toEqual([]);
});

test('GET calls returns the log of AWS requests without those to the admin path', async () => {
  await call(aws.waf, 'ListAPIKeys', { Scope: 'REGIONAL', Limit: 7 });
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

test('POST faults adds a fault, and GET faults returns how many calls it still fails', async () => {
  const fault = { operation: 'ListAPIKeys', kind: 'AccessDeniedException', times: 2 };
  expect(await admin('POST', 'faults', fault)).toEqual({ status: 200, json: [{ ...fault, left: 2 }] });
  await expect(aws.client.send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect((await admin('GET', 'faults')).json).toEqual([{ ...fault, left: 1 }]);
});

test.each([
  ['kind', { kind: 'explode' }, 'Unknown fault \'explode\''],
  ['operation', { kind: 'hang', operation: 'ListWebACLs' }, 'Unknown operation \'ListWebACLs\''],
  ['count', { kind: 'hang', times: -1 }, '\'times\' of a fault is -1'],
])('POST faults rejects an invalid %s', async (_, fault, message) => {
  expect(await admin('POST', 'faults', fault)).toEqual({
    status: 400, json: { message: expect.stringContaining(message) },
  });
  expect(aws.waf.faults).toEqual([]);
});

test('POST reset deletes keys, calls and faults, and restores the settings', async () => {
  aws.waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['example.com'] });
  aws.waf.configure({ keyLength: 1372 });
  aws.waf.fail({ kind: 'hang', operation: 'DeleteAPIKey' });
  await call(aws.waf, 'ListAPIKeys', { Scope: 'REGIONAL' });
  expect((await admin('POST', 'reset')).status).toBe(200);
  expect([aws.waf.keys(), aws.waf.calls, aws.waf.faults, aws.waf.settings]).toEqual([[], [], [], DEFAULT_SETTINGS]);
});

test('rejects a body that is not JSON', async () => {
  const response = await fetch(`${aws.waf.url}/_emulator/settings`, { method: 'POST', body: 'keyLength=1' });
  expect(response.status).toBe(400);
});

test('returns 404 and the list of paths for an unknown path', async () => {
  expect(await admin('GET', 'webacls')).toEqual({
    status: 404, json: { message: expect.stringContaining('GET health, GET settings, POST settings') },
  });
});
