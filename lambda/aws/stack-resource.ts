import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { isThrottlingError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { ResourceEvent, sentAt } from '../events';
import { messageOf } from './errors';
import { keyDigest, parsePhysicalId, refersTo } from '../key/physical-id';
import type { Clock } from '../runtime/clock';
import { callTimeout } from '../runtime/deadlines';
import type { Logger } from '../runtime/log';

/** What CloudFormation's view of a resource says about the response to an event. */
export type Evidence =
  /** The resource holds the key of the response, or has held it. */
  | 'held'
  /** The creation has failed, or the resource is being deleted. */
  | 'abandoned'
  /** The creation has succeeded with another id; the update has, or it has failed. */
  | 'another id'
  /** CloudFormation still waits, or has not decided. */
  | 'in progress'
  /** The view is older than the event, or shows the clean-up after an update: neither says what the resource holds. */
  | 'inconclusive'
  /** CloudFormation knows no such resource, or only that some id of it was deleted. */
  | 'no such resource'
  /** Too many requests. */
  | 'throttled'
  /** The request is denied, or has failed. */
  | 'unavailable';

/** What CloudFormation shows. */
interface View {
  readonly status: string;
  readonly heldId?: string;
  /** When the status last changed. */
  readonly changed?: Date;
}

const REQUEST_TIMEOUT_MS = 5_000;

/** For the function's own Region: only its stacks invoke it. */
let client: CloudFormationClient | undefined;

/** The resource of an event, as CloudFormation describes it. */
export class StackResource {
  private requests = 0;
  /** What CloudFormation shows of a time before this one is what it held before the event, in whole seconds. */
  private readonly notBefore: number;

  constructor(private readonly event: ResourceEvent, private readonly clock: Clock, private readonly log: Logger) {
    this.notBefore = sentAt(event) ?? Math.floor(clock.now() / 1_000) * 1_000;
  }

  /**
   * Asks once, and leaves time until the deadline. Never throws.
   *
   * @param ownId the id in the response, once it is sent
   */
  public async describe(deadline: number, ownId?: string): Promise<Evidence> {
    const started = this.clock.now();
    const note = (outcome: Evidence, detail: string) => {
      const duration = this.clock.now() - started;
      this.log({ operation: 'DescribeStackResource', attempt: ++this.requests, duration, outcome, detail });
      return outcome;
    };
    try {
      // By its ARN a stack can be described for ninety days after its deletion.
      const { StackId, LogicalResourceId } = this.event;
      const { CloudFormationClient, DescribeStackResourceCommand } = await import('./cloudformation-client');
      client ??= new CloudFormationClient({ maxAttempts: 1 });
      const { StackResourceDetail: detail } = await client.send(
        new DescribeStackResourceCommand({ StackName: StackId, LogicalResourceId }),
        { abortSignal: this.clock.timeout(callTimeout(REQUEST_TIMEOUT_MS, started, deadline)) },
      );
      const { ResourceStatus: status = '', PhysicalResourceId: id, LastUpdatedTimestamp: changed } = detail ?? {};
      const view = { status, heldId: id || undefined, changed };
      const evidence = this.event.RequestType === 'Delete' ? this.evaluateDelete(view) : this.evaluate(view, ownId);
      return note(evidence, `${status} ${id ?? 'without an id'}`);
    } catch (error) {
      return note(evidenceOf(error as Error), messageOf(error));
    }
  }

  private evaluate({ status, heldId, changed }: View, ownId: string | undefined): Evidence {
    if (heldId !== undefined && ownId !== undefined && isOrSucceeds(heldId, ownId)) return 'held';
    if (changed && changed.getTime() < this.notBefore) return 'inconclusive';
    const isUpdate = this.event.RequestType === 'Update';
    if (/^DELETE_/.test(status)) {
      if (ownId === undefined) return 'abandoned';
      // After the response to an Update, this may be the deletion of what it has replaced.
      if (isUpdate) return 'inconclusive';
      // Without an id, it may be that of what a later update has replaced.
      return heldId === undefined ? 'no such resource' : 'abandoned';
    }
    if (/_FAILED$/.test(status) && !isUpdate) return 'abandoned';
    return /_(COMPLETE|FAILED)$/.test(status) && heldId !== undefined ? 'another id' : 'in progress';
  }

  /** Whether the resource has got the key again since a Delete was sent, of which the time is in whole seconds. */
  private evaluateDelete({ status, heldId = '', changed }: View): Evidence {
    const isSince = changed !== undefined && changed.getTime() >= this.notBefore + 1_000;
    const isOwn = keyDigest(heldId) === keyDigest(this.event.PhysicalResourceId ?? '');
    return isSince && isOwn && !/^DELETE_/.test(status) ? 'held' : 'inconclusive';
  }
}

/** A later update may have replaced the key already, or restored it with fewer references. */
function isOrSucceeds(heldId: string, ownId: string): boolean {
  if (keyDigest(heldId) === keyDigest(ownId)) return true;
  return parsePhysicalId(heldId)?.predecessors.some((reference) => refersTo(reference, ownId)) ?? false;
}

function evidenceOf(error: Error): Evidence {
  if (isThrottlingError(error as SdkError)) return 'throttled';
  return error.name === 'ValidationError' && /does not exist/.test(error.message) ? 'no such resource' : 'unavailable';
}
