import type { Clock } from './clock';
import { Failure } from './failure';
import { identityOf, WantedKey } from './identity';
import type { Log } from './log';
import { formatPhysicalId, namesKey, parsePhysicalId, PhysicalId, referenceTo } from './physical-id';
import type { ListedKey, Listing, Place, Waf } from './waf';
import { CLOUDFRONT_REGION, KeyAttributes, KeyProperties } from '../src/contract/resource';

/** What a resource is after a Create or Update. */
export interface KeyResource {
  readonly physicalId: string;
  readonly attributes: KeyAttributes;
  /** Made by this very event: to be deleted again if CloudFormation cannot be told of it. */
  readonly isNew: boolean;
}

/** How long the list may take to show what was done. */
const LIST_LAG = 10_000;

/** How long AWS WAF may take to give the URL of the script with the first key. */
const URL_LAG = 30_000;

const POLL = 1_000;

/** The life of a key, from the first event to the last. Each step returns, or throws and leaves nothing behind. */
export class Lifecycle {
  constructor(
    private readonly waf: Waf,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly functionRegion: string,
    /** Later than the deadline of `waf`, so that what was made can be undone when time has run out. */
    private readonly undoBy: number,
  ) {}

  public async onCreate(properties: KeyProperties): Promise<KeyResource> {
    return this.make(this.wanted(properties));
  }

  /** Same identity, same key; else a new one, whose new id lets CloudFormation delete the old one when everything else is done. */
  public async onUpdate(properties: KeyProperties, physicalId: string): Promise<KeyResource> {
    const wanted = this.wanted(properties);
    const current = parsePhysicalId(physicalId);
    if (!current) return this.make(wanted);

    if (current.identity === identityOf(wanted)) {
      const { found, scriptBase } = await this.find(current);
      if (found) return { physicalId, attributes: await this.attributes(wanted, found.apiKey, scriptBase), isNew: false };
      this.log({ outcome: 'missing', detail: 'the key is not in the list any more; making another' });
    } else if (current.replaced.length > 0) {
      const [predecessor, ...older] = current.replaced;
      const { found, scriptBase } = await this.waf.list(wanted, (key) => referenceTo(formatPhysicalId(wanted, key.apiKey)) === predecessor);
      if (found) {
        this.log({ outcome: 'restored', detail: 'a replacement is rolled back; the first key is still there' });
        return {
          physicalId: formatPhysicalId(wanted, found.apiKey, older),
          attributes: await this.attributes(wanted, found.apiKey, scriptBase),
          isNew: false,
        };
      }
    }
    return this.make(wanted, [referenceTo(physicalId), ...current.replaced]);
  }

  /** Touches nothing but the key of an id that was made here. */
  public async onDelete(physicalId: string): Promise<void> {
    const id = parsePhysicalId(physicalId);
    if (!id) return this.log({ outcome: 'ignored', detail: 'the id names no key' });
    const apiKey = id.apiKey ?? (await this.find(id)).found?.apiKey;
    if (!apiKey) return this.log({ outcome: 'missing', detail: 'no key in the list has the digest of the id' });
    await this.waf.delete(id, apiKey);
  }

  /** Takes back what `onCreate` or `onUpdate` has made. */
  public async undo({ physicalId, attributes, isNew }: KeyResource, deadline = this.undoBy): Promise<boolean> {
    const id = parsePhysicalId(physicalId);
    return !id || !isNew || this.remove(id, attributes.APIKey, deadline);
  }

  private wanted(properties: KeyProperties): WantedKey {
    return {
      scope: properties.Scope,
      region: properties.Scope === 'CLOUDFRONT' ? CLOUDFRONT_REGION : properties.Region ?? this.functionRegion,
      tokenDomains: properties.TokenDomains,
      rotationId: properties.RotationId ?? '',
    };
  }

  private async make(wanted: WantedKey, replaced: readonly string[] = []): Promise<KeyResource> {
    // At the same time: the list gives the URL of the script. Asked for after the key, it most likely has one for a first key, too.
    const aside = new AbortController();
    const creation = this.waf.create(wanted, wanted.tokenDomains);
    const listing = this.waf.with({ signal: aside.signal }).list(wanted);
    listing.catch(() => {}); // looked at below, if the key can be made at all
    const apiKey = await creation.catch((error) => {
      aside.abort();
      throw error;
    });
    const physicalId = formatPhysicalId(wanted, apiKey, replaced);
    try {
      return { physicalId, attributes: await this.attributes(wanted, apiKey, (await listing).scriptBase), isNew: true };
    } catch (error) {
      const removed = await this.remove(wanted, apiKey, this.undoBy);
      throw removed ? error : new KeyLeftFailure((error as Error).message, physicalId);
    }
  }

  private async attributes(wanted: WantedKey, apiKey: string, known: string | undefined): Promise<KeyAttributes> {
    // Listed anew, for a list that was asked for before the first key was made has no URL.
    const scriptBase = known ?? (await this.listUntil(wanted, (listing) => listing.scriptBase, URL_LAG)).scriptBase;
    if (!scriptBase) throw new Failure(`AWS WAF lists no ApplicationIntegrationURL for scope ${wanted.scope} in ${wanted.region}; deploy again`);
    return { APIKey: apiKey, ApplicationIntegrationURL: scriptBase };
  }

  private async find(id: PhysicalId): Promise<Listing> {
    return this.listUntil(id, (listing) => listing.found, LIST_LAG, (key) => namesKey(id, key.apiKey));
  }

  /** Lists until that is enough, or patience is at its end. */
  private async listUntil(place: Place, enough: (listing: Listing) => unknown, patience: number, matches?: (key: ListedKey) => boolean) {
    const until = this.clock.now() + patience;
    for (;;) {
      const listing = await this.waf.list(place, matches);
      if (enough(listing) || this.clock.now() >= until) return listing;
      await this.clock.sleep(POLL);
    }
  }

  private async remove(place: Place, apiKey: string, deadline: number): Promise<boolean> {
    try {
      await this.waf.with({ deadline }).delete(place, apiKey);
      return true;
    } catch (error) {
      this.log({ outcome: 'left', scope: place.scope, region: place.region, apiKey, error: (error as Error).message });
      return false;
    }
  }
}

/** A failure after which a key is still there. A failed Create that answers with its id gets a Delete for it. */
export class KeyLeftFailure extends Failure {
  constructor(message: string, public readonly physicalId: string) {
    super(message);
  }
}
