import type { Clock } from './clock';
import type { Deadlines } from './deadlines';
import { KeyLifecycle } from './lifecycle';
import type { Logger } from './log';
import { PendingDeletions, SCHEDULED_DELETION, ScheduledDeletion } from './pending-deletions';
import { parsePhysicalId } from './physical-id';
import { Waf } from './waf';

export interface ScheduledDeletionDependencies {
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadlines: Deadlines;
  readonly pendingDeletions: PendingDeletions;
}

/** Whether an event is one that a schedule sends when a grace period ends. */
export function isScheduledDeletion(event: { readonly RequestType?: string }): event is ScheduledDeletion {
  return event.RequestType === SCHEDULED_DELETION;
}

/** Deletes a key whose grace period has ended. Never throws: what fails is tried again when the schedule runs next. */
export async function onScheduledDeletion(
  { PhysicalResourceId: physicalId }: ScheduledDeletion,
  { clock, log, deadlines, pendingDeletions }: ScheduledDeletionDependencies,
): Promise<void> {
  const started = clock.now();
  let reason: string | undefined;
  try {
    if (!physicalId || !parsePhysicalId(physicalId)) {
      return log({ outcome: 'ignored', detail: 'the event names no key' });
    }
    const waf = new Waf({ clock, log, deadline: deadlines.work });
    const lifecycle = new KeyLifecycle(waf, clock, log, deadlines, pendingDeletions);
    await pendingDeletions.complete(physicalId, () => lifecycle.onScheduledDelete(physicalId));
  } catch (error) {
    reason = (error as Error).message;
  }
  const outcome = reason === undefined ? 'SUCCESS' : 'FAILED';
  log({ operation: SCHEDULED_DELETION, physicalId, duration: clock.now() - started, outcome, reason });
}
