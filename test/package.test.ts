import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

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

const manifest = JSON.parse(read('package.json')) as Manifest;
const billOfMaterials = JSON.parse(read('assets/bundled.cdx.json')) as BillOfMaterials;
const temporary: string[] = [];

afterAll(() => temporary.forEach((folder) => rmSync(folder, { recursive: true })));

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function bundleAnew(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  temporary.push(folder);
  execFileSync('node', ['scripts/bundle.mjs', folder], { cwd: ROOT });
  return folder;
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

test('the package holds only the compiled sources, the bundles, the assembly and the metadata files', () => {
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  })) as [{ files: { path: string }[] }];

  const sources = filesIn(path.join(ROOT, 'src')).map((file) => `lib/${file.replace(/\.ts$/, '')}`);
  expect(files.map((file) => file.path).sort()).toEqual([
    ...METADATA_FILES,
    ...ASSETS.map((file) => `assets/${file}`),
    ...sources.flatMap((source) => [`${source}.js`, `${source}.d.ts`]),
  ].sort());
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
  const [first, second] = [bundleAnew(), bundleAnew()];
  expect(filesIn(first).sort()).toEqual(ASSETS.sort());
  for (const file of ASSETS) {
    expect(readFileSync(path.join(second, file)).equals(readFileSync(path.join(first, file)))).toBe(true);
  }
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

const documents = [...readdirSync(ROOT), ...filesIn(path.join(ROOT, 'docs')).map((file) => `docs/${file}`)]
  .filter((file) => file.endsWith('.md') && file !== 'API.md');

test.each(documents)('the links of %s lead to files that exist', (file) => {
  const links = [...read(file).matchAll(/\]\((?!\w+:|#)([^)#]+)/g)].map(([, link]) => link);
  expect(links.filter((link) => !existsSync(path.join(ROOT, path.dirname(file), link)))).toEqual([]);
});
