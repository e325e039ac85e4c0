import { NewKey, OrphanedKeyError } from './errors';
import { ResourceEvent } from './events';
import { CREATE_FAILED_PHYSICAL_ID } from './key/physical-id';
import { CustomResourceResponse, renderResponse } from './response';
import { redact } from './runtime/redact';

/** As much of a key as it takes to find it in the list: a reason has no room for the whole. */
const KEY_START = 32;

/** The result of an event. */
export interface Outcome {
  /** The response, as CloudFormation gets it. */
  readonly body: string;
  readonly physicalId: string;
  /** Why the event failed, if it has. */
  readonly reason?: string;
  /** The key that this event has created, unless it is rolled back already. */
  readonly newKey?: NewKey;
}

/** The outcome of an event that failed, with the id that suits what is left. */
export function failedOutcome(event: ResourceEvent, error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const orphan = error instanceof OrphanedKeyError ? error.key : undefined;
  // A failed Create gets a Delete for the id given here; a failed Update must keep the id of the key that stays.
  const isCreate = event.RequestType === 'Create';
  const physicalId = (isCreate ? orphan?.physicalId : event.PhysicalResourceId) ?? CREATE_FAILED_PHYSICAL_ID;
  const reason = orphan && !isCreate
    ? `${message} The new key could not be rolled back: ${orphan.apiKey.slice(0, KEY_START)}…`
    : message;
  return outcomeOf(event, { status: 'FAILED', physicalId, reason: redact(reason) }, orphan);
}

/** @throws UserFacingError for a response that CloudFormation would not accept */
export function outcomeOf(event: ResourceEvent, response: CustomResourceResponse, newKey?: NewKey): Outcome {
  return { body: renderResponse(event, response), physicalId: response.physicalId, reason: response.reason, newKey };
}

/** The recent events of this warm function: Lambda may deliver an event twice. */
export const recentOutcomes = new Map<string, Promise<Outcome>>();
const MAX_RECENT_OUTCOMES = 100;

export function cacheOutcome(requestId: string, outcome: Promise<Outcome>): void {
  recentOutcomes.set(requestId, outcome);
  for (const oldest of recentOutcomes.keys()) {
    if (recentOutcomes.size <= MAX_RECENT_OUTCOMES) break;
    recentOutcomes.delete(oldest);
  }
}
