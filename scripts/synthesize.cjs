// Synthesizes CDK apps in one process, which loads aws-cdk-lib once:
//   tsx scripts/synthesize.cjs <folder for the assemblies> <app> [app ...]
const path = require('node:path');

const [folder, ...apps] = process.argv.slice(2);
let current;
process.on('exit', (code) => { if (code !== 0) console.error(`${current}: cannot be synthesized`); });

for (current of apps) {
  process.env.CDK_OUTDIR = path.join(folder, path.basename(current, '.ts'));
  require(path.resolve(current));
  process.emit('beforeExit', 0); // an app that has not synthesized itself does so when its process ends
}
