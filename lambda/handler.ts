import type { RetryContext } from './aws/retry';
import { StackResource } from './aws/stack-resource';
import { Waf } from './aws/waf';
import { Confirmation } from './confirmation';
import { UserFacingError } from './errors';
import { ResourceEvent, sentAt } from './events';
import { gracePeriodIn, isGuard, isScheduledDeletion, onGuardEvent, onScheduledDeletion } from './grace-period';
import { CREATE_FAILED_PHYSICAL_ID } from './key/physical-id';
import { KeyLifecycle } from './lifecycle';
import { PendingDeletions } from './pending-deletions';
import { parseProperties } from './properties';
import { Perform, respond } from './respond';
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

/** Dispatches one event: to one response in time, and to no key that no resource holds. */
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
  const lifecycleWith = (limits: Partial<RetryContext>) => new KeyLifecycle(
    new Waf({ clock, log, deadline: deadlines.work, ...limits }), clock, log, deadlines,
    new PendingDeletions(scheduling),
  );
  if (isScheduledDeletion(event)) return onScheduledDeletion(event, lifecycleWith({}), scheduling);
  if (!hasResponseUrl(event)) {
    return log({ outcome: 'ignored', detail: 'not a CloudFormation event: it has no ResponseURL' });
  }
  const confirmation = new Confirmation(event, new StackResource(event, clock, log), clock, deadlines);
  const lifecycle = lifecycleWith({
    remedy: remedyOf(event), untilDeadline: event.RequestType === 'Delete', isAbandoned: confirmation.isAbandoned,
  });

  const perform: Perform = async () => {
    if (isGuard(event)) return onGuardEvent(event, lifecycle, scheduling);
    const { ResourceProperties: properties = {} } = event;
    const physicalId = event.PhysicalResourceId ?? CREATE_FAILED_PHYSICAL_ID;
    switch (event.RequestType) {
      case 'Create': return lifecycle.onCreate(parseProperties(properties, functionRegion));
      case 'Update': return lifecycle.onUpdate(parseProperties(properties, functionRegion), physicalId);
      case 'Delete': {
        if (!await confirmation.isHeldSince()) await lifecycle.onDelete(physicalId, sentAt(event) ?? started);
        else log({ outcome: 'kept', physicalId, detail: 'the resource has got the key again since then' }, 'WARN');
        return undefined;
      }
      default: throw new UserFacingError(
        `RequestType: must be Create, Update or Delete, got ${String(event.RequestType)}`,
      );
    }
  };
  await respond(event, perform, { clock, log, deadlines, confirmation, lifecycle });
}

/** What to do if an event fails. The reason of the guard has its own remedy. */
function remedyOf(event: ResourceEvent): string | undefined {
  if (isGuard(event)) return undefined;
  return event.RequestType === 'Delete' ? 'Try again.' : 'Deploy again.';
}

function hasResponseUrl({ ResponseURL }: ResourceEvent): boolean {
  return /^https?:/.test(ResponseURL) && URL.canParse(ResponseURL);
}
