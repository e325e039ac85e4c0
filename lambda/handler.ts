import { StackResource } from './aws/stack-resource';
import { Waf } from './aws/waf';
import { cleanUp } from './clean-up';
import { Confirmation } from './confirmation';
import { OrphanedKeyError, UserFacingError } from './errors';
import { ResourceEvent, sentAt } from './events';
import { gracePeriodIn, isGuard, isScheduledDeletion, onGuardEvent, onScheduledDeletion } from './grace-period';
import { CREATE_FAILED_PHYSICAL_ID } from './key/physical-id';
import { KeyLifecycle, KeyResource } from './lifecycle';
import { cacheOutcome, failedOutcome, Outcome, outcomeOf, recentOutcomes } from './outcome';
import { PendingDeletions } from './pending-deletions';
import { parseProperties } from './properties';
import { submitResponse } from './response';
import type { Clock } from './runtime/clock';
import { deadlinesOf } from './runtime/deadlines';
import { jsonLogger } from './runtime/log';

/** The used part of Lambda's context. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export interface HandlerDependencies {
  readonly clock: Clock;
  readonly functionRegion: string;
  /** The environment variables of the function. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
}

/** Handles one event: one response in time, and no key that no resource holds. */
export async function handle(
  event: ResourceEvent, context: InvocationContext, dependencies: HandlerDependencies,
): Promise<void> {
  const { clock, functionRegion, environment, writeLog } = dependencies;
  const log = jsonLogger(
    { requestId: context.awsRequestId, logicalId: event.LogicalResourceId, requestType: event.RequestType }, writeLog,
  );
  const started = clock.now();
  const deadlines = deadlinesOf(started, context.getRemainingTimeInMillis());
  const scheduling = {
    clock,
    log,
    deadline: deadlines.work,
    setting: gracePeriodIn(environment),
    functionArn: context.invokedFunctionArn.split(':').slice(0, 7).join(':'), // without an alias
  };
  const pendingDeletions = new PendingDeletions(scheduling);
  if (isScheduledDeletion(event)) {
    const waf = new Waf({ clock, log, deadline: deadlines.work });
    return onScheduledDeletion(event, new KeyLifecycle(waf, clock, log, deadlines, pendingDeletions), scheduling);
  }
  if (!hasResponseUrl(event)) {
    return log({ outcome: 'ignored', detail: 'not a CloudFormation event: it has no ResponseURL' });
  }
  const confirmation = new Confirmation(event, new StackResource(event, clock, log), clock, deadlines);
  const waf = new Waf({
    clock,
    log,
    deadline: deadlines.work,
    remedy: remedyOf(event),
    untilDeadline: event.RequestType === 'Delete',
    isAbandoned: confirmation.isAbandoned,
  });
  const lifecycle = new KeyLifecycle(waf, clock, log, deadlines, pendingDeletions);

  const repeated = recentOutcomes.get(event.RequestId);
  const pending = repeated ?? run(lifecycle, event, () => isGuard(event)
    ? onGuardEvent(event, lifecycle, scheduling)
    : dispatch(lifecycle, event, functionRegion, started));
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
  if (!repeated && !isGuard(event)) {
    await cleanUp(event, outcome, delivery, { confirmation, lifecycle, log });
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
  lifecycle: KeyLifecycle, event: ResourceEvent, functionRegion: string, started: number,
): Promise<KeyResource | undefined> {
  const { ResourceProperties: properties = {} } = event;
  const physicalId = event.PhysicalResourceId ?? CREATE_FAILED_PHYSICAL_ID;
  switch (event.RequestType) {
    case 'Create': return lifecycle.onCreate(parseProperties(properties, functionRegion));
    case 'Update': return lifecycle.onUpdate(parseProperties(properties, functionRegion), physicalId);
    case 'Delete': await lifecycle.onDelete(physicalId, sentAt(event) ?? started); return undefined;
    default: throw new UserFacingError(
      `RequestType: must be Create, Update or Delete, got ${String(event.RequestType)}`,
    );
  }
}

/** What to do if an event fails. The reason of the guard has its own remedy. */
function remedyOf(event: ResourceEvent): string | undefined {
  if (isGuard(event)) return undefined;
  return event.RequestType === 'Delete' ? 'Try again.' : 'Deploy again.';
}

function hasResponseUrl({ ResponseURL }: ResourceEvent): boolean {
  return /^https?:/.test(ResponseURL) && URL.canParse(ResponseURL);
}
