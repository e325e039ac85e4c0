/**
 * Deploys each scenario of app.ts, looks at its key with the SDK, changes it, looks again, destroys it, and checks that
 * nothing is left.
 *
 *     npx projen integ [SCENARIO…]       in your AWS account: credentials and AWS_REGION as for the CDK, bootstrapped
 *     npx projen integ --local [SCENARIO…] on the local CloudFormation and the emulator of AWS WAF
 *     npx projen integ --observe         observes in your AWS account what is assumed about AWS; --yes does not ask
 *     npx projen integ --observe --local checks that, on local services that lag
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { ExpectedKey, findKeys } from './keys';
import { ASSUMPTIONS_PAGE } from './observe/assumptions';
import { checkObservation } from './observe/check';
import { observe } from './observe/observe';
import { withoutAws } from '../../local/cdk';
import { LOCAL_FOLDER, LocalEnvironment, ROOT } from '../../local/local-environment';
import { run } from '../../local/processes';
import { ExpectationError, expectEqual, expectMatch, note, say, step } from '../../local/progress';

const FOLDER = path.join(LOCAL_FOLDER, 'integ');
const REGION = process.env.AWS_REGION ?? 'eu-west-1';
const OTHER_REGION = REGION === 'eu-central-1' ? 'eu-west-1' : 'eu-central-1';

/** Which key there must be, before and after the change. */
const SCENARIOS: Record<string, [before: ExpectedKey, after: ExpectedKey]> = {
  'failed-consumer': same({ scope: 'REGIONAL', region: REGION, tokenDomains: ['failed-consumer.integ.example.com'] }),
  'other-domains': [
    { scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['other-domains.integ.example.com'] },
    {
      scope: 'CLOUDFRONT',
      region: 'us-east-1',
      tokenDomains: ['other-domains.integ.example.com', 'second.integ.example.com'],
    },
  ],
  'rotation': same({ scope: 'REGIONAL', region: REGION, tokenDomains: ['rotation.integ.example.com'] }),
  'other-region': [
    { scope: 'REGIONAL', region: OTHER_REGION, tokenDomains: ['other-region.integ.example.com'] },
    { scope: 'REGIONAL', region: REGION, tokenDomains: ['other-region.integ.example.com'] },
  ],
  'other-provider': same({ scope: 'REGIONAL', region: REGION, tokenDomains: ['other-provider.integ.example.com'] }),
};

/** Those of which a deployment fails before it succeeds. */
const FAILING = ['failed-consumer'];

function same(key: ExpectedKey): [ExpectedKey, ExpectedKey] {
  return [key, key];
}

class Integration {
  constructor(
    private readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly more: string[] = [],
  ) {}

  public async run(): Promise<void> {
    const [before, after] = SCENARIOS[this.name];
    try {
      const first = await step(`${this.name}: deploy`, () => this.deploy('before', before));
      if (FAILING.includes(this.name)) {
        await step(`${this.name}: change, and fail`, async () => {
          const reason = await this.cdkFails(
            'deploy',
            '--all',
            '-c',
            'phase=failing',
            '--require-approval',
            'never',
            ...this.more,
          );
          expectMatch('The reason', reason, /wafv2:CreateAPIKey: WAFInvalidParameterException/);
          expectEqual('The keys', (await this.keys(after)).length, 1);
          expectEqual('The outputs that its template reads in vain', await this.missingOutputs(), []);
        });
      }
      const second = await step(`${this.name}: change`, () => this.deploy('after', after));
      expectEqual('Whether that is the previous key', first === second, false);
    } finally {
      await step(`${this.name}: destroy`, async () => {
        await this.cdk('destroy', '--all', '--force', '-c', 'phase=after');
        expectEqual('The keys that are left', await this.keys(before), []);
      });
    }
  }

  private async deploy(phase: string, expected: ExpectedKey): Promise<string> {
    const file = path.join(FOLDER, `${this.name}.json`);
    await this.cdk(
      'deploy',
      '--all',
      '-c',
      `phase=${phase}`,
      '--require-approval',
      'never',
      '--outputs-file',
      file,
      ...this.more,
    );
    const found = await this.keys(expected);
    expectEqual(
      'The keys',
      found.map(({ apiKey, ...key }) => key),
      [expected],
    );
    const outputs = Object.values(
      JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>,
    ).find((stack) => stack.ApiKey);
    expectEqual('The key that the page gets', outputs?.ApiKey, found[0].apiKey);
    expectMatch(
      'The URL of the script',
      String(outputs?.ScriptUrl),
      /^https:\/\/[\w.-]+\.awswaf\.com\/\w+\/jsapi\.js$/,
    );
    note(
      'key',
      `${found[0].apiKey.slice(0, 10)}… ${expected.scope} in ${expected.region} for ${expected.tokenDomains.join()}`,
    );
    return found[0].apiKey;
  }

