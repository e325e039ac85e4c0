import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { packageSize } from '../scripts/sizes';

const ROOT = path.join(__dirname, '..');

/** What of the folder is there besides compiled code. */
const METADATA_FILES = ['.jsii', 'API.md', 'LICENSE', 'README.md', 'package.json'];
const ASSETS = filesIn(path.join(ROOT, 'assets'));

interface Manifest {
  readonly name: string;
  readonly peerDependencies: Record<string, string>;
  readonly [field: string]: unknown;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses: { readonly license: { readonly id: string } }[];
}

interface BillOfMaterials {
  readonly components: Component[];
}

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

const manifest = JSON.parse(read('package.json')) as Manifest;
const billOfMaterials = JSON.parse(read('assets/bundled.cdx.json')) as BillOfMaterials;
const { types } = JSON.parse(read('.jsii')) as { types: Record<string, ApiType> };

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

test('the README in the packages of the other languages has only absolute links', () => {
  const { readme } = JSON.parse(read('.jsii')) as { readme: { markdown: string } };
  const targets = [...readme.markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !target.startsWith('https://'))).toEqual([]);
  expect(targets).toEqual(expect.arrayContaining([
    expect.stringMatching(/^https:\/\/github\.com\/[^/]+\/[^/]+\/blob\/main\/docs\/usage\.md#domains-that-change$/),
    expect.stringMatching(/^https:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/main\/docs\/images\/.+\.svg$/),
  ]));
});

test('the package has at most 250 KB, of compiled sources, bundles, assembly and metadata', () => {
  const { files, packed } = packageSize();

  const sources = filesIn(path.join(ROOT, 'src')).map((file) => `lib/${file.replace(/\.ts$/, '')}`);
  expect(files.sort()).toEqual([
    ...METADATA_FILES,
    ...ASSETS.map((file) => `assets/${file}`),
    ...sources.flatMap((source) => [`${source}.js`, `${source}.d.ts`]),
  ].sort());
  expect(packed).toBeLessThanOrEqual(250 * 1024);
});

test('the package installs only its peers and has no install scripts', () => {
  expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
  for (const field of ['dependencies', 'optionalDependencies', 'bundledDependencies', 'bundleDependencies']) {
    expect(manifest[field]).toBeUndefined();
  }
  expect(
    Object.keys(manifest.scripts as object).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
  ).toEqual([]);
});

test('two builds of the same source have the same bytes', () => {
  const anew = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  execFileSync('node', ['scripts/bundle.mjs', anew], { cwd: ROOT });

  expect(filesIn(anew).sort()).toEqual(ASSETS.sort());
  const differing = ASSETS.filter(
    (file) => !readFileSync(path.join(ROOT, 'assets', file)).equals(readFileSync(path.join(anew, file))),
  );
  expect(differing).toEqual([]);
  rmSync(anew, { recursive: true });
});

test('no bundle contains a path of the machine that built it', () => {
  for (const file of ASSETS) {
    expect(read(`assets/${file}`)).not.toContain(ROOT);
  }
});

test('everything bundled is in the lists of licences and materials, with a licence that allows redistribution', () => {
  const licences = read('assets/THIRD-PARTY-LICENSES.txt');
  expect(billOfMaterials.components.map(({ name }) => name)).toContain('tldts');
  for (const { name, version, licenses: [{ license }] } of billOfMaterials.components) {
    expect(licences).toContain(`${name} ${version} (${license.id})`);
    expect(['Apache-2.0', 'MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause']).toContain(license.id);
  }
});

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
