// One synthesis in a new process: node synth.cjs <kind> <keys> <folder>
// <beside>, kind being ours or awscr, beside being function or nothing.
const [,, kind, keys, folder, beside] = process.argv;
const { awsCustomResourceKey } = require('./aws-custom-resource-key.cjs');
const now = () => Number(process.hrtime.bigint()) / 1e6;

const started = now();
const { App, Stack } = require('aws-cdk-lib');
const cdkLoaded = now();
const app = new App({ outdir: folder });
const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'eu-west-1' } });
// After a stack exists: aws-cdk-lib loads its core when it is first used, which is no cost of this package.
const stackCreated = now();
const ours = kind === 'ours' && require('../../lib');
const loaded = now();

if (beside === 'function') {
  const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
  new Function(
    stack, 'Function', { runtime: Runtime.NODEJS_LATEST, handler: 'index.handler', code: Code.fromAsset(__dirname) },
  );
}
for (let index = 0; index < Number(keys); index++) {
  const domain = `shop-${index}.example.com`;
  if (ours) {
    new ours.WafCaptchaApiKey(stack, `Key${index}`, { scope: ours.WafScope.CLOUDFRONT, tokenDomains: [domain] });
  } else {
    awsCustomResourceKey(stack, `Key${index}`, [domain]);
  }
}
const { template } = app.synth().getStackByName('Shop');
const synthesized = now();

const types = Object.values(template.Resources).map(({ Type }) => Type);
process.stdout.write(JSON.stringify({
  import: loaded - stackCreated,
  synth: stackCreated - cdkLoaded + synthesized - loaded,
  total: synthesized - started,
  resources: types.length,
  keys: types.filter((type) => type === 'Custom::WafCaptchaApiKey' || type === 'Custom::AWS').length,
  bytes: require('node:fs').statSync(`${folder}/Shop.template.json`).size,
}));