  /** The outputs that the consumer reads and the producer lacks. A roll-back may read them anew. */
  private async missingOutputs(): Promise<string[]> {
    const client = new CloudFormationClient({ region: REGION });
    const stack = 'WafCaptchaApiKeyIntegFailedConsumer';
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: `${stack}Key` }));
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: `${stack}Site` }));
    const outputs = Stacks?.[0].Outputs?.map(({ OutputKey }) => OutputKey);
    const read = new Set(Array.from(String(TemplateBody).matchAll(/"OutputName":\s*"(\w+)"/g), ([, name]) => name));
    expectEqual('How many outputs are read', read.size, 2);
    return [...read].filter((name) => !outputs?.includes(name));
  }

  private keys({ tokenDomains }: ExpectedKey) {
    return findKeys(tokenDomains[0], [REGION, OTHER_REGION]);
  }

  private async cdk(...args: string[]): Promise<void> {
    const { code, output } = await this.runCdk(args);
    if (code !== 0) {
      throw new ExpectationError(`cdk ${args.join(' ')}`, 'exit code 0', `exit code ${code}\n${output.slice(-3_000)}`);
    }
  }

  private async cdkFails(...args: string[]): Promise<string> {
    const { code, output } = await this.runCdk(args);
    if (code === 0) throw new ExpectationError(`cdk ${args.join(' ')}`, 'a failure', 'success');
    return output;
  }

  private runCdk(args: string[]) {
    const app = ['--app', 'npx tsx test/integ/app.ts', '-c', `scenario=${this.name}`];
    const env = { ...this.env, CDK_OUTPUT: path.join(FOLDER, 'cdk.out'), INTEG_OTHER_REGION: OTHER_REGION };
    return run('npx', ['cdk', ...args, ...app], { cwd: ROOT, env, logFile: path.join(FOLDER, 'integ.log') });
  }
}

/** Starts the local environment, and points this process to it. Returns the environment of the CDK CLI. */
async function startLocal(cleanups: (() => Promise<void>)[]): Promise<NodeJS.ProcessEnv> {
  const options = { folder: FOLDER, logFile: path.join(FOLDER, 'local.log'), emulator: { quotas: 'aws' } } as const;
  const { python } = await LocalEnvironment.install(options);
  const local = await LocalEnvironment.start(python, options);
  cleanups.push(() => local.stop());
  const settings = { ...local.settings, AWS_REGION: REGION };
  await local.cdk('', settings).bootstrap(REGION);
  Object.assign(process.env, settings, { AWS_ENDPOINT_URL_WAFV2: local.waf.url });
  return { ...withoutAws(process.env), ...settings };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      local: { type: 'boolean', default: false },
      observe: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      table: { type: 'string', default: ASSUMPTIONS_PAGE },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !(name in SCENARIOS));
  if (unknown.length) {
    throw new Error(`No such scenario: ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`);
  }

  mkdirSync(FOLDER, { recursive: true });
  if (values.observe) {
    if (values.local) return checkObservation(FOLDER);
    process.exitCode = await observe({ yes: values.yes, file: values.table });
    return;
  }
  writeFileSync(path.join(FOLDER, 'integ.log'), '');
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const env = values.local
      ? await step('Start the local CloudFormation and AWS WAF', () => startLocal(cleanups))
      : { ...process.env, AWS_REGION: REGION };
    // MiniStack's change sets resolve the old template anew: a value that changed behind a reference looks unchanged.
    const more = values.local ? ['--method=direct'] : [];
    for (const name of positionals.length ? positionals : Object.keys(SCENARIOS)) {
      await new Integration(name, env, more).run();
    }
    say('\nAll as expected; nothing is left.');
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

main().catch((error: Error) => {
  say(`\n${error.message}\nSee .demo/integ/integ.log.`);
  process.exitCode = 1;
});
