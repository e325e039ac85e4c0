import { cleanUp } from './clean-up';
import type { Clock } from './clock';
import { ResourceEvent, submitResponse } from './cloudformation';
import { Confirmation } from './confirmation';
import { deadlinesOf } from './deadlines';
import { OrphanedKeyError, UserFacingError } from './errors';
import { KeyLifecycle, KeyResource } from './lifecycle';
import { jsonLogger } from './log';
import { cacheOutcome, failedOutcome, Outcome, outcomeOf, recentOutcomes } from './outcome';
import { PendingDeletions } from './pending-deletions';
import { CREATE_FAILED_PHYSICAL_ID } from './physical-id';
import { parseGracePeriod, parseProperties } from './properties';
import { isScheduledDeletion, onScheduledDeletion } from './scheduled-deletion';
import { StackResource } from './stack-resource';
import { Waf } from './waf';
import { GRACE_PERIOD_PHYSICAL_ID, GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

/** The used part of Lambda's context. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export interface HandlerDependencies {
  readonly clock: Clock;
  readonly functionRegion: string;
  readonly functionName: string;
  readonly writeLog: (line: string) => void;
}

/** Handles one event: one response in time, and no key that no resource holds. */
export async function handle(
  event: ResourceEvent, context: InvocationContext, dependencies: HandlerDependencies,
): Promise<void> {
  const { clock, functionRegion, functionName, writeLog } = dependencies;
  const log = jsonLogger(
    { requestId: context.awsRequestId, logicalId: event.LogicalResourceId, requestType: event.RequestType }, writeLog,
  );
  const started = clock.now();
  const deadlines = deadlinesOf(started, context.getRemainingTimeInMillis());
  const pendingDeletions = new PendingDeletions(functionName, clock, log, deadlines.work);
  if (isScheduledDeletion(event)) return onScheduledDeletion(event, { clock, log, deadlines, pendingDeletions });
  if (!hasResponseUrl(event)) {
    return log({ outcome: 'ignored', detail: 'not a CloudFormation event: it has no ResponseURL' });
  }
  const confirmation = new Confirmation(event, new StackResource(event, clock, log), clock, deadlines);
  const waf = new Waf({
    clock, log, deadline: deadlines.work, remedy: remedyOf(event), isAbandoned: confirmation.isAbandoned,
  });
  const lifecycle = new KeyLifecycle(waf, clock, log, deadlines, pendingDeletions);

  const repeated = recentOutcomes.get(event.RequestId);
  const pending = repeated ?? run(lifecycle, event, () => isGuard(event)
    ? onGuardEvent(event, lifecycle, pendingDeletions)
    : dispatch(lifecycle, event, functionRegion));
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
  });
  // The first delivery of an event takes care of its key: when another one comes, the resource may hold a later key.
  if (!repeated && !isGuard(event)) {
    await cleanUp(event, outcome, delivery, { confirmation, lifecycle, clock, log, deadlines });
  }
}

/** Never throws: every result becomes a response. */
async function run(
  lifecycle: KeyLifecycle, event: ResourceEvent, perform: () => Promise<Partial<KeyResource> | undefined>,
): Promise<Outcome> {
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

async function dispatch(
  lifecycle: KeyLifecycle, event: ResourceEvent, functionRegion: string,
): Promise<KeyResource | undefined> {
  const { ResourceProperties: properties = {}, OldResourceProperties: oldProperties } = event;
  const physicalId = event.PhysicalResourceId ?? CREATE_FAILED_PHYSICAL_ID;
  switch (event.RequestType) {
    case 'Create':
    case 'Update': {
      const desired = parseProperties(properties, functionRegion);
      const hasGracePeriod = parseGracePeriod(properties) !== undefined || Boolean(oldProperties?.GracePeriod);
      return event.RequestType === 'Create'
        ? lifecycle.onCreate(desired)
        : lifecycle.onUpdate(desired, physicalId, hasGracePeriod);
    }
    case 'Delete': await lifecycle.onDelete(physicalId, gracePeriodOfDelete(properties)); return undefined;
    default: throw new UserFacingError(
      `RequestType: must be Create, Update or Delete, got ${String(event.RequestType)}`,
    );
  }
}

/** A Delete must succeed with any properties. */
function gracePeriodOfDelete(properties: Record<string, unknown>): number | undefined {
  try {
    return parseGracePeriod(properties);
  } catch {
    return undefined;
  }
}

/** What to do if an event fails. The reason of the guard has its own remedy. */
function remedyOf(event: ResourceEvent): string | undefined {
  if (isGuard(event)) return undefined;
  return event.RequestType === 'Delete' ? 'Try again.' : 'Deploy again.';
}

function isGuard(event: ResourceEvent): boolean {
  return event.ResourceType === GRACE_PERIOD_RESOURCE_TYPE;
}

/** CloudFormation creates the guard before the keys, and deletes it after them: then none may stay pending. */
async function onGuardEvent(
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

function hasResponseUrl({ ResponseURL }: ResourceEvent): boolean {
  return /^https?:/.test(ResponseURL) && URL.canParse(ResponseURL);
}
