import { newApiKeyText } from './api-key-text';
import { Place, nameOf } from './place';
import { Clock } from '../clock';
import { WAFLimitsExceededException } from '../errors';
import { Scope } from '../model/wafv2';
import { SettingsStore } from '../settings';

export interface ApiKey {
  readonly apiKey: string;
  readonly tokenDomains: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly account: string;
  readonly region: string;
  readonly scope: Scope;
}

interface StoredKey extends ApiKey {
  readonly sequence: number;
  deletedAt?: number;
}

export interface ListedKey extends ApiKey {
  /** Grows with every key made, and so gives the list its order and its markers. */
  readonly sequence: number;
}

interface Shelf {
  readonly firstCreatedAt: number;
  existing: number;
  /** Deleted keys stay here for as long as the list may show them. */
  keys: StoredKey[];
}

export class ApiKeys {
  private readonly shelves = new Map<string, Shelf>();
  private readonly issued = new Map<string, StoredKey>();
  private sequence = 0;

  constructor(private readonly settings: SettingsStore, private readonly clock: Clock) {}

  create(place: Place, tokenDomains: readonly string[]): ApiKey {
    const { keyLength, maxKeys } = this.settings.current;
    const createdAt = this.clock.now();
    const shelf = this.shelves.get(nameOf(place)) ?? { firstCreatedAt: createdAt, existing: 0, keys: [] };
    if (maxKeys !== 'none' && shelf.existing >= maxKeys) {
      throw new WAFLimitsExceededException();
    }
    const key: StoredKey = { apiKey: newApiKeyText(keyLength), tokenDomains: [...tokenDomains], createdAt, ...place, sequence: ++this.sequence };
    this.shelves.set(nameOf(place), shelf);
    this.issued.set(key.apiKey, key);
    shelf.keys.push(key);
    shelf.existing++;
    return key;
  }

  delete(place: Place, apiKey: string): boolean {
    const key = this.issued.get(apiKey);
    const shelf = this.shelves.get(nameOf(place));
    if (!key || !shelf || key.deletedAt !== undefined || nameOf(key) !== nameOf(place)) {
      return false;
    }
    key.deletedAt = this.clock.now();
    shelf.existing--;
    return true;
  }

  /** What the list shows at this moment, oldest first. */
  listed(place: Place): readonly ListedKey[] {
    const shelf = this.shelves.get(nameOf(place));
    if (!shelf) {
      return [];
    }
    const { createdKeyListedAfterMs, deletedKeyListedForMs } = this.settings.current;
    const now = this.clock.now();
    shelf.keys = shelf.keys.filter(({ deletedAt }) => deletedAt === undefined || now < deletedAt + deletedKeyListedForMs);
    return shelf.keys.filter(({ createdAt }) => now >= createdAt + createdKeyListedAfterMs);
  }

  /** Any key ever made, wherever it belongs and even if deleted. */
  everIssued(apiKey: string): (ApiKey & { readonly deletedAt?: number }) | undefined {
    return this.issued.get(apiKey);
  }

  firstCreatedAt(place: Place): number | undefined {
    return this.shelves.get(nameOf(place))?.firstCreatedAt;
  }

  existing(where: Partial<Place>): ApiKey[] {
    return [...this.issued.values()]
      .filter((key) => key.deletedAt === undefined)
      .filter((key) => (where.account ?? key.account) === key.account)
      .filter((key) => (where.region ?? key.region) === key.region)
      .filter((key) => (where.scope ?? key.scope) === key.scope)
      .map(({ apiKey, tokenDomains, createdAt, account, region, scope }) => ({ apiKey, tokenDomains, createdAt, account, region, scope }));
  }

  reset(): void {
    this.shelves.clear();
    this.issued.clear();
  }
}
