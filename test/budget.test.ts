import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { packageSize, zippedHandlerSize } from '../scripts/sizes';
import { WafCaptchaApiKey, WafScope } from '../src';
import { CLOUDFRONT, TestEnvironment, withEnvironment } from './lambda/support/test-environment';

jest.setTimeout(60_000);

const ROOT = path.join(__dirname, '..');
const KB = 1024;

/** That of the benchmark. */
const { awsCustomResourceKey } = jest.requireActual<{ awsCustomResourceKey: AddKey }>(
  '../bench/handlers/aws-custom-resource-key.cjs',
);

/** What does not depend on how busy the machine is. Times are the benchmark's: `npm run bench`. */
describe('size', () => {
  test('the handler has at most 100 KB, zipped', () => {
    expect(zippedHandlerSize()).toBeLessThanOrEqual(100 * KB);
  });

  test('the package has at most 250 KB, packed, with nothing to install beside its peers', () => {
    const { packed, dependencies, files } = packageSize();

    expect(files).toEqual(
      expect.arrayContaining(['lib/index.js', 'assets/handler/index.js', 'assets/public-suffix/index.js', '.jsii']),
    );
    expect(packed).toBeLessThanOrEqual(250 * KB);
    expect(dependencies).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).dependencies ?? {}).toEqual({});
  });
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
    const loaded = run('require(process.argv[1]); console.log(JSON.stringify(Object.keys(require.cache)))');
    const fileOf = (command: string) => readdirSync(folder).map((file) => path.join(folder, file))
      .filter((file) => new RegExp(`extends [^{}]*"${command}"`).test(readFileSync(file, 'utf8')));

    expect(fileOf('CreateAPIKey')).toEqual([path.join(folder, 'index.js')]);
    expect(fileOf('DescribeStackResource')).toHaveLength(1);
    expect(loaded).toContain(path.join(folder, 'index.js'));
    expect(loaded).not.toContain(fileOf('DescribeStackResource')[0]);
  });
});

describe('calls to AWS WAF', () => {
  const callsSince = (environment: TestEnvironment, before: number) =>
    environment.waf.calls.slice(before).map(({ operation }) => operation).sort();

  test('are two in parallel for a create, for the key and for the URL', withEnvironment({}, async (environment) => {
    await environment.create();

    expect(callsSince(environment, 0)).toEqual(['CreateAPIKey', 'ListAPIKeys']);
  }));

  test('are one for an update that keeps the key', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    const before = environment.waf.calls.length;

    await environment.update(PhysicalResourceId, CLOUDFRONT, CLOUDFRONT);

    expect(callsSince(environment, before)).toEqual(['ListAPIKeys']);
  }));

  test('are those of a create for an update to other domains', withEnvironment({}, async (environment) => {
    const { PhysicalResourceId } = await environment.create();
    const before = environment.waf.calls.length;

    await environment.update(PhysicalResourceId, { ...CLOUDFRONT, TokenDomains: ['example.org'] }, CLOUDFRONT);

    expect(callsSince(environment, before)).toEqual(['CreateAPIKey', 'ListAPIKeys']);
  }));

  test('are one for a delete, however many keys the account has', withEnvironment({}, async (environment) => {
    for (let index = 0; index < 250; index++) {
      environment.waf.addKey({
        scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: [`other-${index}.example.com`],
      });
    }
    const { PhysicalResourceId } = await environment.create();
    const before = environment.waf.calls.length;

    await environment.delete(PhysicalResourceId);

    expect(callsSince(environment, before)).toEqual(['DeleteAPIKey']);
  }));
});

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
