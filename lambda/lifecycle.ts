import { SCHEDULER_OPERATION_MS } from './aws/scheduler';
import { KeyLocation, Listing, Waf, WAF_LAG_MS } from './aws/waf';
import { NewKey, OrphanedKeyError, UserFacingError } from './errors';
import { DesiredKey, identityOf } from './key/identity';
import {
  areComplete, CREATE_FAILED_PHYSICAL_ID, formatPhysicalId, matchesKey, parsePhysicalId, PhysicalId, referenceTo,
  refersTo,
} from './key/physical-id';
import type { PendingDeletions } from './pending-deletions';
import type { Clock } from './runtime/clock';
import type { Deadlines } from './runtime/deadlines';
import type { Logger } from './runtime/log';
import { poll } from './runtime/poll';
import type { KeyAttributes } from '../src/contract/resource';

/** The result of a Create or Update. */
export interface KeyResource {
  readonly physicalId: string;
  readonly attributes: KeyAttributes;
  /** The key that this event has created, if it has. It is rolled back if the resource does not hold it in the end. */
  readonly newKey?: NewKey;
}

/** How long AWS WAF may take to return the integration URL after the first key. */
const URL_LAG_MS = 30_000;

/** How often AWS WAF is asked for what it does not return yet. */
const LIST_INTERVAL_MS = 1_000;

/** What it takes to find out twice whether a key exists, and in between whether it is pending. */
const RESTORE_MS = 2 * WAF_LAG_MS + SCHEDULER_OPERATION_MS;

/** How often the deletion of a key that no resource holds is tried again after the response. */
const CLEAN_UP_INTERVAL_MS = 10_000;

/**
 * How long the Delete of an unknown id keeps role and function, so that the Create that is under way can roll back: ten
 * seconds for which the last answer of CloudFormation counts, ten for the attempt that begins before they end, and
 * twenty to prove and delete, for CloudFormation throttles the questions about many keys.
 */
const UNKNOWN_ID_DELETE_MS = 40_000;

/** Creates, replaces and deletes keys. Each step returns, or throws and leaves no key behind. */
export class KeyLifecycle {
  constructor(
    private readonly waf: Waf,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly deadlines: Deadlines,
    private readonly pendingDeletions: PendingDeletions,
  ) {}

  public async onCreate(desired: DesiredKey): Promise<KeyResource> {
    return this.createKey(desired);
  }

  /**
   * Keeps the key of the same identity. Otherwise returns a new id, so that CloudFormation deletes the old key in its
   * clean-up.
   */
  public async onUpdate(desired: DesiredKey, physicalId: string): Promise<KeyResource> {
    const current = parsePhysicalId(physicalId);
    if (!current) return this.createKey(desired);

    if (current.identity === identityOf(desired)) {
      const { found, integrationUrl } = await this.find(current);
      if (found) return { physicalId, attributes: await this.attributes(desired, found, integrationUrl) };
      this.log({ outcome: 'missing', detail: 'the key is no longer listed; creating another' });
    } else if (current.predecessors.length > 0) {
      const restored = await this.restorePredecessor(desired, current);
      if (restored) return restored;
    }
    return this.createKey(desired, [referenceTo(physicalId), ...current.predecessors]);
  }

  /**
   * Deletes only the key of an id that was created here, now or when its grace period ends.
   *
   * @param sent when CloudFormation sent the event
   */
  public async onDelete(physicalId: string, sent: number): Promise<void> {
    try {
      if (!parsePhysicalId(physicalId)) return await this.onDeleteOfUnknownId(physicalId, sent);
      if (!await this.pendingDeletions.add(physicalId)) await this.deleteKey(physicalId);
    } catch (error) {
      this.log({ outcome: 'orphaned', physicalId, error: (error as Error).message }, 'ERROR');
      throw error;
    }
  }

  /** Deletes the key of an id now. */
  public async deleteKey(physicalId: string): Promise<void> {
    const id = parsePhysicalId(physicalId);
    if (!id) return;
    const apiKey = id.apiKey ?? (await this.find(id)).found;
    if (!apiKey) return this.log({ outcome: 'missing', physicalId, detail: 'no listed key has the digest of the id' });
    await this.waf.delete(id, apiKey);
  }

  /** Before the response: deletes a key that was created for the event. Never throws. */
  public async rollBack(key: NewKey): Promise<boolean> {
    return this.deleteNewKey(key, this.deadlines.rollBack);
  }

  /** After the response: deletes a key that no resource holds. Never throws. */
  public async cleanUp(key: NewKey): Promise<void> {
    const { physicalId, apiKey } = key;
    const { cleanUp: deadline } = this.deadlines;
    const times = { every: CLEAN_UP_INTERVAL_MS, atMost: deadline - this.clock.now() - CLEAN_UP_INTERVAL_MS };
    if (await poll(this.clock, times, () => this.deleteNewKey(key, deadline))) {
      return this.log({ outcome: 'cleaned up', physicalId, detail: 'no resource holds the key; it is deleted' });
    }
    this.log({ outcome: 'orphaned', physicalId, apiKey, detail: 'no resource holds the key' }, 'ERROR');
  }

