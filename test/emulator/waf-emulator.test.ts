import { CreateAPIKeyCommand, ListAPIKeysCommand } from '@aws-sdk/client-wafv2';
import { call, clientOf } from './support';
import { DEFAULT_SETTINGS, WafEmulator } from '../../emulator';

const running: WafEmulator[] = [];

async function start(options?: Parameters<typeof WafEmulator.start>[0]): Promise<WafEmulator> {
  const waf = await WafEmulator.start(options);
  running.push(waf);
  return waf;
}

afterEach(() => Promise.all(running.splice(0).map((waf) => waf.stop())));

test('listens on a free port of the loopback interface', async () => {
  const [first, second] = [await start(), await start()];
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(first.url).not.toBe(second.url);
});

test('fails to start on a port in use', async () => {
  const port = Number(new URL((await start()).url).port);
  await expect(WafEmulator.start({ port })).rejects.toThrow('EADDRINUSE');
});

test('fails to start with an unknown setting', async () => {
  await expect(WafEmulator.start({ keyLenght: 1 } as object)).rejects.toThrow('Unknown setting \'keyLenght\'');
});

test('uses the default of a setting that is undefined', async () => {
  expect((await start({ keyLength: undefined })).settings).toEqual(DEFAULT_SETTINGS);
});

test('filters keys by account, scope and Region', async () => {
  const waf = await start();
  const cloudfront = waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['a.com'] });
  const regional = waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['a.com'] });
  const elsewhere = waf.addKey({
    scope: 'REGIONAL', region: 'eu-west-1', tokenDomains: ['a.com'], account: '111111111111',
  });
  const texts = (where?: Parameters<typeof waf.keys>[0]) => waf.keys(where).map(({ apiKey }) => apiKey);
  expect(texts()).toEqual([cloudfront.apiKey, regional.apiKey, elsewhere.apiKey]);
  expect(texts({ scope: 'REGIONAL' })).toEqual([regional.apiKey, elsewhere.apiKey]);
  expect(texts({ scope: 'REGIONAL', region: 'us-east-1' })).toEqual([regional.apiKey]);
  expect(texts({ account: '111111111111' })).toEqual([elsewhere.apiKey]);
});

test('logs the input, time and outcome of each call', async () => {
  let now = 1000;
  const waf = await start({ now: () => now });
  const client = clientOf(waf, { region: 'eu-west-1', account: '111111111111' });
  await client.send(new CreateAPIKeyCommand({ Scope: 'REGIONAL', TokenDomains: ['a.com'] }));
  now = 2000;
  await expect(client.send(new ListAPIKeysCommand({ Scope: 'CLOUDFRONT' }))).rejects.toThrow();
  const by = { account: '111111111111', region: 'eu-west-1' };
  expect(waf.calls).toEqual([
    {
      operation: 'CreateAPIKey',
      ...by,
      scope: 'REGIONAL',
      input: { Scope: 'REGIONAL', TokenDomains: ['a.com'] },
      time: 1000,
      outcome: 'ok',
      status: 200,
    },
    {
      operation: 'ListAPIKeys',
      ...by,
      scope: 'CLOUDFRONT',
      input: { Scope: 'CLOUDFRONT' },
      time: 2000,
      outcome: 'WAFInvalidParameterException',
      status: 400,
    },
  ]);
});

test('reset restores the settings of the start', async () => {
  const waf = await start({ keyLength: 1372 });
  waf.configure({ keyLength: 2048, pageSize: 5 });
  waf.reset();
  expect(waf.settings).toEqual({ ...DEFAULT_SETTINGS, keyLength: 1372 });
});

test('reset deletes all keys', async () => {
  const waf = await start();
  const { apiKey } = waf.addKey({ scope: 'REGIONAL', region: 'us-east-1', tokenDomains: ['a.com'] });
  waf.reset();
  expect(waf.removeKey(apiKey)).toBe(false);
  expect((await call(waf, 'GetDecryptedAPIKey', { Scope: 'REGIONAL', APIKey: apiKey })).json.__type).toBe(
    'WAFInvalidResourceException',
  );
});

test('returns WAFInternalErrorException for a bug of its own', async () => {
  const waf = await start({ now: () => now() });
  let now = () => 1;
  await call(waf, 'ListAPIKeys', { Scope: 'REGIONAL' });
  let times = 0;
  now = () => {
    if (times++ > 0) throw new Error('broken clock');
    return 1;
  };
  const { status, json } = await call(waf, 'CreateAPIKey', { Scope: 'REGIONAL', TokenDomains: ['a.com'] });
  expect([status, json.__type, json.Message]).toEqual([
    500, 'WAFInternalErrorException', 'Bug in the emulator: Error: broken clock',
  ]);
});

test('keeps the connection of a client for its next requests', async () => {
  const waf = await start();
  const client = clientOf(waf);
  const ports = new Set<number | undefined>();
  const server = (waf as unknown as { server: import('node:http').Server }).server;
  server.on('request', ({ socket }) => ports.add(socket.remotePort));
  for (let i = 0; i < 5; i++) {
    await client.send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }));
  }
  expect(ports.size).toBe(1);
});

test('stop closes idle, hanging and slow connections', async () => {
  const waf = await start();
  waf.fail({ kind: 'hang' });
  waf.fail({ kind: 'slow', delayMs: 60_000 });
  const hanging = expect(call(waf, 'ListAPIKeys', { Scope: 'REGIONAL' })).rejects.toMatchObject({ code: 'ECONNRESET' });
  const slow = expect(call(waf, 'ListAPIKeys', { Scope: 'REGIONAL' })).rejects.toMatchObject({ code: 'ECONNRESET' });
  while (waf.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await clientOf(waf).send(new ListAPIKeysCommand({ Scope: 'REGIONAL' }));
  await waf.stop();
  await Promise.all([hanging, slow]);
});

test('stop may be called twice', async () => {
  const waf = await start();
  await waf.stop();
  await waf.stop();
});
