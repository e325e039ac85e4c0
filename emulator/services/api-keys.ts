import { newApiKeyText } from './api-key-text';
import { KeyLocation, locationId } from './key-location';
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
  /** Grows with every key created, and so gives the list its order and its markers. */
  readonly sequence: number;
}

interface LocationKeys {
  readonly firstCreatedAt: number;
  existing: number;
  /** Deleted keys stay here for as long as the list may show them. */
  keys: StoredKey[];
}

export class ApiKeys {
  private readonly locations = new Map<string, LocationKeys>();
  private readonly issued = new Map<string, StoredKey>();
  private sequence = 0;

  constructor(private readonly settings: SettingsStore, private readonly clock: Clock) {}

  create(location: KeyLocation, tokenDomains: readonly string[]): ApiKey {
    const { keyLength, maxKeys } = this.settings.current;
    const createdAt = this.clock.now();
    const stored = this.locations.get(locationId(location)) ?? { firstCreatedAt: createdAt, existing: 0, keys: [] };
    if (maxKeys !== 'none' && stored.existing >= maxKeys) {
      throw new WAFLimitsExceededException();
    }
    const key: StoredKey = {
      apiKey: newApiKeyText(keyLength),
      tokenDomains: [...tokenDomains],
      createdAt,
      ...location,
      sequence: ++this.sequence,
    };
    this.locations.set(locationId(location), stored);
    this.issued.set(key.apiKey, key);
    stored.keys.push(key);
    stored.existing++;
    return key;
  }

  delete(location: KeyLocation, apiKey: string): boolean {
    const key = this.issued.get(apiKey);
    const stored = this.locations.get(locationId(location));
    if (!key || !stored || key.deletedAt !== undefined || locationId(key) !== locationId(location)) {
      return false;
    }
    const now = this.clock.now();
    if (now < key.createdAt + this.settings.current.createdKeyDeletableAfterMs) {
      return false;
    }
    key.deletedAt = now;
    stored.existing--;
    return true;
  }

  /** What the list shows at this moment, oldest first. */
  listed(location: KeyLocation): readonly ListedKey[] {
    const stored = this.locations.get(locationId(location));
    if (!stored) {
      return [];
    }
    const { createdKeyListedAfterMs, deletedKeyListedForMs } = this.settings.current;
    const now = this.clock.now();
    stored.keys = stored.keys.filter(
      ({ deletedAt }) => deletedAt === undefined || now < deletedAt + deletedKeyListedForMs,
    );
    return stored.keys.filter(({ createdAt }) => now >= createdAt + createdKeyListedAfterMs);
  }

  /** Any key ever created, of any location, even if deleted. */
  findIncludingDeleted(apiKey: string): (ApiKey & { readonly deletedAt?: number }) | undefined {
    return this.issued.get(apiKey);
  }

  firstCreatedAt(location: KeyLocation): number | undefined {
    return this.locations.get(locationId(location))?.firstCreatedAt;
  }

  existing(where: Partial<KeyLocation>): ApiKey[] {
    return [...this.issued.values()]
      .filter((key) => key.deletedAt === undefined)
      .filter((key) => (where.account ?? key.account) === key.account)
      .filter((key) => (where.region ?? key.region) === key.region)
      .filter((key) => (where.scope ?? key.scope) === key.scope)
      .map(({ apiKey, tokenDomains, createdAt, account, region, scope }) => ({
        apiKey, tokenDomains, createdAt, account, region, scope,
      }));
  }

  reset(): void {
    this.locations.clear();
    this.issued.clear();
  }
}
