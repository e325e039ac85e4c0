import {
  CreateAPIKeyCommand, DeleteAPIKeyCommand, ListAPIKeysCommand, ListAPIKeysCommandOutput, WAFNonexistentItemException,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { UserFacingError } from '../errors';
import { RetryContext, throwIfAbandoned, withRetries } from './retry';
import type { WafScopeName } from '../../src/contract/resource';
import { scriptBaseOf } from '../../src/contract/script-base';
import { poll } from '../runtime/poll';

/** Where a key exists. */
export interface KeyLocation {
  readonly scope: WafScopeName;
  readonly region: string;
}

/** The result of searching the list. */
export interface Listing {
  /** The key that matches. */
  readonly found?: string;
  /** Ends in `/`. Undefined while AWS WAF returns none, which can happen right after the first key. */
  readonly integrationUrl?: string;
}

/** One for each Region, created when it is first needed and reused by later events. */
const clients = new Map<string, WAFV2Client>();

/**
 * Retries are ours: a create is not idempotent, and its quota needs longer waits. Without a connection after three
 * seconds, it is known that nothing was created.
 */
function clientFor(region: string): WAFV2Client {
  const client = clients.get(region)
    ?? new WAFV2Client({ region, maxAttempts: 1, requestHandler: { connectionTimeout: 3_000 } });
  clients.set(region, client);
  return client;
}

/** How long AWS WAF may lag behind: until a new key is listed and can be deleted, and a deleted one is not listed. */
export const WAF_LAG_MS = 10_000;

/** How often a key that AWS WAF does not know is deleted again. */
const UNKNOWN_KEY_INTERVAL_MS = 2_500;

/** The AWS WAF operations that keys need, each with retries. */
export class Waf {
  constructor(private readonly context: RetryContext) {}

  /** The same operations within other limits. */
  public with(limits: Partial<RetryContext>): Waf {
    return new Waf({ ...this.context, ...limits });
  }

  /** @throws UserFacingError if CloudFormation has stopped waiting for the resource */
  public async throwIfAbandoned(beforeCreation = false): Promise<void> {
    await throwIfAbandoned(this.context, beforeCreation);
  }

  /** @param onSent called when a request is on its way */
  public async create(
    { region, scope }: KeyLocation, tokenDomains: readonly string[], onSent: () => void,
  ): Promise<string> {
    const { APIKey } = await withRetries('CreateAPIKey', this.context, (abortSignal) => {
      const command = new CreateAPIKeyCommand({ Scope: scope, TokenDomains: [...tokenDomains] });
      command.middlewareStack.add((next) => (request) => {
        const response = next(request);
        onSent();
        return response;
      }, { step: 'deserialize', priority: 'low' });
      return clientFor(region).send(command, { abortSignal });
    });
    if (!APIKey) throw new UserFacingError('AWS WAF responded to wafv2:CreateAPIKey without a key');
    return APIKey;
  }

  /** Reads the pages of the list until a key matches. Without a predicate it reads the first page only. */
  public async list({ region, scope }: KeyLocation, matches?: (apiKey: string) => boolean): Promise<Listing> {
    let integrationUrl: string | undefined;
    let NextMarker: string | undefined;
    do {
      const page: ListAPIKeysCommandOutput = await withRetries('ListAPIKeys', this.context, (abortSignal) =>
        clientFor(region).send(new ListAPIKeysCommand({ Scope: scope, Limit: 100, NextMarker }), { abortSignal }));
      integrationUrl ??= page.ApplicationIntegrationURL && scriptBaseOf(page.ApplicationIntegrationURL);
      const found = matches && page.APIKeySummaries?.map(({ APIKey = '' }) => APIKey).find(matches);
      if (found || !matches) return { found, integrationUrl };
      NextMarker = page.NextMarker;
    } while (NextMarker);
    return { integrationUrl };
  }

  /** Succeeds if the key does not exist, and is still unknown after the time that it takes a new key to be known. */
  public async delete(location: KeyLocation, apiKey: string): Promise<void> {
    const { clock, deadline } = this.context;
    const atMost = Math.min(WAF_LAG_MS, deadline - clock.now() - 2 * UNKNOWN_KEY_INTERVAL_MS);
    await poll(clock, { every: UNKNOWN_KEY_INTERVAL_MS, atMost }, () => this.deleteOnce(location, apiKey));
  }

  /** @returns false if AWS WAF does not know the key */
  private async deleteOnce({ region, scope }: KeyLocation, apiKey: string): Promise<boolean> {
    return withRetries('DeleteAPIKey', this.context, async (abortSignal) => {
      try {
        await clientFor(region).send(new DeleteAPIKeyCommand({ Scope: scope, APIKey: apiKey }), { abortSignal });
        return true;
      } catch (error) {
        if (error instanceof WAFNonexistentItemException) return false;
        throw error;
      }
    }, (isDeleted) => isDeleted ? 'ok' : 'does not exist');
  }
}
