import * as path from 'node:path';
import type { ESLint } from 'eslint';

const ROOT = path.join(__dirname, '..');
const RULES = ['import/no-restricted-paths', 'no-restricted-imports', 'no-restricted-syntax'];

let Linter: typeof ESLint;

beforeAll(async () => {
  const { loadESLint } = jest.requireActual<typeof import('eslint')>('eslint');
  Linter = await loadESLint({ useFlatConfig: false }) as unknown as typeof ESLint;
});

/** What the import rules of the project report for a file with this import. The file itself is not read. */
const violations = (file: string, imported: string) => violationsIn(file, `export * from '${imported}';\n`);

async function violationsIn(file: string, text: string): Promise<string[]> {
  const filePath = path.join(ROOT, file);
  const { parser, settings, rules } = await new Linter({ cwd: ROOT }).calculateConfigForFile(filePath);
  const eslint = new Linter({
    cwd: ROOT,
    useEslintrc: false,
    overrideConfig: {
      parser,
      settings,
      parserOptions: { ecmaVersion: 2022, sourceType: 'module' },
      plugins: ['import'],
      // The other rules need the types of the whole project, which takes half a minute.
      rules: Object.fromEntries(RULES.filter((rule) => rule in rules).map((rule) => [rule, rules[rule]])),
    },
  } as unknown as ESLint.Options);
  const [{ messages }] = await eslint.lintText(text, { filePath });
  return messages.map(({ ruleId }) => ruleId!);
}

test.each([
  ['lambda/handler.ts', '../emulator'],
  ['lambda/handler.ts', '../src/waf-captcha-api-key'],
  ['src/contract/resource.ts', '../private/validate'],
  ['src/waf-scope.ts', '../local/cdk'],
  ['demo/main.ts', '../bench/measure'],
  ['demo/main.ts', '../test/support/stacks'],
  ['bench/main.ts', '../demo/names'],
  ['local/cdk.ts', '../test/support/stacks'],
])('%s must not import %s', async (file, imported) => {
  expect(await violations(file, imported)).toEqual(['import/no-restricted-paths']);
});

test.each([
  ['lambda/handler.ts', 'aws-cdk-lib'],
  ['src/contract/resource.ts', 'constructs'],
])('%s must not import %s of the CDK', async (file, imported) => {
  expect(await violations(file, imported)).toEqual(['no-restricted-imports']);
});

test.each([
  ['lambda/handler.ts', '../src/contract/resource'],
  ['demo/main.ts', '../local/cdk'],
  ['src/waf-scope.ts', 'aws-cdk-lib'],
])('%s may import %s', async (file, imported) => {
  expect(await violations(file, imported)).toEqual([]);
});

test.each([
  ['src/private/key-hash.ts', ['no-restricted-syntax']],
  ['lambda/handler.ts', []],
])('%s with instanceof, which knows no class of a second copy of aws-cdk-lib: %j', async (file, expected) => {
  expect(await violationsIn(file, 'export const isStack = (one: any) => one instanceof Object;\n')).toEqual(expected);
});
