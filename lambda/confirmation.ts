import type { Evidence, StackResource } from './aws/stack-resource';
import { ResourceEvent, sentAt } from './events';
import { Delivery } from './response';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';

/** For one key, CloudFormation is asked at most this often while its response is pending. */
const PENDING_INTERVAL_MS = 10_000;

/** An event that arrives later than this after it was sent may belong to a resource that no longer exists. */
const LATE_MS = 10_000;

/** After a delivered response, the resource is settled within seconds, unless another operation is under way. */
const DELIVERED_TIMEOUT_MS = 60_000;

/** How long CloudFormation's view may lag: it shows no resource, or nothing newer than the event. */
const VIEW_LAG_MS = 10_000;

const MAX_INTERVAL_MS = 5_000;

/** Evidence against the key counts if it is the same after this long, in case CloudFormation's view lags behind. */
const PROOF_MS: Partial<Record<Evidence, number>> = { 'abandoned': 2_000, 'another id': 10_000 };

const isAgainstKey = (evidence: Evidence | undefined) => evidence !== undefined && evidence in PROOF_MS;

/** After a delivered response, so many failed requests in a row are enough: the key is most likely held. */
const MAX_FAILURES = 5;

/** Finds out whether CloudFormation still waits for the response to an event, and whether it has accepted it. */
export class Confirmation {
  private nextRequest: number;
  private hasBeenAbandoned = false;

  constructor(
    private readonly event: ResourceEvent,
    private readonly resource: StackResource,
    private readonly clock: Clock,
    private readonly deadlines: Deadlines,
  ) {
    const now = clock.now();
    this.nextRequest = this.isLate() ? now : now + PENDING_INTERVAL_MS;
  }

  /** Until a key and its URL are there: whether CloudFormation has stopped waiting. Then it never waits again. */
  public readonly isAbandoned = async (): Promise<boolean> => {
    if (this.event.RequestType === 'Delete' || this.hasBeenAbandoned) return this.hasBeenAbandoned;
    const evidence = await this.describeNowAndThen(this.deadlines.work);
    this.hasBeenAbandoned ||= isAgainstKey(evidence) || (evidence === 'no such resource' && this.isLate());
    return this.hasBeenAbandoned;
  };

  /** Between the attempts to submit a response: whether CloudFormation has decided without it, or has it. */
  public async isSettled(ownId: string): Promise<boolean> {
    const evidence = await this.describeNowAndThen(this.deadlines.response, ownId);
    return evidence === 'held' || isAgainstKey(evidence);
  }

  /**
   * After the response: whether CloudFormation holds the new key.
   *
   * @returns `unknown` without definite evidence
   */
  public async confirm(ownId: string, delivery: Delivery): Promise<'held' | 'not held' | 'unknown'> {
    const { clock, deadlines } = this;
    const isDelivered = delivery === 'delivered';
    const started = clock.now();
    let until = isDelivered ? started + DELIVERED_TIMEOUT_MS : Infinity;
    let against: { evidence: Evidence; since: number } | undefined;
    let failures = 0;
    for (
      let wait = 500; clock.now() + wait < Math.min(until, deadlines.confirmation);
      wait = Math.min(wait + 500, MAX_INTERVAL_MS)
    ) {
      await clock.sleep(wait);
      const evidence = await this.resource.describe(deadlines.confirmation, ownId);
      const now = clock.now();
      if (evidence === 'held') return 'held';
      if (evidence === 'in progress') {
        against = undefined;
        until = Math.max(until, now + DELIVERED_TIMEOUT_MS);
      }
      if (isAgainstKey(evidence) && evidence !== against?.evidence) against = { evidence, since: now };
      if (against?.evidence === evidence && now - against.since >= PROOF_MS[evidence]!) return 'not held';
      // Its deletion has ended.
      if (against?.evidence === 'abandoned' && evidence === 'no such resource') return 'not held';
      failures = evidence === 'denied' || evidence === 'unreachable' ? failures + 1 : 0;
      const isLagging = evidence === 'no such resource' || evidence === 'outdated';
      const isEnough = failures === MAX_FAILURES || (isLagging && now - started >= VIEW_LAG_MS);
      if (isDelivered && !against && isEnough) return 'unknown';
    }
    return 'unknown';
  }

  /** After a failed Delete: whether an update has restored its id, or may be about to. */
  public async mayRestore(id: string): Promise<boolean> {
    return this.resource.mayRestore(id, this.deadlines.cleanUp);
  }

  private async describeNowAndThen(deadline: number, ownId?: string): Promise<Evidence | undefined> {
    if (this.clock.now() < this.nextRequest) return undefined;
    this.nextRequest = Infinity; // while this request is under way
    const evidence = await this.resource.describe(deadline, ownId);
    this.nextRequest = this.clock.now() + PENDING_INTERVAL_MS;
    return evidence;
  }

  private isLate(): boolean {
    const sent = sentAt(this.event);
    return sent !== undefined && this.clock.now() - sent > LATE_MS;
  }
}
