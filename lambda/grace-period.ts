import { Waf } from './aws/waf';
import type { ResourceEvent } from './events';
import { parsePhysicalId } from './key/physical-id';
import { KeyLifecycle, KeyResource } from './lifecycle';
import { PendingDeletions, SCHEDULED_DELETION, ScheduledDeletion } from './pending-deletions';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';
import type { Logger } from './runtime/log';
import { GRACE_PERIOD_PHYSICAL_ID, GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

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

/** Whether an event is one of the resource that guards the deletions of a provider. */
export function isGuard(event: ResourceEvent): boolean {
  return event.ResourceType === GRACE_PERIOD_RESOURCE_TYPE;
}

/** CloudFormation creates the guard before the keys, and deletes it after them: then none may stay pending. */
export async function onGuardEvent(
  event: ResourceEvent, lifecycle: KeyLifecycle, pendingDeletions: PendingDeletions,
): Promise<Partial<KeyResource>> {
  const { RequestType: type, PhysicalResourceId: id } = event;
  if (type === 'Create') await pendingDeletions.check();
  // Under another id the guard was never created, so no key was, either.
  if (type === 'Delete' && id === GRACE_PERIOD_PHYSICAL_ID) {
    await pendingDeletions.sweep((physicalId) => lifecycle.onScheduledDelete(physicalId));
  }
  return { physicalId: id ?? GRACE_PERIOD_PHYSICAL_ID };
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
