import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { cancelDeployment } from './cancelled-deployment';
import { expectGone, expectKeys, expectSite } from './checks';
import { CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER, GLOBAL_REGION, OTHER_CONFIG_PARAMETER, REGION, STACKS } from './names';
import { LOG, ROOT, World } from './world';
import { Context } from '../local/cdk';
import { expectMatch, note, say, seconds, step } from '../local/progress';

const HERE = [STACKS.key, STACKS.site];

async function demo(world: World, keep: boolean): Promise<void> {
  const python = await step('Install MiniStack, a local CloudFormation, into .demo/venv', () => world.install());
  await step('Start it, and the emulator of the AWS WAF API keys', () => world.start(python));
  const { cdk } = world;

  const deploy = async (context: Context): Promise<void> => {
    await cdk.deploy(HERE, context);
    await cdk.deploy([STACKS.other], context); // at a time of its own, as other teams do
  };

  await step(`cdk bootstrap ${REGION} ${GLOBAL_REGION}`, () => cdk.bootstrap(REGION, GLOBAL_REGION));

  let context: Context = { domains: ['example.com'] };
  const first = await step(`cdk deploy: a CloudFront key for ${context.domains}, from ${REGION}`, async () => {
    await deploy(context);
    const [key] = await expectKeys(world, context.domains);
    await expectSite(world, 'site', CONFIG_PARAMETER, key);
    await expectSite(world, 'other team', OTHER_CONFIG_PARAMETER, key);
    return key;
  });

  context = { domains: ['example.com', 'example.org'] };
  const second = await step(`cdk deploy: the domains changed to ${context.domains}`, async () => {
    await deploy(context);
    const [key] = await expectKeys(world, context.domains);
    await expectSite(world, 'site', CONFIG_PARAMETER, key, first);
    await expectSite(world, 'other team', OTHER_CONFIG_PARAMETER, key, first);
    return key;
  });

  context = { ...context, rotationId: '2026-11' };
  const third = await step(`cdk deploy: the key rotated by rotationId '${context.rotationId}'`, async () => {
    await deploy(context);
    const [key] = await expectKeys(world, context.domains);
    await expectSite(world, 'site', CONFIG_PARAMETER, key, second);
    await expectSite(world, 'other team', OTHER_CONFIG_PARAMETER, key, second);
    return key;
  });

  await step('cdk synth: a domain under which anyone can register', async () => {
    const output = await cdk.fail('synth', HERE, { domains: ['co.uk'] });
    const reason = /^Error: .*/m.exec(output)?.[0] ?? 'no error';
    note('cdk says', reason);
    expectMatch('The error', reason, /tokenDomains: 'co\.uk' is a public suffix/);
  });

  await step('cdk deploy: such a domain, known at deploy time only', async () => {
    const output = await cdk.fail('deploy', HERE, context, '--parameters', `${STACKS.key}:AssignedDomain=co.uk`);
    const reason = /AWS WAF rejected .*/.exec(output)?.[0] ?? 'nothing of AWS WAF';
    note('cdk says', reason);
    expectMatch('The error', reason, /wafv2:CreateAPIKey: WAFInvalidParameterException: .*co\.uk/);
    await expectKeys(world, context.domains);
    await expectSite(world, 'site', CONFIG_PARAMETER, third);
  });

  const global = await step(`cdk deploy: a key in ${GLOBAL_REGION}, the site in ${REGION}`, async () => {
    await world.deployGlobal(context);
    const [, key] = await expectKeys(world, context.domains, ['example.net']);
    await expectSite(world, 'global site', GLOBAL_CONFIG_PARAMETER, key);
    return key;
  });

  context = { ...context, rotationId: '2026-12' };
  await step(`cdk deploy: that key rotated by rotationId '${context.rotationId}'`, async () => {
    await world.deployGlobal(context);
    const [, key] = await expectKeys(world, context.domains, ['example.net']);
    await expectSite(world, 'global site', GLOBAL_CONFIG_PARAMETER, key, global);
    await expectSite(world, 'site', CONFIG_PARAMETER, third);
  });

  await step('a deployment in which a resource beside twelve new keys fails', cancelDeployment);

  if (keep) return world.stayUp();

  await step('cdk destroy: everything', async () => {
    await world.destroyGlobal(context);
    await cdk.destroy([STACKS.other, ...HERE], context);
    await expectKeys(world);
    await expectGone(world);
  });
}

function endOfLog(): string {
  const lines = readFileSync(LOG, 'utf8').trimEnd().split('\n').slice(-40);
  return `\nThe end of ${path.relative(ROOT, LOG)}:\n${lines.map((line) => `  | ${line}\n`).join('')}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort(new Error(`Stopped by ${signal}.`)));
  }
  const started = performance.now();
  const world = new World(interruption.signal);
  try {
    await demo(world, values.keep);
    say(values.keep ? '\nStopped.' : `\nAll as expected, in ${seconds(started)}.`);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) say(endOfLog());
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    return interruption.signal.aborted ? 130 : 1;
  } finally {
    await world.stop();
  }
}

void main().then((code) => { process.exitCode = code; });
