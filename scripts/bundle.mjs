// Creates what the package ships beside its compiled code, in assets/ or in the given folder.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { billOfMaterials, licenceList, packagesIn } from './third-party.mjs';

const folder = process.argv[2] ?? 'assets';
const output = { platform: 'node', target: 'node20', format: 'cjs', minify: true };
const common = { ...output, bundle: true, logLevel: 'warning', legalComments: 'none', metafile: true };

// What a function imports only when it runs becomes a file of its own, which esbuild splits off only in ES modules.
const handler = await build({
  ...common,
  format: 'esm',
  splitting: true,
  mainFields: ['module', 'main'], // esbuild drops unused code only from ES modules
  alias: { '@aws-sdk/credential-provider-node': resolve('lambda/aws/environment-credentials.ts') },
  entryPoints: ['lambda/index.ts'],
  outdir: join(folder, 'handler'),
  write: false,
});
rmSync(join(folder, 'handler'), { recursive: true, force: true }); // files of other names may be there
mkdirSync(join(folder, 'handler'), { recursive: true });
for (const { path, text } of handler.outputFiles) {
  const { code } = await transform(text, {
    ...output, // CommonJS starts faster
    supported: { 'dynamic-import': false },
    banner: '// cdk-waf-captcha-api-key: handler', // by which the construct recognizes its own code
  });
  writeFileSync(join(folder, 'handler', basename(path)), code);
}

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
