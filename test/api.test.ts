import { readFileSync } from 'node:fs';
import * as path from 'node:path';

interface Documented {
  readonly name: string;
  readonly docs?: { readonly summary?: string };
}

interface Callable extends Partial<Documented> {
  readonly parameters?: Documented[];
  readonly overrides?: string;
}

interface ApiType extends Documented {
  readonly initializer?: Callable;
  readonly methods?: (Callable & Documented)[];
  readonly properties?: Documented[];
  readonly members?: Documented[];
}

const types =
  (JSON.parse(readFileSync(path.join(__dirname, '../.jsii'), 'utf8')) as { types: Record<string, ApiType> }).types;

/**
 * Names of what stands in the API without a sentence that
 * explains it. An override explains itself by what it overrides.
 */
function undocumented(type: ApiType): string[] {
  const members = [...type.methods ?? [], ...type.properties ?? [], ...type.members ?? []];
  const calls = [
    { name: 'constructor', ...type.initializer }, ...(type.methods ?? []).filter((method) => !method.overrides),
  ];
  return [
    ...[type, ...members].filter((symbol) => !symbol.docs?.summary).map(({ name }) => `${type.name}: ${name}`),
    ...calls.flatMap(({ name, parameters }) => (parameters ?? []).filter(({ docs }) => !docs?.summary)
      .map((parameter) => `${type.name}: parameter ${parameter.name} of ${name}`)),
  ];
}

test.each(Object.values(types))('each symbol of $name is documented', (type) => {
  expect(undocumented(type)).toEqual([]);
});

test('the API is not empty', () => {
  expect(Object.keys(types).map((fqn) => fqn.split('.')[1])).toEqual(expect.arrayContaining([
    'IWafCaptchaApiKey', 'WafCaptchaApiKey', 'WafCaptchaApiKeyProps', 'WafCaptchaApiKeyProvider', 'WafScope',
  ]));
});
