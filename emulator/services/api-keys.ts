import { randomBytes } from 'node:crypto';
import type { Clock } from '.';
import { WAFInvalidParameterException, WAFLimitsExceededException } from '../errors';
import { SettingsStore } from '../settings';

export const SCOPES = ['CLOUDFRONT', 'REGIONAL'] as const;

export type Scope = typeof SCOPES[number];

/** Of callers whose access key id is no account id. */
export const DEFAULT_ACCOUNT = '123456789012';

export interface Caller {
  readonly account: string;
  readonly region: string;
}

/** Keys of one location know nothing of those of another. */
export interface KeyLocation extends Caller {
  readonly scope: Scope;
}

export function keyLocation(scope: Scope, { account, region }: Caller): KeyLocation {
  if (scope === 'CLOUDFRONT' && region !== 'us-east-1') {
    throw new WAFInvalidParameterException({
      Reason: 'The scope is not valid.', Field: 'SCOPE_VALUE', Parameter: scope,
    });
  }
  return { account, region, scope };
}

export function locationId({ account, region, scope }: KeyLocation): string {
  return `${account}/${region}/${scope}`;
}

export interface ApiKey extends KeyLocation {
  readonly apiKey: string;
  readonly tokenDomains: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
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

  public create(location: KeyLocation, tokenDomains: readonly string[]): ApiKey {
    const { keyLength, maxKeys } = this.settings.current;
    const createdAt = this.clock.now();
    const stored = this.locations.get(locationId(location)) ?? { firstCreatedAt: createdAt, existing: 0, keys: [] };
    if (maxKeys !== 'none' && stored.existing >= maxKeys) throw new WAFLimitsExceededException();
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

  public delete(location: KeyLocation, apiKey: string): boolean {
    const key = this.issued.get(apiKey);
    const stored = this.locations.get(locationId(location));
    if (!key || !stored || key.deletedAt !== undefined || locationId(key) !== locationId(location)) return false;
    const now = this.clock.now();
    if (now < key.createdAt + this.settings.current.createdKeyDeletableAfterMs) return false;
    key.deletedAt = now;
    stored.existing--;
    return true;
  }

  /** What the list shows at this moment, oldest first. */
  public listed(location: KeyLocation): readonly ListedKey[] {
    const stored = this.locations.get(locationId(location));
    if (!stored) return [];
    const { createdKeyListedAfterMs, deletedKeyListedForMs } = this.settings.current;
    const now = this.clock.now();
    stored.keys = stored.keys.filter(
      ({ deletedAt }) => deletedAt === undefined || now < deletedAt + deletedKeyListedForMs,
    );
    return stored.keys.filter(({ createdAt }) => now >= createdAt + createdKeyListedAfterMs);
  }

  /** Any key ever created, of any location, even if deleted. */
  public findIncludingDeleted(apiKey: string): (ApiKey & { readonly deletedAt?: number }) | undefined {
    return this.issued.get(apiKey);
  }

  public firstCreatedAt(location: KeyLocation): number | undefined {
    return this.locations.get(locationId(location))?.firstCreatedAt;
  }

  public existing(where: Partial<KeyLocation>): ApiKey[] {
    return [...this.issued.values()]
      .filter((key) => key.deletedAt === undefined)
      .filter((key) => (where.account ?? key.account) === key.account)
      .filter((key) => (where.region ?? key.region) === key.region)
      .filter((key) => (where.scope ?? key.scope) === key.scope)
      .map(({ apiKey, tokenDomains, createdAt, account, region, scope }) => ({
        apiKey, tokenDomains, createdAt, account, region, scope,
      }));
  }

  public reset(): void {
    this.locations.clear();
    this.issued.clear();
  }
}

/** As long and of the same characters as real keys: 512 encrypted bytes in base64 and a suffix make 688. */
function newApiKeyText(length: number): string {
  const characters = length - '_0_1'.length;
  const encoded = randomBytes(Math.ceil(characters * 3 / 4) - 1).toString('base64');
  return `${encoded.padEnd(characters, '=').slice(0, characters)}_0_1`;
}
