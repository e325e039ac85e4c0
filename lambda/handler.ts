import type { Clock } from './clock';
import { deliver, render, ResourceEvent } from './cloudformation';
import { Failure } from './failure';
import { KeyLeftFailure, KeyResource, Lifecycle } from './lifecycle';
import { lineLog } from './log';
import { readProperties } from './properties';
import { Waf } from './waf';

/** What the handler needs of Lambda's context. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What the handler needs of the world. */
export interface Surroundings {
  readonly clock: Clock;
  readonly functionRegion: string;
  readonly writeLog: (line: string) => void;
}

/** What has become of an event. */
interface Outcome {
  /** The answer, as it goes to CloudFormation. */
  readonly body: string;
  readonly resource?: KeyResource;
  readonly reason?: string;
}

/** The physical id of what could not be made: its Delete touches nothing. */
const NOT_CREATED = 'not-created';

/** What this warm function has done lately, for Lambda may deliver an event twice. */
const outcomes = new Map<string, Promise<Outcome>>();
const MAX_OUTCOMES = 100;

/** Handles one event: one answer, in time. */
export async function handle(event: ResourceEvent, context: InvocationContext, { clock, functionRegion, writeLog }: Surroundings): Promise<void> {
  const log = lineLog({ requestId: context.awsRequestId, logicalId: event.LogicalResourceId, requestType: event.RequestType }, writeLog);
  if (!canBeAnswered(event)) return log({ outcome: 'ignored', detail: 'not an event of CloudFormation: it has no ResponseURL' });
  const started = clock.now();
  const remaining = context.getRemainingTimeInMillis();
  const end = started + remaining;
  // The last parts of the time are kept for undoing what was made, for the answer, and for undoing what nobody heard of.
  const part = Math.floor(Math.min(15_000, remaining / 6));
  const waf = new Waf({ clock, log, deadline: end - 4 * part });
  const lifecycle = new Lifecycle(waf, clock, log, functionRegion, end - 3 * part);

  const repeated = outcomes.get(event.RequestId);
  const outcome = repeated ?? run(lifecycle, event);
  remember(event.RequestId, outcome);
  const { body, resource, reason } = await outcome;

  const delivery = await deliver(event, body, clock, log, end - part);
  // What is repeated was heard before, or perhaps: a refusal is forgotten.
  if (resource?.isNew && delivery === 'refused' && !repeated) {
    // CloudFormation will never know the key, so it would be left behind.
    outcomes.delete(event.RequestId);
    await lifecycle.undo(resource, end - Math.floor(part / 4));
  }
  log({
    operation: event.RequestType,
    physicalId: resource?.physicalId ?? event.PhysicalResourceId,
    duration: clock.now() - started,
    outcome: reason === undefined ? 'SUCCESS' : 'FAILED',
    reason,
    delivery,
    repeated: repeated !== undefined || undefined,
  });
}

/** Never throws: whatever happens becomes an answer. */
async function run(lifecycle: Lifecycle, event: ResourceEvent): Promise<Outcome> {
  let resource: KeyResource | undefined;
  try {
    resource = await dispatch(lifecycle, event);
    const physicalId = resource?.physicalId ?? event.PhysicalResourceId ?? NOT_CREATED;
    return { body: render(event, { status: 'SUCCESS', physicalId, data: resource?.attributes }), resource };
  } catch (error) {
    const left = resource && !await lifecycle.undo(resource);
    return fail(event, left ? new KeyLeftFailure((error as Error).message, resource!.physicalId) : error);
  }
}

async function dispatch(lifecycle: Lifecycle, event: ResourceEvent): Promise<KeyResource | undefined> {
  const physicalId = event.PhysicalResourceId ?? NOT_CREATED;
  switch (event.RequestType) {
    case 'Create': return lifecycle.onCreate(readProperties(event.ResourceProperties ?? {}));
    case 'Update': return lifecycle.onUpdate(readProperties(event.ResourceProperties ?? {}), physicalId);
    case 'Delete': await lifecycle.onDelete(physicalId); return undefined;
    default: throw new Failure(`RequestType: must be Create, Update or Delete, got ${String(event.RequestType)}`);
  }
}

function fail(event: ResourceEvent, error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const leftId = error instanceof KeyLeftFailure ? error.physicalId : undefined;
  // A failed Create gets a Delete for the id given here; a failed Update must keep the id of the key that goes on to live.
  const isCreate = event.RequestType === 'Create';
  const physicalId = (isCreate ? leftId : event.PhysicalResourceId) ?? NOT_CREATED;
  const reason = leftId && !isCreate ? `A new key could not be deleted again, see the function's log. ${message}` : message;
  return { body: render(event, { status: 'FAILED', physicalId, reason }), reason };
}

function canBeAnswered({ ResponseURL }: ResourceEvent): boolean {
  return /^https?:/.test(ResponseURL) && URL.canParse(ResponseURL);
}

function remember(requestId: string, outcome: Promise<Outcome>): void {
  outcomes.set(requestId, outcome);
  for (const oldest of outcomes.keys()) {
    if (outcomes.size <= MAX_OUTCOMES) break;
    outcomes.delete(oldest);
  }
}
