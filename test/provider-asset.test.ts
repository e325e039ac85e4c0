import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { build, Format } from 'esbuild';

const ROOT = path.join(__dirname, '..');
const NAME = 'cdk-waf-captcha-api-key';
const MODULES = path.join(ROOT, 'node_modules');

const APP = `
  import { App, Stack } from 'aws-cdk-lib';
  import { WafCaptchaApiKey, WafScope } from '${NAME}';
  const app = new App();
  const tokenDomains = [process.env.DOMAIN ?? 'example.com'];
  new WafCaptchaApiKey(new Stack(app, 'Shop'), 'Key', { scope: WafScope.CLOUDFRONT, tokenDomains });
  app.synth();`;

/** What people add so that CommonJS modules within a bundle of ES modules can load those of Node.js. */
const ES_MODULE_BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A project of a user with an app in it, the package as it is installed, and a folder `assets/handler` of its own. */
let project: string;

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'bundled-app-'));
  const installed = path.join(project, 'node_modules', NAME);
  for (const item of ['lib', 'assets', 'package.json']) {
    cpSync(path.join(ROOT, item), path.join(installed, item), { recursive: true });
  }
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(MODULES, peer), path.join(project, 'node_modules', peer));
  }
  mkdirSync(path.join(project, 'assets', 'handler'), { recursive: true });
  writeFileSync(path.join(project, 'assets', 'handler', 'index.js'), 'exports.handler = () => "of the user";');
  writeFileSync(path.join(project, 'app.ts'), APP);
});
afterEach(() => rmSync(project, { recursive: true }));

/** Bundles the app as people do, where `../../assets/handler` is the user's folder. */
async function bundle(external: string[], format: Format = 'cjs'): Promise<string> {
  const outfile = path.join(project, 'dist', 'bin', format === 'esm' ? 'app.mjs' : 'app.js');
  await build({
    entryPoints: [path.join(project, 'app.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    banner: format === 'esm' ? { js: ES_MODULE_BANNER } : {},
    logLevel: 'error',
    external: ['aws-cdk-lib', 'constructs', ...external],
  });
  return outfile;
}

const synthesize = (file: string, domain = 'example.com') => spawnSync(process.execPath, [file], {
  encoding: 'utf8', cwd: project, env: { ...process.env, CDK_OUTDIR: path.join(project, 'cdk.out'), DOMAIN: domain },
});

/** The code of the only function of the app. */
function stagedCode(): string {
  const assembly = new CloudAssembly(path.join(project, 'cdk.out'));
  const { files } = JSON.parse(readFileSync(path.join(assembly.directory, 'Shop.assets.json'), 'utf8'));
  const [folder] = Object.values<{ source: { path: string; packaging: string } }>(files)
    .filter(({ source }) => source.packaging === 'zip');
  return readFileSync(path.join(assembly.directory, folder.source.path, 'index.js'), 'utf8');
}

test('an app that is bundled with the package as external stages its handler', async () => {
  const { status, stderr } = synthesize(await bundle([NAME]));
  expect([status, stderr]).toEqual([0, '']);
  expect(stagedCode()).toBe(readFileSync(path.join(ROOT, 'assets', 'handler', 'index.js'), 'utf8'));
});

test('an app that is bundled with the package inside fails with a remedy, and uses no folder of the user', async () => {
  const { status, stderr } = synthesize(await bundle([]));
  expect(status).toBe(1);
  const folder = path.join(project, 'assets', 'handler');
  expect(stderr).toContain(`Shop/WafCaptchaApiKeyProvider: the code of the function is not in ${folder}; `
    + 'if your app is bundled, mark cdk-waf-captcha-api-key as external, so that it is loaded from node_modules '
    + "(esbuild: '--external:cdk-waf-captcha-api-key')");
});

test('an app that is bundled as ES modules with the package inside fails with the same remedy', async () => {
  expect(synthesize(await bundle([], 'esm')).stderr).toContain('mark cdk-waf-captcha-api-key as external');
});

test('an app fails in the same way when the user has no such folder', async () => {
  rmSync(path.join(project, 'assets'), { recursive: true });
  expect(synthesize(await bundle([])).stderr).toContain('mark cdk-waf-captcha-api-key as external');
});

test('a bundled app works when the assets of the package are copied to where it looks for them', async () => {
  cpSync(path.join(ROOT, 'assets'), path.join(project, 'assets'), { recursive: true });
  expect(synthesize(await bundle([])).status).toBe(0);
  expect(stagedCode()).toBe(readFileSync(path.join(ROOT, 'assets', 'handler', 'index.js'), 'utf8'));
});

test.each([[[]], [[NAME]]])('the Public Suffix List is the package\'s own, with %j as external', async (external) => {
  mkdirSync(path.join(project, 'assets', 'public-suffix'));
  writeFileSync(path.join(project, 'assets', 'public-suffix', 'index.js'), 'exports.parse = () => ({});');
  expect(synthesize(await bundle(external), 'co.uk').stderr).toContain('public suffix');
});
