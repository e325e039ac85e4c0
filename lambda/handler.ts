import type { Clock } from './clock';
import { CustomResourceResponse, Delivery, renderResponse, ResourceEvent, submitResponse } from './cloudformation';
import { Confirmation } from './confirmation';
import { Deadlines, deadlinesOf } from './deadlines';
import { NewKey, OrphanedKeyError, PropertiesError, UserFacingError } from './errors';
import { KeyLifecycle, KeyResource } from './lifecycle';
import { jsonLogger, Logger } from './log';
import { PendingDeletions } from './pending-deletions';
import {
  CREATE_FAILED_HERE_PHYSICAL_ID, CREATE_FAILED_PHYSICAL_ID, parsePhysicalId, PhysicalId,
} from './physical-id';
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

/** The result of an event. */
interface Outcome {
  /** The response, as CloudFormation gets it. */
  readonly body: string;
  readonly physicalId: string;
  /** Why the event failed, if it has. */
  readonly reason?: string;
  /** The key that this event has created, unless it is rolled back already. */
  readonly newKey?: NewKey;
}

/** The recent events of this warm function: Lambda may deliver an event twice. */
const recentOutcomes = new Map<string, Promise<Outcome>>();
const MAX_RECENT_OUTCOMES = 100;

/** How long to wait before a failed deletion is tried again after the response. */
const CLEAN_UP_INTERVAL_MS = 10_000;

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
  const { isAbandoned } = confirmation;
  const waf = new Waf({ clock, log, deadline: deadlines.work, remedy: remedyOf(event), isAbandoned });
  const lifecycle = new KeyLifecycle(waf, clock, log, deadlines, isAbandoned, pendingDeletions);

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

interface CleanUpDependencies {
  readonly confirmation: Confirmation;
  readonly lifecycle: KeyLifecycle;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadlines: Deadlines;
}

/** After the response: deletes the key that CloudFormation does not hold, and what could not be deleted before. */
async function cleanUp(
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

/** The guard only marks a time: CloudFormation deletes it after the keys, and then none may stay pending. */
async function onGuardEvent(
  event: ResourceEvent, lifecycle: KeyLifecycle, pendingDeletions: PendingDeletions,
): Promise<Partial<KeyResource>> {
  if (event.RequestType === 'Delete') {
    await pendingDeletions.sweep((physicalId) => lifecycle.onDelete(physicalId));
  }
  return { physicalId: event.PhysicalResourceId ?? GRACE_PERIOD_PHYSICAL_ID };
}

function failedOutcome(event: ResourceEvent, error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const orphan = error instanceof OrphanedKeyError ? error.key : undefined;
  // A failed Create gets a Delete for the id given here; a failed Update must keep the id of the key that stays.
  const isCreate = event.RequestType === 'Create';
  const failedId = error instanceof PropertiesError ? CREATE_FAILED_PHYSICAL_ID : CREATE_FAILED_HERE_PHYSICAL_ID;
  const physicalId = (isCreate ? orphan?.physicalId : event.PhysicalResourceId) ?? failedId;
  const reason = orphan && !isCreate
    ? `The new key could not be rolled back; see the function's log. ${message}`
    : message;
  return outcomeOf(event, { status: 'FAILED', physicalId, reason }, orphan);
}

/** @throws UserFacingError for a response that CloudFormation would not accept */
function outcomeOf(event: ResourceEvent, response: CustomResourceResponse, newKey?: NewKey): Outcome {
  return { body: renderResponse(event, response), physicalId: response.physicalId, reason: response.reason, newKey };
}

function hasResponseUrl({ ResponseURL }: ResourceEvent): boolean {
  return /^https?:/.test(ResponseURL) && URL.canParse(ResponseURL);
}

/** Undefined also for an id of a later format, which no further attempt would understand. */
function tryParse(physicalId: string): PhysicalId | undefined {
  try {
    return parsePhysicalId(physicalId);
  } catch {
    return undefined;
  }
}

function cacheOutcome(requestId: string, outcome: Promise<Outcome>): void {
  recentOutcomes.set(requestId, outcome);
  for (const oldest of recentOutcomes.keys()) {
    if (recentOutcomes.size <= MAX_RECENT_OUTCOMES) break;
    recentOutcomes.delete(oldest);
  }
}
