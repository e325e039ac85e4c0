import type { Clock } from './clock';
import { Delivery, ResourceEvent, sentAt } from './cloudformation';
import type { Deadlines } from './deadlines';
import type { Evidence, StackResource } from './stack-resource';

/** For one key, CloudFormation is asked at most this often while its response is pending. */
const PENDING_INTERVAL_MS = 10_000;

/** An event that arrives later than this after it was sent may belong to a resource that no longer exists. */
const LATE_MS = 10_000;

/** After a delivered response, the resource is settled within seconds. */
const DELIVERED_TIMEOUT_MS = 60_000;

const MAX_INTERVAL_MS = 5_000;

/**
 * Evidence against the key counts if nothing contradicts it for this long, in case CloudFormation's view lags behind.
 */
const PROOF_MS: Partial<Record<Evidence, number>> = { 'abandoned': 2_000, 'another id': 10_000 };

/** After a delivered response, so many failed requests in a row are enough: the key is most likely held. */
const MAX_FAILURES = 5;

/** Finds out whether CloudFormation still waits for the response to an event, and whether it has accepted it. */
export class Confirmation {
  private nextRequest: number;

  constructor(
    private readonly event: ResourceEvent,
    private readonly resource: StackResource,
    private readonly clock: Clock,
    private readonly deadlines: Deadlines,
  ) {
    const now = clock.now();
    this.nextRequest = this.isLate() ? now : now + PENDING_INTERVAL_MS;
  }

  /** Before and while a key is created: whether CloudFormation has stopped waiting. */
  public readonly isAbandoned = async (): Promise<boolean> => {
    const evidence = await this.describeNowAndThen();
    return evidence === 'abandoned' || evidence === 'another id' || (evidence === 'no such resource' && this.isLate());
  };

  /** Between the attempts to submit a response: whether CloudFormation has decided without it, or has it. */
  public async isSettled(ownId: string): Promise<boolean> {
    const evidence = await this.describeNowAndThen(ownId);
    return evidence === 'held' || evidence === 'abandoned' || evidence === 'another id';
  }

  /**
   * After the response: whether CloudFormation holds the new key.
   *
   * @returns `unknown` without definite evidence
   */
  public async confirm(ownId: string, delivery: Delivery): Promise<'held' | 'not held' | 'unknown'> {
    const { clock, deadlines } = this;
    const until = Math.min(
      deadlines.confirmation, delivery === 'delivered' ? clock.now() + DELIVERED_TIMEOUT_MS : Infinity,
    );
    let against: { evidence: Evidence; since: number } | undefined;
    let failures = 0;
    for (let wait = 500; clock.now() + wait < until; wait = Math.min(wait + 500, MAX_INTERVAL_MS)) {
      await clock.sleep(wait);
      const evidence = await this.resource.describe(ownId);
      if (evidence === 'held') return 'held';
      if (evidence === 'in progress') against = undefined;
      if (evidence in PROOF_MS && evidence !== against?.evidence) against = { evidence, since: clock.now() };
      if (against && clock.now() - against.since >= PROOF_MS[against.evidence]!) return 'not held';
      failures = evidence === 'denied' || evidence === 'unreachable' ? failures + 1 : 0;
      if (!against && delivery === 'delivered'
        && (evidence === 'no such resource' || failures === MAX_FAILURES)) return 'unknown';
    }
    return 'unknown';
  }

  private async describeNowAndThen(ownId?: string): Promise<Evidence | undefined> {
    if (this.clock.now() < this.nextRequest) return undefined;
    const evidence = await this.resource.describe(ownId);
    this.nextRequest = this.clock.now() + PENDING_INTERVAL_MS;
    return evidence;
  }

  private isLate(): boolean {
    const sent = sentAt(this.event);
    return sent !== undefined && this.clock.now() - sent > LATE_MS;
  }
}
