import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateAPIKeyCommand, ListAPIKeysCommand, WAFV2Client } from '@aws-sdk/client-wafv2';

const MAIN = join(__dirname, '..', '..', 'emulator', 'main.ts');

let program: ChildProcess | undefined;

function run(...args: string[]): ChildProcess {
  program = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return program;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [line] = await once(createInterface(stream), 'line') as [string];
  return line;
}

afterEach(() => {
  program?.kill('SIGKILL');
});

test.each([
  'SIGTERM', 'SIGINT',
] as const)('prints its URL, serves the SDK, and exits with 0 on %s while a connection is open', async (signal) => {
  const child = run('--port', '0', '--settings', '{"keyLength":1372}');
  const line = await firstLine(child.stdout!);
  expect(line).toMatch(/^AWS WAF API key emulator listens on http:\/\/127\.0\.0\.1:\d+$/);
  const client = new WAFV2Client({
    endpoint: line.split(' ').at(-1),
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  const { APIKey } = await client.send(new CreateAPIKeyCommand({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] }));
  expect(APIKey).toHaveLength(1372);
  expect((await client.send(new ListAPIKeysCommand({ Scope: 'CLOUDFRONT' }))).APIKeySummaries).toHaveLength(1);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 30_000);

test('fails with one line that names the invalid setting', async () => {
  const child = run('--port', '0', '--settings', '{"colour":"red"}');
  const exited = once(child, 'exit');
  expect(await firstLine(child.stderr!)).toContain('Unknown setting \'colour\'');
  expect(await exited).toEqual([1, null]);
}, 30_000);
