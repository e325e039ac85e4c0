import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Observations } from './assumptions';
import {
  Answer, describe, nameOf, outputsOf, PREFIX, Provider, Received, StackName, Stacks, watch,
} from './stacks';
import { PACE, seconds, sleep } from './timing';

export interface Scene {
  readonly region: string;
  readonly stacks: Stacks;
  readonly provider: Provider;
  /** The ARN of the topic that is the provider. */
  readonly topic: string;
  readonly observations: Observations;
  readonly signal: AbortSignal;
}

/** A custom resource. Another revision is an update. */
function resource({ topic }: Scene, revision: unknown, more: object = {}): object {
  // The timeout is for the case that this process is killed.
  return {
    Type: 'Custom::Observed',
    Properties: { ServiceToken: topic, ServiceTimeout: 300, Revision: revision },
    ...more,
  };
}

const FAILED: Answer = { status: 'FAILED' };
const isOf = (event: Received, logicalId: string, type: string) =>
  event.LogicalResourceId === logicalId && event.RequestType === type;

/** A resource is replaced twice. The second time, another one fails. Then the deletion of a replaced ID fails. */
export async function observeReplacement(scene: Scene): Promise<void> {
  const { region, stacks, provider, observations, signal } = scene;
  const template = (revision: number, more: object = {}) => ({
    Resources: { Held: resource(scene, revision), ...more },
  });
  const replace = (event: Received): Answer => ({ physicalId: `id-${String(event.ResourceProperties.Revision)}` });
  await stacks.deploy('Replaced', template(1), signal);

  // Looks at the resource before, while and after the replaced ID is deleted.
  const moments: Moment[] = [];
  let respondedAt = 0;
  provider.handle('Replaced', async (event) => {
    if (isOf(event, 'Held', 'Update')) {
      respondedAt = Date.now();
      return replace(event);
    }
    moments.push({ at: Date.now(), text: `${event.RequestType} of ${nameOf(event.PhysicalResourceId)}` });
    await sleep(PACE.hold, signal);
    moments.push({ at: Date.now(), text: 'its response' });
    return {};
  });
  const view = watchUntil(scene, 'Replaced', 'Held', async () => {
    await stacks.deploy('Replaced', template(2), signal);
    moments.push({ at: Date.now(), text: 'end of the update' });
    await sleep(PACE.after, signal);
  });
  moments.push(...await view);
  observations.note('view of an update', `from the response on: ${timeline(respondedAt, moments)}`);

  // Another resource fails after the replacement.
  const since = Date.now();
  provider.handle('Replaced', (event) => {
    if (isOf(event, 'Fails', 'Create')) return FAILED;
    return isOf(event, 'Held', 'Update') && event.PhysicalResourceId === 'id-2' ? replace(event) : {};
  });
  await stacks.deploy('Replaced', template(3, { Fails: resource(scene, 1, { DependsOn: 'Held' }) }), signal);
  const events = provider.eventsOf('Replaced', since);
  const failure = events.findIndex((event) => isOf(event, 'Fails', 'Create'));
  const after = events.slice(failure + 1).filter(({ LogicalResourceId }) => LogicalResourceId === 'Held');
  const order = after.map((event) => `${event.RequestType} of ${nameOf(event.PhysicalResourceId)}`);
  observations.note('roll-back of a replacement', `after the failure: ${order.join(', ')}`);

  // The replaced ID cannot be deleted.
  const tries: number[] = [];
  provider.handle('Replaced', (event) => {
    if (isOf(event, 'Held', 'Update')) return replace(event);
    tries.push(Date.now());
    return FAILED;
  });
  const { StackStatus } = await stacks.deploy('Replaced', template(4), signal);
  provider.handle('Replaced', () => ({}));
  const gaps = tries.slice(1).map((at, index) => seconds(at - tries[index]));
  observations.note(
    'failed clean-up', `${tries.length} in all${gaps.length ? `, after ${gaps.join(', ')}` : ''}`, `${StackStatus}`,
  );

  await observeQuota(scene, stacks.id('Replaced'));
  await stacks.delete('Replaced', signal);
  const client = new CloudFormationClient({ region, maxAttempts: 1 });
  const shown = () => describe(client, stacks.id('Replaced'), 'Held');
  const rightAfter = await shown();
  await sleep(PACE.hold, signal);
  const later = `${seconds(PACE.hold)} later: ${await shown()}`;
  observations.note('view of a deleted stack', `right after: ${rightAfter}`, later);
}

