import type { Evidence, StackResource } from './aws/stack-resource';
import { ResourceEvent, sentAt } from './events';
import { Delivery } from './response';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';
import { poll } from './runtime/poll';

/** For one key, CloudFormation is asked at most this often while its response is pending. */
const PENDING_INTERVAL_MS = 10_000;

/** How old the answer may be that CloudFormation still waits for a key that is created, or the event itself. */
const MAX_AGE_MS = 10_000;

/** A throttled request is repeated after twice the time, and after half of it once there is an answer. */
const MAX_BACKOFF_MS = 60_000;

/** After a delivered response: how long to ask without any evidence, and after that the resource is in progress. */
const NO_EVIDENCE_TIMEOUT_MS = 10_000;
const IN_PROGRESS_TIMEOUT_MS = 60_000;

/** A key that exists already is asked for more often: there are few at a time, but their roles may be deleted soon. */
const CREATED_INTERVAL_MS = 5_000;

/**
 * Evidence against the key counts if it is the same after this long. A cancelled Create has to be quick, because its
 * role may be deleted soon. For the rest nothing presses, so the view may lag behind for as long.
 */
const PROOF_MS: Partial<Record<Evidence, number>> = { 'abandoned': 2_000, 'another id': 90_000 };

const isAgainstKey = (evidence: Evidence | undefined) => evidence !== undefined && evidence in PROOF_MS;

/** Finds out whether CloudFormation still waits for the response to an event, and whether it has accepted it. */
export class Confirmation {
  private hasBeenAbandoned = false;
  /** Whether the event has been on its way for long. */
  private readonly isLate: boolean;
  /** Whether no resource means that it is deleted: CloudFormation has shown it before, or the event arrived late. */
  private isKnown: boolean;
  private lastRequest: number;
  private backoff = PENDING_INTERVAL_MS;
  /** How long a creation waits for the next request. */
  private pause = PENDING_INTERVAL_MS;
  /** The request that is under way. */
  private request?: Promise<Evidence>;
  /** When CloudFormation last said that it waits, or could not say: only its throttling makes a creation wait. */
  private answered: number;

  constructor(
    private readonly event: ResourceEvent,
    private readonly resource: StackResource,
    private readonly clock: Clock,
    private readonly deadlines: Deadlines,
  ) {
    const now = clock.now();
    this.answered = Math.min(sentAt(event) ?? now, now);
    this.isLate = this.isKnown = now - this.answered > MAX_AGE_MS;
    this.lastRequest = this.isLate ? -Infinity : this.answered;
  }

  /**
   * Until a key and its URL are there: whether CloudFormation has stopped waiting. Then it never waits again.
   *
   * @param beforeCreation whether no key exists yet: then the answer has to be a recent one
   */
  public readonly isAbandoned = async (beforeCreation: boolean): Promise<boolean> => {
    if (this.event.RequestType === 'Delete' || this.hasBeenAbandoned) return this.hasBeenAbandoned;
    const { clock, deadlines } = this;
    for (;;) {
      const evidence = await this.askIfDue(beforeCreation ? this.pause : CREATED_INTERVAL_MS, deadlines.work);
      this.hasBeenAbandoned ||= isAgainstKey(evidence) || (evidence === 'no such resource' && this.isKnown);
      this.isKnown ||= evidence === 'in progress';
      const left = deadlines.work - clock.now();
      const isRecent = clock.now() - this.answered <= MAX_AGE_MS;
      if (this.hasBeenAbandoned || !beforeCreation || isRecent || left <= 0) return this.hasBeenAbandoned;
      await clock.sleep(Math.min(Math.max(this.lastRequest + this.pause - clock.now(), 0), left));
    }
  };

  /** Before a Delete that comes late, perhaps for the second time: whether an update has restored its key since. */
  public async isHeldSince(): Promise<boolean> {
    if (!this.isLate) return false;
    const { clock, deadlines } = this;
    const atMost = Math.min(IN_PROGRESS_TIMEOUT_MS, (deadlines.work - clock.now()) / 2);
    const evidence = await poll(clock, { every: PENDING_INTERVAL_MS, atMost },
      () => this.resource.describe(deadlines.work), (it) => it !== 'throttled');
    return evidence === 'held';
  }

  /** Between the attempts to submit a response: whether CloudFormation has decided without it, or has it. */
  public async isSettled(ownId: string): Promise<boolean> {
    const evidence = await this.askIfDue(PENDING_INTERVAL_MS, this.deadlines.response, ownId);
    return evidence === 'held' || isAgainstKey(evidence);
  }

  /**
   * After the response: whether CloudFormation holds the new key.
   *
   * @returns `unknown` without definite evidence
   */
  public async confirm(ownId: string, delivery: Delivery): Promise<'held' | 'not held' | 'unknown'> {
    const { clock, deadlines } = this;
    const started = clock.now();
    let until = delivery === 'delivered' ? started + NO_EVIDENCE_TIMEOUT_MS : Infinity;
    let against: { evidence: Evidence; since: number } | undefined;
    let wait = 500;
    while (clock.now() + wait < Math.min(until, deadlines.confirmation)) {
      await clock.sleep(wait);
      const evidence = await this.resource.describe(deadlines.confirmation, ownId);
      const now = clock.now();
      if (evidence !== 'throttled') wait = Math.min(wait + 500, CREATED_INTERVAL_MS);
      if (evidence === 'held') return 'held';
      // Its deletion has ended.
      if (against?.evidence === 'abandoned' && evidence === 'no such resource') return 'not held';
      if (evidence === 'in progress') until = Math.max(until, now + IN_PROGRESS_TIMEOUT_MS);
      if (evidence === 'throttled') until = Math.max(until, started + IN_PROGRESS_TIMEOUT_MS);
      if (evidence === 'in progress' || evidence === 'inconclusive') against = undefined;
      if (!isAgainstKey(evidence)) continue;
      if (evidence !== against?.evidence) against = { evidence, since: now };
      if (now - against.since >= PROOF_MS[evidence]!) return 'not held';
      until = Math.max(until, against.since + PROOF_MS[evidence]! + 2 * CREATED_INTERVAL_MS);
    }
    return 'unknown';
  }

  private async askIfDue(interval: number, deadline: number, ownId?: string): Promise<Evidence | undefined> {
    if (!this.request && this.clock.now() < this.lastRequest + interval) return undefined;
    this.request ??= this.ask(deadline, ownId).finally(() => { this.request = undefined; });
    return this.request;
  }

  private async ask(deadline: number, ownId?: string): Promise<Evidence> {
    const evidence = await this.resource.describe(deadline, ownId);
    const isThrottled = evidence === 'throttled';
    this.backoff = Math.min(Math.max(this.backoff * (isThrottled ? 2 : 0.5), PENDING_INTERVAL_MS), MAX_BACKOFF_MS);
    if (!isThrottled) this.answered = this.clock.now();
    this.lastRequest = this.clock.now();
    this.pause = isThrottled ? this.backoff * (0.5 + Math.random()) : PENDING_INTERVAL_MS;
    return evidence;
  }
}