  private async deleteNewKey({ physicalId, apiKey }: NewKey, deadline: number): Promise<boolean> {
    const waf = this.waf.with({ deadline, remedy: undefined, isAbandoned: undefined });
    return waf.delete(parsePhysicalId(physicalId)!, apiKey).then(() => true, () => false);
  }

  /**
   * A cancelled Create gets the Delete of an id that CloudFormation has invented, while that Create is still under way.
   * Its response keeps role and function for as long as the Create may take to notice. A Delete that has waited for a
   * free function has kept them meanwhile.
   */
  private async onDeleteOfUnknownId(physicalId: string, sent: number): Promise<void> {
    if (physicalId === CREATE_FAILED_PHYSICAL_ID) return this.log({ outcome: 'ignored', detail: 'no key was created' });
    this.log({
      outcome: 'ignored', detail: 'the id is not of this package; waiting for a cancelled Create to roll back',
    });
    const until = Math.min(sent + UNKNOWN_ID_DELETE_MS, this.deadlines.work);
    await this.clock.sleep(Math.max(0, until - this.clock.now()));
  }

  /** The key before the current one, if it still exists: CloudFormation rolls back an Update that has replaced it. */
  private async restorePredecessor(
    desired: DesiredKey, { predecessors: [first, ...older] }: PhysicalId,
  ): Promise<KeyResource | undefined> {
    // CloudFormation would take another id for another key, and delete one of them.
    if (!areComplete(older)) return undefined;
    if (this.deadlines.work - this.clock.now() < RESTORE_MS) {
      const detail = 'there is no time to find out whether the previous key is deleted; creating another';
      this.log({ outcome: 'pending', detail }, 'WARN');
      return undefined;
    }
    // What was created or deleted before is known everywhere only then.
    const listLater = async () => {
      await this.clock.sleep(WAF_LAG_MS);
      return this.waf.list(desired, (apiKey) => refersTo(first, formatPhysicalId(desired, apiKey)));
    };
    const { found: candidate } = await listLater();
    if (!candidate) return undefined;
    // Its replacement may be complete: then the key is deleted when its grace period ends, whatever holds it.
    if (await this.pendingDeletions.has(formatPhysicalId(desired, candidate))) {
      this.log({ outcome: 'pending', detail: 'the previous key is, or may be, in its grace period; creating another' });
      return undefined;
    }
    // It may have ended since the list.
    const { found, integrationUrl } = await listLater();
    if (!found) return undefined;
    this.log({ outcome: 'restored', detail: 'a replacement is rolled back; the previous key still exists' });
    return {
      physicalId: formatPhysicalId(desired, found, older),
      attributes: await this.attributes(desired, found, integrationUrl),
    };
  }

  private async createKey(desired: DesiredKey, predecessors: readonly string[] = []): Promise<KeyResource> {
    await this.waf.throwIfAbandoned(true);
    // Side by side: the list returns the integration URL. Requested right after the key, it most likely has one for a
    // first key, too. If the first attempt fails, the list follows the key: many that wait would use up its quota.
    const listAbort = new AbortController();
    let listing: Promise<Listing> | undefined;
    let attempts = 0;
    const onSent = () => {
      if (++attempts > 1) return listAbort.abort();
      listing = this.waf.with({ signal: listAbort.signal }).list(desired);
      listing.catch(() => {}); // awaited below, if the key can be created at all
    };
    const apiKey = await this.waf.create(desired, desired.tokenDomains, onSent).catch((error) => {
      listAbort.abort();
      throw error;
    });
    const newKey = { physicalId: formatPhysicalId(desired, apiKey, predecessors), apiKey };
    try {
      const { integrationUrl } = attempts === 1 ? await listing! : {};
      const attributes = await this.attributes(desired, apiKey, integrationUrl);
      return { physicalId: newKey.physicalId, attributes, newKey };
    } catch (error) {
      throw await this.rollBack(newKey) ? error : new OrphanedKeyError((error as Error).message, newKey);
    }
  }

  private async attributes(desired: DesiredKey, apiKey: string, known: string | undefined): Promise<KeyAttributes> {
    // Listed again, because a list requested before the first key exists has no URL.
    const integrationUrl = known
      ?? (await this.listUntil(desired, (listing) => listing.integrationUrl, URL_LAG_MS)).integrationUrl;
    if (!integrationUrl) {
      throw new UserFacingError(
        `AWS WAF returned no ApplicationIntegrationURL for scope ${desired.scope} in ${desired.region}. Deploy again.`,
      );
    }
    return { APIKey: apiKey, ApplicationIntegrationURL: integrationUrl };
  }

  private async find(id: PhysicalId): Promise<Listing> {
    return this.listUntil(id, (listing) => listing.found, WAF_LAG_MS, (apiKey) => matchesKey(id, apiKey));
  }

  private async listUntil(
    location: KeyLocation, isComplete: (listing: Listing) => unknown, atMost: number,
    matches?: (apiKey: string) => boolean,
  ): Promise<Listing> {
    return poll(this.clock, { every: LIST_INTERVAL_MS, atMost }, async () => {
      await this.waf.throwIfAbandoned();
      return this.waf.list(location, matches);
    }, isComplete);
  }
}
