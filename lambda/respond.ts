import type { Confirmation } from './confirmation';
import { OrphanedKeyError } from './errors';
import type { ResourceEvent } from './events';
import { CREATE_FAILED_PHYSICAL_ID } from './key/physical-id';
import type { KeyLifecycle, KeyResource } from './lifecycle';
import { cacheOutcome, failedOutcome, Outcome, outcomeOf, recentOutcomes } from './outcome';
import { Delivery, submitResponse } from './response';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';
import type { Logger } from './runtime/log';

/** Does what an event asks for. */
export type Perform = () => Promise<Partial<KeyResource> | undefined>;

interface Dependencies {
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadlines: Deadlines;
  readonly confirmation: Confirmation;
  readonly lifecycle: KeyLifecycle;
}

/** Performs an event, responds to it, and then deletes the new key if the resource does not hold it. */
export async function respond(event: ResourceEvent, perform: Perform, dependencies: Dependencies): Promise<void> {
  const { clock, log, deadlines, confirmation, lifecycle } = dependencies;
  const started = clock.now();
  const repeated = recentOutcomes.get(event.RequestId);
  const pending = repeated ?? run(event, perform, lifecycle);
  cacheOutcome(event.RequestId, pending);
  const outcome = await pending;

  const { body, physicalId, reason, newKey } = outcome;
  const isSettled = newKey && (() => confirmation.isSettled(newKey.physicalId));
  const delivery = await submitResponse(event, body, { clock, log, deadline: deadlines.response, isSettled });
  log({
    operation: event.RequestType,
    physicalId,
    duration: clock.now() - started,
    outcome: reason === undefined ? 'SUCCESS' : 'FAILED',
    reason,
    delivery,
    repeated: repeated !== undefined || undefined,
  }, reason !== undefined || delivery === 'rejected' ? 'ERROR' : delivery === 'unknown' ? 'WARN' : 'INFO');
  // The first delivery of an event takes care of its key: when another one comes, the resource may hold a later key.
  if (!repeated) await cleanUp(event, outcome, delivery, dependencies);
}

/** Never throws: every result becomes a response. */
async function run(event: ResourceEvent, perform: Perform, lifecycle: KeyLifecycle): Promise<Outcome> {
  let resource: Partial<KeyResource> | undefined;
  try {
    resource = await perform();
    const physicalId = resource?.physicalId ?? event.PhysicalResourceId ?? CREATE_FAILED_PHYSICAL_ID;
    return outcomeOf(event, { status: 'SUCCESS', physicalId, data: resource?.attributes }, resource?.newKey);
  } catch (error) {
    const newKey = resource?.newKey;
    const isOrphaned = newKey && !await lifecycle.rollBack(newKey);
    return failedOutcome(event, isOrphaned ? new OrphanedKeyError((error as Error).message, newKey) : error);
  }
}

async function cleanUp(
  event: ResourceEvent, { reason, newKey }: Outcome, delivery: Delivery, { confirmation, lifecycle, log }: Dependencies,
): Promise<void> {
  if (!newKey) return;
  if (reason === undefined && delivery !== 'rejected') {
    const result = await confirmation.confirm(newKey.physicalId, delivery);
    if (result === 'unknown') {
      const detail = 'CloudFormation did not say whether it holds the key';
      log({ outcome: 'kept', physicalId: newKey.physicalId, detail }, 'WARN');
    }
    if (result !== 'not held') return;
  }
  recentOutcomes.delete(event.RequestId);
  await lifecycle.cleanUp(newKey);
}
