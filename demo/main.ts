import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { cancelDeployment } from './cancelled-deployment';
import { expectGone, expectKeys, expectSite } from './checks';
import { DemoEnvironment, deployGlobal, destroyGlobal, install, LOG, start, stayUp } from './demo-environment';
import { showGracePeriod } from './grace-period';
import {
  CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER, GLOBAL_REGION, OTHER_CONFIG_PARAMETER, REGION, STACKS,
} from './names';
import { Context } from '../local/cdk';
import { ROOT } from '../local/local-environment';
import { expectMatch, note, say, seconds, step } from '../local/progress';

const HERE = [STACKS.key, STACKS.site];

/** A key from creation to deletion, and the sites that use it. */
async function demo(environment: DemoEnvironment, skipGracePeriod: boolean): Promise<Context> {
  const { cdk } = environment;

  /** Deploys key, site and the other team's app. Returns the key, which all of them must have. */
  const deploy = async (context: Context, previous?: string): Promise<string> => {
    await cdk.deploy(HERE, context);
    await cdk.deploy([STACKS.other], context); // separately, as other teams do
    const [key] = await expectKeys(environment, context.domains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, key, previous);
    await expectSite(environment, 'other team', OTHER_CONFIG_PARAMETER, key, previous);
    return key;
  };

  await step(`cdk bootstrap ${REGION} ${GLOBAL_REGION}`, () => cdk.bootstrap(REGION, GLOBAL_REGION));

  let context: Context = { domains: ['example.com'] };
  const first = await step(
    `cdk deploy: a CloudFront key for ${context.domains}, from ${REGION}`,
    () => deploy(context),
    'a stack in any Region creates a CloudFront key, and other stacks and apps receive it.',
  );

  context = { domains: ['example.com', 'example.org'] };
  const second = await step(
    `cdk deploy: the domains changed to ${context.domains}`,
    () => deploy(context, first),
    'other domains replace the key, all consumers receive the new one, and the old one is deleted.',
  );

  context = { ...context, rotationId: '2026-11' };
  const third = await step(
    `cdk deploy: the key rotated by rotationId '${context.rotationId}'`,
    () => deploy(context, second),
    'another rotationId replaces the key in the same way.',
  );

  await step('cdk synth: a domain under which anyone can register', async () => {
    const output = await cdk.fail('synth', HERE, { domains: ['co.uk'] });
    const reason = /^Error: .*/m.exec(output)?.[0] ?? 'no error';
    note('cdk says', reason);
    expectMatch('The error', reason, /tokenDomains: 'co\.uk' is a public suffix/);
  }, 'an invalid domain fails at synthesis, before anything is deployed.');

  await step('cdk deploy: such a domain, known at deploy time only', async () => {
    const output = await cdk.fail('deploy', HERE, context, '--parameters', `${STACKS.key}:AssignedDomain=co.uk`);
    const reason = /AWS WAF rejected .*/.exec(output)?.[0] ?? 'nothing of AWS WAF';
    note('cdk says', reason);
    expectMatch('The error', reason, /wafv2:CreateAPIKey: WAFInvalidParameterException: .*co\.uk/);
    await expectKeys(environment, context.domains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, third);
  }, 'a failed deployment rolls back, and the site keeps its key.');

  const global = await step(`cdk deploy: a key in ${GLOBAL_REGION}, the site in ${REGION}`, async () => {
    await deployGlobal(environment, context);
    const [, key] = await expectKeys(environment, context.domains, ['example.net']);
    await expectSite(environment, 'global site', GLOBAL_CONFIG_PARAMETER, key);
    return key;
  }, 'a stack in another Region receives the key without further code.');

  const deployed = context;
  context = { ...context, rotationId: '2026-12' };
  await step(`cdk deploy: that key rotated by rotationId '${context.rotationId}'`, async () => {
    await deployGlobal(environment, context);
    const [, key] = await expectKeys(environment, context.domains, ['example.net']);
    await expectSite(environment, 'global site', GLOBAL_CONFIG_PARAMETER, key, global);
    await expectSite(environment, 'site', CONFIG_PARAMETER, third);
  }, 'the stack in another Region receives the new key in the same command.');

  const showCancellation = () => step(
    'a deployment in which a resource beside twelve new keys fails',
    cancelDeployment,
    'creations that CloudFormation cancels leave no key behind.',
  );
  if (!skipGracePeriod) return showGracePeriod(environment, deployed, ['example.net'], showCancellation);
  await showCancellation();
  return context;
}

async function destroy(environment: DemoEnvironment, context: Context): Promise<void> {
  await step('cdk destroy: everything', async () => {
    await destroyGlobal(environment, context);
    await environment.cdk.destroy([STACKS.other, ...HERE], context);
    await expectKeys(environment);
    await expectGone(environment);
  }, 'the keys are deleted with their stacks.');
}

function endOfLog(): string {
  const lines = readFileSync(LOG, 'utf8').trimEnd().split('\n').slice(-40);
  return `\nThe end of ${path.relative(ROOT, LOG)}:\n${lines.map((line) => `  | ${line}\n`).join('')}`;
}

async function main(): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { 'keep': flag, 'skip-grace-period': flag } });
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort(new Error(`Stopped by ${signal}.`)));
  }
  const { signal } = interruption;
  const started = performance.now();
  let environment: DemoEnvironment | undefined;
  try {
    const python = await step('Install MiniStack, a local CloudFormation, into .demo/venv', () => install(signal));
    environment = await step('Start MiniStack and the emulator of the AWS WAF API keys', () => start(python, signal));
    const context = await demo(environment, values['skip-grace-period']);
    await (values.keep ? stayUp(signal) : destroy(environment, context));
    say(values.keep ? '\nStopped.' : `\nAll as expected, in ${seconds(started)}.`);
    return 0;
  } catch (error) {
    if (!signal.aborted) say(endOfLog());
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    return signal.aborted ? 130 : 1;
  } finally {
    await environment?.local.stop();
  }
}

void main().then((code) => { process.exitCode = code; });
