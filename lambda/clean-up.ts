import type { Confirmation } from './confirmation';
import type { ResourceEvent } from './events';
import { parsePhysicalId, PhysicalId } from './key/physical-id';
import type { KeyLifecycle } from './lifecycle';
import { Outcome, recentOutcomes } from './outcome';
import type { Delivery } from './response';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';
import type { Logger } from './runtime/log';

/** How long to wait before a failed deletion is tried again after the response. */
const CLEAN_UP_INTERVAL_MS = 10_000;

interface CleanUpDependencies {
  readonly confirmation: Confirmation;
  readonly lifecycle: KeyLifecycle;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadlines: Deadlines;
}

/** After the response: deletes the key that CloudFormation does not hold, and what could not be deleted before. */
export async function cleanUp(
  event: ResourceEvent, { reason, newKey, physicalId }: Outcome, delivery: Delivery,
  { confirmation, lifecycle, clock, log, deadlines }: CleanUpDependencies,
): Promise<void> {
  if (newKey && reason === undefined && delivery !== 'rejected') {
    const result = await confirmation.confirm(newKey.physicalId, delivery);
    if (result === 'unknown') {
      log({
        outcome: 'kept', physicalId: newKey.physicalId, detail: 'CloudFormation did not say whether it holds the key',
      });
    }
    if (result !== 'not held') return;
  }
  const failedDelete = event.RequestType === 'Delete' && reason !== undefined ? tryParse(physicalId) : undefined;
  if (!newKey && !failedDelete) return;
  recentOutcomes.delete(event.RequestId);
  const attempt = async () => newKey
    ? lifecycle.rollBack(newKey, deadlines.cleanUp)
    : !await confirmation.mayRestore(physicalId) && lifecycle.retryDelete(failedDelete!);
  while (!await attempt()) {
    if (clock.now() + CLEAN_UP_INTERVAL_MS > deadlines.cleanUp) return;
    await clock.sleep(CLEAN_UP_INTERVAL_MS);
  }
  log({
    outcome: 'cleaned up',
    physicalId: newKey?.physicalId ?? physicalId,
    detail: 'no resource holds the key; it is deleted',
  });
}

/** Undefined also for an id of a later format, which no further attempt would understand. */
function tryParse(physicalId: string): PhysicalId | undefined {
  try {
    return parsePhysicalId(physicalId);
  } catch {
    return undefined;
  }
}
