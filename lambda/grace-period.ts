import type { ResourceEvent } from './events';
import { parsePhysicalId } from './key/physical-id';
import type { KeyLifecycle, KeyResource } from './lifecycle';
import { PendingDeletions, PendingDeletionsOptions, SCHEDULED_DELETION, ScheduledDeletion } from './pending-deletions';
import { ENVIRONMENT_VARIABLES, GRACE_PERIOD_RESOURCE_TYPE, GracePeriodProperties } from '../src/contract/grace-period';

/** The physical id of the guard. */
const GUARD_ID = 'grace-period';

/** The setting of the function. */
export function gracePeriodIn(environment: Readonly<Record<string, string | undefined>>): GracePeriodProperties {
  const settings = Object.entries(ENVIRONMENT_VARIABLES).map(([name, variable]) => [name, environment[variable]]);
  return Object.fromEntries(settings) as GracePeriodProperties;
}

/** Whether an event is one that a schedule sends when a grace period ends. */
export function isScheduledDeletion(event: { readonly RequestType?: string }): event is ScheduledDeletion {
  return event.RequestType === SCHEDULED_DELETION;
}

/** Whether an event is one of the resource that guards the deletions of a provider. */
export function isGuard(event: ResourceEvent): boolean {
  return event.ResourceType === GRACE_PERIOD_RESOURCE_TYPE;
}

/**
 * CloudFormation creates the guard before the keys, and deletes it after them: then none may stay pending.
 *
 * Under another id the guard was never created, but the function may have had the setting before.
 */
export async function onGuardEvent(
  event: ResourceEvent, lifecycle: KeyLifecycle, options: PendingDeletionsOptions,
): Promise<Partial<KeyResource>> {
  const { RequestType: type, PhysicalResourceId: id, RequestId: requestId } = event;
  const setting = event.ResourceProperties as unknown as GracePeriodProperties;
  const pendingDeletions = new PendingDeletions(options, setting.ScheduleGroupName);
  if (type === 'Delete') {
    await pendingDeletions.sweep((physicalId) => lifecycle.deleteKey(physicalId), id === GUARD_ID);
    return { physicalId: id };
  }
  await pendingDeletions.prove(setting, `check-${requestId}`);
  return { physicalId: GUARD_ID };
}

/** Deletes a key whose grace period has ended. Never throws: what fails is tried again when the schedule runs next. */
export async function onScheduledDeletion(
  { PhysicalResourceId: physicalId }: ScheduledDeletion, lifecycle: KeyLifecycle, options: PendingDeletionsOptions,
): Promise<void> {
  const { clock, log } = options;
  const started = clock.now();
  let reason: string | undefined;
  try {
    if (!physicalId || !parsePhysicalId(physicalId)) {
      return log({ outcome: 'ignored', detail: 'the event names no key' });
    }
    await new PendingDeletions(options).complete(physicalId, (id) => lifecycle.deleteKey(id));
  } catch (error) {
    reason = (error as Error).message;
  }
  const outcome = reason === undefined ? 'SUCCESS' : 'FAILED';
  const level = reason === undefined ? 'INFO' : 'ERROR';
  log({ operation: SCHEDULED_DELETION, physicalId, duration: clock.now() - started, outcome, reason }, level);
}
