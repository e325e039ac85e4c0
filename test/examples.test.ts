import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';

const FOLDER = path.join(__dirname, '..', 'examples');
const EXAMPLES = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));

/** What a user passes with `-c`. */
const CONTEXT = { providerArn: 'arn:aws:lambda:eu-west-1:123456789012:function:Captcha' };

let outdir: string;
beforeEach(() => {
  process.env.CDK_OUTDIR = outdir = mkdtempSync(path.join(tmpdir(), 'example-'));
  process.env.CDK_CONTEXT_JSON = JSON.stringify(CONTEXT);
});
afterEach(() => {
  delete process.env.CDK_OUTDIR;
  delete process.env.CDK_CONTEXT_JSON;
  rmSync(outdir, { recursive: true });
});

/** Runs an example as the CLI would: it compiles, or ts-jest fails, and leaves its assembly in the folder. */
function synthesize(example: string): CloudAssembly {
  jest.requireActual(path.join(FOLDER, example));
  return new CloudAssembly(outdir);
}

/** What each example is about must be in its templates. */
const EXPECTED: Record<string, RegExp> = {
  'imported-key.ts': /example\.edge\.captcha-sdk\.awswaf\.com\/example\/jsapi\.js/,
  'plain-outputs.ts': /"ScriptUrl":\{"Value"/,
  'provider-function-properties.ts':
    /"FunctionName":"shop-captcha-keys".*"ReservedConcurrentExecutions":5,.*"Runtime":"nodejs24\.x"/,
  'provider-in-vpc.ts': /"VpcConfig":\{"SecurityGroupIds"/,
  'regional-web-acl.ts': /"TokenDomains":\["api\.example\.com","app\.example\.com"\]/,
  'rotation-with-overlap.ts': /"CaptchaKeyOfNovemberAPIKeyOutput.*"CaptchaKeyOfOctoberAPIKeyOutput/,
  'server-reads-ssm.ts': /"Action":\[[^\]]*"ssm:GetParameters"/,
  'shared-provider.ts': /"ServiceToken":"arn:aws:lambda:eu-west-1:123456789012:function:Captcha"/,
  'site-in-another-region.ts': /"Fn::GetStackOutput":\{"StackName":"Key","Region":"us-east-1"/,
  'site-in-one-stack.ts': /"TokenDomains":\[\{"Fn::GetAtt":\["Distribution/,
  'ssm-between-apps.ts': /"Default":"\/captcha\/shop\/api-key"/,
};

test('each example says what it shows and how to run it', () => {
  for (const example of EXAMPLES) {
    expect(readFileSync(path.join(FOLDER, example), 'utf8')).toMatch(
      new RegExp(`^/\\*\\*\\n \\* [A-Z][^@]*\\n \\*\\n \\*     npx cdk deploy .*--app 'npx tsx ${example}'`));
  }
});

test('each example has an expectation', () => expect(Object.keys(EXPECTED)).toEqual(EXAMPLES));

test.each(EXAMPLES)('%s synthesizes what it is about, without a warning', (example) => {
  const { stacks } = synthesize(example);
  // CloudFormation rejects a template without resources.
  expect(stacks.filter(({ template }) => !template.Resources).map(({ stackName }) => stackName)).toEqual([]);
  expect(stacks.map(({ template }) => JSON.stringify(template)).join('\n')).toMatch(EXPECTED[example]);
  const messages = stacks.flatMap((stack) => stack.messages.map(({ entry }) => String(entry.data)));
  // Newer versions of aws-cdk-lib warn of references to a provider in another stack; docs/usage.md has the remedy.
  const isExpected = (text: string) => example === 'shared-provider.ts' && /crossStackReferencesDefault/.test(text);
  expect(messages.filter((message) => !isExpected(message))).toEqual([]);
});
