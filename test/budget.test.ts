import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { zippedHandlerSize } from '../scripts/sizes';
import { WafCaptchaApiKey, WafScope } from '../src';
import { CLOUDFRONT, withEnvironment } from './lambda/support/test-environment';

jest.setTimeout(60_000);

const ROOT = path.join(__dirname, '..');

/** That of the benchmark. */
const { awsCustomResourceKey } = jest.requireActual<{ awsCustomResourceKey: AddKey }>(
  '../bench/handlers/aws-custom-resource-key.cjs',
);

/** What does not depend on how busy the machine is. Times are the benchmark's: `npm run bench`. */
test('the handler has at most 100 KB, zipped', () => {
  expect(zippedHandlerSize()).toBeLessThanOrEqual(100 * 1024);
});

describe('template', () => {
  test.each([1, 50])('%i keys create as many resources, and four', (count) => {
    expect(Object.keys(synthesize(count, ourKey).Resources)).toHaveLength(count + 4);
  });

  test.each([50, 200])('%i keys take at most 0.6 of what AwsCustomResource takes', (count) => {
    const size = (addKey: AddKey) => JSON.stringify(synthesize(count, addKey), undefined, 1).length;

    expect(size(ourKey) / size(awsCustomResourceKey)).toBeLessThanOrEqual(0.6);
  });
});

describe('cold start', () => {
  const folder = path.join(ROOT, 'assets', 'handler');
  const run = (script: string) => JSON.parse(
    execFileSync(process.execPath, ['-e', script, path.join(folder, 'index.js')], { encoding: 'utf8' }),
  ) as string[];

  test('the handler loads neither child processes nor HTTP/2, which it does not need', () => {
    const script = `
      for (const name of ['http', 'https', 'crypto']) require('node:' + name);
      require('node:crypto').createHash('sha256');
      const before = new Set(process.moduleLoadList);
      require(process.argv[1]);
      console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))));`;

    expect(run(script).filter((name) => / (child_process|http2|worker_threads)$/.test(name))).toEqual([]);
  });

  test('the handler loads the client of CloudFormation only when it asks', () => {
    const loaded = run('require(process.argv[1]); console.log(JSON.stringify(Object.keys(require.cache)))')
      .map((file) => path.basename(file));
    const isClient = (file: string) => file.startsWith('cloudformation-client-');

    expect(loaded).toContain('index.js');
    expect(readdirSync(folder).filter(isClient)).toHaveLength(1);
    expect(loaded.filter(isClient)).toEqual([]);
  });
});

test.each([
  [0, ['ListAPIKeys']], [250, Array(3).fill('ListAPIKeys')],
])('calls to AWS WAF beside %i other keys: only an update that keeps its key reads the list', (others, kept) =>
  withEnvironment({}, async (environment) => {
    for (let index = 0; index < others; index++) {
      environment.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: [`shop-${index}.example.com`] });
    }
    const callsOf = async (event: Promise<{ PhysicalResourceId: string }>) => {
      const before = environment.waf.calls.length;
      const { PhysicalResourceId: id } = await event;
      return { id, calls: environment.waf.calls.slice(before).map(({ operation }) => operation).sort() };
    };
    const otherDomains = { ...CLOUDFRONT, TokenDomains: ['example.org'] };

    const { id, calls } = await callsOf(environment.create());
    expect(calls).toEqual(['CreateAPIKey', 'ListAPIKeys']); // side by side: the list has the URL of the script
    expect((await callsOf(environment.update(id, CLOUDFRONT, CLOUDFRONT))).calls).toEqual(kept);
    expect((await callsOf(environment.update(id, otherDomains, CLOUDFRONT))).calls).toEqual(calls);
    expect((await callsOf(environment.delete(id))).calls).toEqual(['DeleteAPIKey']);
  })());

type AddKey = (stack: Stack, id: string, tokenDomains: string[]) => void;

function synthesize(count: number, addKey: AddKey): { Resources: Record<string, unknown> } {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'eu-west-1' } });
  for (let index = 0; index < count; index++) addKey(stack, `Key${index}`, [`shop-${index}.example.com`]);
  return app.synth().getStackByName('Shop').template;
}

function ourKey(stack: Stack, id: string, tokenDomains: string[]): void {
  new WafCaptchaApiKey(stack, id, { scope: WafScope.CLOUDFRONT, tokenDomains });
}
