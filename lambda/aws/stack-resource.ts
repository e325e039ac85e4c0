import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ResourceEvent, sentAt } from '../events';
import { isDenied, isUnrecognized, messageOf } from './errors';
import { parsePhysicalId, refersTo } from '../key/physical-id';
import type { Clock } from '../runtime/clock';
import { callTimeout } from '../runtime/deadlines';
import type { Logger } from '../runtime/log';

/** What CloudFormation's view of a resource says about the response to an event. */
export type Evidence =
  /** The resource holds the key of the response, or has held it. */
  | 'held'
  /** The creation or update has failed, or the resource is being deleted. */
  | 'abandoned'
  /** The creation or update has succeeded with another id. */
  | 'another id'
  /** CloudFormation still waits, or has not decided. */
  | 'in progress'
  /** The view is older than the event, so it says nothing about the event's response. */
  | 'outdated'
  /** CloudFormation knows no such resource. */
  | 'no such resource'
  | 'denied'
  | 'unreachable';

/** What CloudFormation shows. */
interface View {
  readonly status: string;
  readonly heldId?: string;
  /** When the status last changed. */
  readonly changed?: Date;
}

const ATTEMPT_TIMEOUT_MS = 5_000;

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

  /** Asks once, and leaves time until the deadline. Without an own id, every id is another one. Never throws. */
  public async describe(deadline: number, ownId?: string): Promise<Evidence> {
    return this.request(deadline, (view) => this.evaluate(view, ownId));
  }

  /** Whether an update has restored an id whose Delete has failed, or may be about to. False if nothing is known. */
  public async mayRestore(id: string, deadline: number): Promise<boolean> {
    const evidence = await this.request(deadline, ({ status, heldId }) => {
      if (heldId === id && !/^DELETE_/.test(status)) return 'held';
      return /^UPDATE_.*IN_PROGRESS$/.test(status) ? 'in progress' : 'another id';
    });
    return evidence === 'held' || evidence === 'in progress';
  }

  private async request(deadline: number, evaluate: (view: View) => Evidence): Promise<Evidence> {
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
        { abortSignal: this.clock.timeout(callTimeout(ATTEMPT_TIMEOUT_MS, started, deadline)) },
      );
      const { ResourceStatus: status = '', PhysicalResourceId: id, LastUpdatedTimestamp: changed } = detail ?? {};
      return note(evaluate({ status, heldId: id || undefined, changed }), `${status} ${id ?? 'without an id'}`);
    } catch (error) {
      return note(evidenceOf(error as Error), messageOf(error));
    }
  }

  private evaluate({ status, heldId, changed }: View, ownId: string | undefined): Evidence {
    if (heldId !== undefined && ownId !== undefined && isOrSucceeds(heldId, ownId)) return 'held';
    if (changed && changed.getTime() < this.notBefore) return 'outdated';
    if (/^DELETE_/.test(status)) {
      const { RequestType, PhysicalResourceId: idBefore } = this.event;
      if (RequestType !== 'Update' || heldId !== idBefore) return 'abandoned';
      // The deletion of the replaced id in the clean-up of the update, unless it stays so.
      return status === 'DELETE_COMPLETE' ? 'another id' : 'in progress';
    }
    if (/_FAILED$/.test(status)) return 'abandoned';
    return /_COMPLETE$/.test(status) && heldId !== undefined ? 'another id' : 'in progress';
  }
}

/** A later update may have replaced the key already. */
function isOrSucceeds(heldId: string, ownId: string): boolean {
  if (heldId === ownId) return true;
  return parsePhysicalId(heldId)?.predecessors.some((reference) => refersTo(reference, ownId)) ?? false;
}

function evidenceOf(error: Error): Evidence {
  if (isDenied(error) || isUnrecognized(error)) return 'denied';
  return error.name === 'ValidationError' && /does not exist/.test(error.message) ? 'no such resource' : 'unreachable';
}
