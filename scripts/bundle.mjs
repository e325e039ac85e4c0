// Creates what the package ships beside its compiled code, in assets/ or in the given folder.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { billOfMaterials, licenceList, packagesIn } from './third-party.mjs';

const folder = process.argv[2] ?? 'assets';
const common = {
  bundle: true, platform: 'node', target: 'node20', format: 'cjs', minify: true, logLevel: 'warning',
  legalComments: 'none', metafile: true,
};

const handler = await build({
  ...common,
  mainFields: ['module', 'main'], // esbuild drops unused code only from ES modules
  alias: { '@aws-sdk/credential-provider-node': resolve('lambda/environment-credentials.ts') },
  entryPoints: ['lambda/index.ts'],
  outfile: join(folder, 'handler/index.js'),
  banner: { js: '// cdk-waf-captcha-api-key: handler' }, // by which the construct recognizes its own code
});

// Only the used part of tldts: as a bundled dependency it would quadruple the package.
const publicSuffix = await build({
  ...common,
  stdin: { contents: "export { parse } from 'tldts';", resolveDir: '.' },
  outfile: join(folder, 'public-suffix/index.js'),
});

const packages = packagesIn([handler.metafile, publicSuffix.metafile]);
writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licenceList(packages));
writeFileSync(
  join(folder, 'bundled.cdx.json'), billOfMaterials(JSON.parse(readFileSync('package.json', 'utf8')).name, packages),
);
