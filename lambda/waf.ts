import type { ListAPIKeysResponse } from '@aws-sdk/client-wafv2';
import { Failure } from './failure';
import { Attempts, persist } from './retry';
import { WafClient } from './waf-client';
import { normalizeTokenDomains } from '../src/contract/normal-form';
import type { WafScopeName } from '../src/contract/resource';
import { scriptBaseOf } from '../src/contract/script-base';

/** Where keys live side by side. */
export interface Place {
  readonly scope: WafScopeName;
  readonly region: string;
}

export interface ListedKey {
  readonly apiKey: string;
  /** In normal form. */
  readonly tokenDomains: readonly string[];
}

/** What a search through the list has come to. */
export interface Listing {
  readonly found?: ListedKey;
  /** Ends in `/`; undefined while AWS WAF gives none, as it may right after the first key. */
  readonly scriptBase?: string;
}

const clients = new Map<string, WafClient>();

/** One client for each region, kept warm. The retries are ours: a create is not idempotent, and its quota wants a rhythm of its own. */
function clientFor(region: string): WafClient {
  const client = clients.get(region) ?? new WafClient(region);
  clients.set(region, client);
  return client;
}

/** The operations of AWS WAF that keys need, each tried until it succeeds or there is no hope. */
export class Waf {
  constructor(private readonly attempts: Attempts) {}

  /** The same, within other bounds. */
  public with(bounds: Partial<Attempts>): Waf {
    return new Waf({ ...this.attempts, ...bounds });
  }

  public async create(place: Place, tokenDomains: readonly string[]): Promise<string> {
    const { APIKey } = await persist('CreateAPIKey', this.attempts, (abortSignal) =>
      clientFor(place.region).send('CreateAPIKey', { Scope: place.scope, TokenDomains: [...tokenDomains] }, abortSignal));
    if (!APIKey) throw new Failure('AWS WAF answered wafv2:CreateAPIKey without a key');
    return APIKey;
  }

  /** Goes through the pages of the list until a key matches; with nothing to match, the first page is enough. */
  public async list(place: Place, matches?: (key: ListedKey) => boolean): Promise<Listing> {
    let scriptBase: string | undefined;
    let NextMarker: string | undefined;
    do {
      const page: ListAPIKeysResponse = await persist('ListAPIKeys', this.attempts, (abortSignal) =>
        clientFor(place.region).send('ListAPIKeys', { Scope: place.scope, Limit: 100, NextMarker }, abortSignal));
      scriptBase ??= page.ApplicationIntegrationURL && scriptBaseOf(page.ApplicationIntegrationURL);
      const found = matches && (page.APIKeySummaries ?? [])
        .map((key) => ({ apiKey: key.APIKey ?? '', tokenDomains: normalizeTokenDomains(key.TokenDomains ?? []) }))
        .find(matches);
      if (found || !matches) return { found, scriptBase };
      NextMarker = page.NextMarker;
    } while (NextMarker);
    return { scriptBase };
  }

  /** Gone is done. */
  public async delete(place: Place, apiKey: string): Promise<void> {
    await persist('DeleteAPIKey', this.attempts, async (abortSignal) => {
      try {
        await clientFor(place.region).send('DeleteAPIKey', { Scope: place.scope, APIKey: apiKey }, abortSignal);
      } catch (error) {
        if ((error as Error).name !== 'WAFNonexistentItemException') throw error;
      }
    });
  }
}
