// One synthesis in a new process: node synth.cjs <ours or awsCustomResource> <keys> <folder for the assembly>
const [,, name, keys, folder] = process.argv;
const { awsCustomResourceKey } = require('./aws-custom-resource-key.cjs');

const { App, Stack } = require('aws-cdk-lib');
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
const started = performance.now();
const stack = new Stack(new App({ outdir: folder }), 'Shop', { env: { account: '123456789012', region: 'eu-west-1' } });
// Beside another function, as in nearly every app: what aws-cdk-lib loads for that is no cost of a key.
new Function(
  stack, 'Function', { runtime: Runtime.NODEJS_LATEST, handler: 'index.handler', code: Code.fromAsset(__dirname) },
);

const { WafCaptchaApiKey, WafScope } = name === 'ours' ? require('../../lib') : {};
for (let index = 0; index < Number(keys); index++) {
  const tokenDomains = [`shop-${index}.example.com`];
  if (WafCaptchaApiKey) {
    new WafCaptchaApiKey(stack, `Key${index}`, { scope: WafScope.CLOUDFRONT, tokenDomains });
  } else {
    awsCustomResourceKey(stack, `Key${index}`, tokenDomains);
  }
}
const { template } = stack.node.root.synth().getStackByName('Shop');
const ms = performance.now() - started;

const types = Object.values(template.Resources).map(({ Type }) => Type);
process.stdout.write(JSON.stringify({
  ms,
  resources: types.length,
  keys: types.filter((type) => type === 'Custom::WafCaptchaApiKey' || type === 'Custom::AWS').length,
  kb: require('node:fs').statSync(`${folder}/Shop.template.json`).size / 1024,
}));