/** One resource fails while the creation of another one runs. */
export async function observeCancellation(scene: Scene): Promise<void> {
  const { stacks, provider, observations, signal } = scene;
  const moments: Moment[] = [];
  const mark = (text: string) => moments.push({ at: Date.now(), text });
  const has = (logicalId: string, type: string) =>
    provider.eventsOf('Cancelled').some((event) => isOf(event, logicalId, type));
  // Neither waits for the other for ever: it may be that one is created after the other.
  const until = async (condition: () => boolean) => {
    for (const end = Date.now() + PACE.hold; !condition() && Date.now() < end;) await sleep(100, signal);
  };
  let failedAt = 0;
  let isRunning = false;
  let deletion = 'it was not cancelled';
  provider.handle('Cancelled', async (event) => {
    if (isOf(event, 'Fails', 'Create')) {
      await until(() => has('Slow', 'Create'));
      await sleep(2_000, signal);
      failedAt = Date.now();
      return FAILED;
    }
    if (isOf(event, 'Slow', 'Create')) {
      isRunning = true;
      await until(() => failedAt > 0);
      if (failedAt > 0) await until(() => has('Slow', 'Delete'));
      await sleep(2_000, signal);
      isRunning = false;
      mark('the response to its Create');
    }
    if (isOf(event, 'Slow', 'Delete')) {
      const when = isRunning ? 'while its Create ran' : 'after the response to its Create';
      const name = nameOf(event.PhysicalResourceId);
      deletion = `Delete of ${name} ${seconds(Date.now() - failedAt)} after the failure, ${when}`;
      mark('its Delete');
      await sleep(PACE.hold, signal);
      mark('the response to its Delete');
    }
    return {};
  });
  moments.push(...await watchUntil(scene, 'Cancelled', 'Slow', async () => {
    const resources = { Slow: resource(scene, 1), Fails: resource(scene, 1) };
    await stacks.deploy('Cancelled', { Resources: resources }, signal);
    await sleep(PACE.after, signal);
  }));
  observations.note('view of a cancelled creation', `from the failure on: ${timeline(failedAt, moments)}`);
  observations.note('events of a cancelled creation', deletion);
}

/** Another stack's output changes, and the update that reads it fails. */
export async function observeOutput(scene: Scene): Promise<void> {
  const { stacks, provider, observations, signal } = scene;
  // A change of outputs alone may be no update.
  const producer = (value: string) => ({ Resources: { Made: resource(scene, value) }, Outputs: outputsOf({ value }) });
  const value = { 'Fn::GetStackOutput': { StackName: `${PREFIX}Producer`, OutputName: 'value' } };
  const consumer = (revision: number, more: object = {}) => ({
    Resources: { Reads: resource(scene, [revision, value]), ...more },
  });
  const failing = { Fails: resource(scene, 1, { DependsOn: 'Reads' }) };
  await stacks.deploy('Producer', producer('old'), signal);
  await stacks.deploy('Consumer', consumer(1), signal);
  await stacks.deploy('Producer', producer('new'), signal);
  provider.handle('Consumer', (event) => isOf(event, 'Fails', 'Create') ? FAILED : {});
  const since = Date.now();
  const { StackStatus } = await stacks.deploy('Consumer', consumer(2, failing), signal);
  const read = provider.eventsOf('Consumer', since).filter((event) => isOf(event, 'Reads', 'Update'))
    .map(({ ResourceProperties }) => (ResourceProperties.Revision as string[])[1]);
  observations.note('output in a roll-back', `${read[0]} in the update, ${read[1]} in its roll-back`, `${StackStatus}`);
}

interface Moment {
  readonly at: number;
  readonly text: string;
}

async function watchUntil(
  { region, signal }: Scene, stack: StackName, logicalId: string, action: () => Promise<void>,
): Promise<Moment[]> {
  const end = new AbortController();
  const watching = watch(region, stack, logicalId, AbortSignal.any([signal, end.signal]));
  try {
    await action();
  } finally {
    end.abort();
  }
  return watching;
}

/** In seconds from a moment on. */
function timeline(start: number, moments: readonly Moment[]): string {
  return [...moments].sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${at < start ? '−' : '+'}${seconds(Math.abs(at - start))} ${text}`).join(', ');
}

async function observeQuota({ region, observations }: Scene, stack: string): Promise<void> {
  const client = new CloudFormationClient({ region, maxAttempts: 1 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => describe(client, stack, 'Held')));
  const admitted = answers.filter((answer) => answer !== undefined).length;
  observations.note('quota of DescribeStackResource', `of 20 at once ${admitted} admitted`);
}
