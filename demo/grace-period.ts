import { expectKeys, expectSite } from './checks';
import { DemoEnvironment } from './demo-environment';
import { CONFIG_PARAMETER, OTHER_CONFIG_PARAMETER, REGION, STACKS } from './names';
import { Context } from '../local/cdk';
import { ExpectationError, note, report, seconds, step } from '../local/progress';

const HERE = [STACKS.key, STACKS.site];

/** MiniStack looks for due schedules every ten seconds. */
const DELETION_TIMEOUT_MS = 180_000;

/**
 * Replaces a key while sites in two stacks use it, and waits for the end of its grace period.
 *
 * @param meanwhile a step with other keys, which uses the time of waiting
 * @returns the context that is deployed in the end, with one key in its grace period
 */
export async function showGracePeriod(
  environment: DemoEnvironment, before: Context, globalDomains: readonly string[], meanwhile: () => Promise<void>,
): Promise<Context> {
  const { cdk } = environment;
  let context: Context = { ...before, gracePeriod: 1 };
  const first = await step('cdk deploy: the default provider with a grace period of one minute', async () => {
    await cdk.deploy(HERE, context);
    const [key] = await expectKeys(environment, context.domains, globalDomains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, key);
    return key;
  }, 'a grace period keeps the key.');

  const second = await step('cdk deploy: other domains, and the sites later: their key still exists', async () => {
    context = { ...context, domains: ['example.com'] };
    await cdk.deploy([STACKS.key], context);
    const [, , key] = await expectKeys(environment, before.domains, globalDomains, context.domains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, first);
    await expectSite(environment, 'other team', OTHER_CONFIG_PARAMETER, first);
    await cdk.deploy([STACKS.site], context);
    await cdk.deploy([STACKS.other], context);
    await expectSite(environment, 'site', CONFIG_PARAMETER, key, first);
    await expectSite(environment, 'other team', OTHER_CONFIG_PARAMETER, key, first);
    return key;
  }, 'no consumer has a deleted key, although each is deployed at its own time.');

  await meanwhile();
  await step('Wait for the end of the grace period', async () => {
    await expectDeleted(environment, first);
    const [, key] = await expectKeys(environment, globalDomains, context.domains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, key);
  }, 'the old key is deleted when its grace period ends, without a deployment.');

  return step('cdk deploy: the key rotated, to destroy the stack with a key in its grace period', async () => {
    context = { ...context, gracePeriod: 60, rotationId: 'last' };
    await cdk.deploy(HERE, context);
    await cdk.deploy([STACKS.other], context);
    const [, , key] = await expectKeys(environment, globalDomains, context.domains, context.domains);
    await expectSite(environment, 'site', CONFIG_PARAMETER, key, second);
    return context;
  }, 'the next step deletes a stack with such a key.');
}

async function expectDeleted({ local }: DemoEnvironment, apiKey: string): Promise<void> {
  const started = performance.now();
  // The schedule starts half a minute before it runs.
  const [start] = await local.aws.scheduleStarts(REGION);
  const end = start && start.getTime() + 30_000;
  while (local.waf.keys().some((key) => key.apiKey === apiKey)) {
    if (performance.now() - started > DELETION_TIMEOUT_MS) {
      throw new ExpectationError('The key after its grace period', 'deleted', 'still there');
    }
    const left = end ? Math.ceil((end - Date.now()) / 1_000) : 0;
    report(left > 0
      ? `the key is deleted in ${left} s, by a schedule of EventBridge Scheduler`
      : 'the schedule is due; MiniStack looks for due schedules every ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  note('deleted after', seconds(started));
}
