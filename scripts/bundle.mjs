// Makes what the package ships beside its compiled code, in assets/ or the folder that is given.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { leanSdk } from './lean-sdk.mjs';
import { billOfMaterials, licenceList, packagesIn } from './third-party.mjs';

const folder = process.argv[2] ?? 'assets';
const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', minify: true, logLevel: 'warning', legalComments: 'none', metafile: true };

const handler = await build({
  ...common, ...leanSdk, entryPoints: ['lambda/index.ts'], outfile: join(folder, 'handler/index.js'),
  banner: { js: '// cdk-waf-captcha-api-key: handler' }, // by which the construct knows its own
});

// Of tldts just what is used; as a bundled dependency it would quadruple the package.
const publicSuffix = await build({
  ...common,
  stdin: { contents: "export { parse } from 'tldts';", resolveDir: '.' },
  outfile: join(folder, 'public-suffix/index.js'),
});

const packages = packagesIn([handler.metafile, publicSuffix.metafile]);
writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licenceList(packages));
writeFileSync(join(folder, 'bundled.cdx.json'), billOfMaterials(JSON.parse(readFileSync('package.json', 'utf8')).name, packages));
