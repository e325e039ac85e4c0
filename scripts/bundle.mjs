// Makes what the package ships beside its compiled code, in assets/.
import { build } from 'esbuild';

const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', minify: true, logLevel: 'warning', legalComments: 'none' };

await build({ ...common, entryPoints: ['lambda/index.ts'], outfile: 'assets/handler/index.js' });

// Of tldts just what is used; as a bundled dependency it would quadruple the package.
await build({ ...common, stdin: { contents: "export { parse } from 'tldts';", resolveDir: '.' }, outfile: 'assets/public-suffix/index.js' });
