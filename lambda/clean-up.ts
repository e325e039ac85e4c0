import type { Confirmation } from './confirmation';
import type { ResourceEvent } from './events';
import type { KeyLifecycle } from './lifecycle';
import { Outcome, recentOutcomes } from './outcome';
import type { Delivery } from './response';
import type { Logger } from './runtime/log';

interface CleanUpDependencies {
  readonly confirmation: Confirmation;
  readonly lifecycle: KeyLifecycle;
  readonly log: Logger;
}

/** After the response: deletes the new key of an event, if the resource does not hold it. */
export async function cleanUp(
  event: ResourceEvent, { reason, newKey }: Outcome, delivery: Delivery,
  { confirmation, lifecycle, log }: CleanUpDependencies,
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
